// Where the table of an uploaded file goes, and what accounts for reading it.

#ifndef FNN_SERVER_SERVICES_UPLOAD_SINK_H_
#define FNN_SERVER_SERVICES_UPLOAD_SINK_H_

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/base/saturating.h"
#include "core/data/table_sink.h"
#include "server/base/memory_budget.h"
#include "server/store/dataset_store.h"

namespace fnn::server {

// All that it is given outlives it.
class UploadSink final : public core::TableSink {
 public:
  // `memory` accounts for the file of `file_bytes` already, perhaps with more for reading it.
  UploadSink(DatasetStore* store, int64_t max_bytes, int64_t file_bytes, Reservation* memory)
      : store_(store), max_bytes_(max_bytes), file_bytes_(file_bytes), memory_(memory) {}

  int64_t max_bytes() const override { return max_bytes_; }

  absl::Status Reserve(int64_t bytes) override {
    reading_ = std::max(reading_, bytes);
    return memory_->Resize(std::max(memory_->bytes(), ForReading()));
  }

  absl::StatusOr<core::TableWriter> Begin(std::vector<std::string> names, core::ElementType type,
                                          int64_t rows) override {
    // What it accounted for beyond that is the table's.
    if (absl::Status status = memory_->Resize(ForReading()); !status.ok()) return status;
    return store_->NewTable(std::move(names), type, rows, *memory_);
  }

 private:
  int64_t ForReading() const { return (core::SaturatingSize(file_bytes_) + reading_).value(); }

  DatasetStore* const store_;
  const int64_t max_bytes_;
  const int64_t file_bytes_;
  Reservation* const memory_;
  int64_t reading_ = 0;
};

}  // namespace fnn::server

#endif  // FNN_SERVER_SERVICES_UPLOAD_SINK_H_
