// A dataset in the making: where the table of a file goes, and what accounts for reading it.

#ifndef FNN_SERVER_STORE_DATASET_DRAFT_H_
#define FNN_SERVER_STORE_DATASET_DRAFT_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/base/saturating.h"
#include "core/data/table_sink.h"
#include "server/base/memory_budget.h"
#include "server/storage/file_system.h"

namespace fnn::server {

// Not safe from several threads at once. Its file goes with it, unless DatasetStore::Create has
// kept it.
class DatasetDraft final : public core::TableSink {
 public:
  // `files` outlives it; `memory` is of the budget that counts what it takes, of nothing yet.
  DatasetDraft(FileSystem* files, int64_t max_bytes, Reservation memory);
  ~DatasetDraft() override;
  DatasetDraft(const DatasetDraft&) = delete;
  DatasetDraft& operator=(const DatasetDraft&) = delete;

  int64_t max_bytes() const override { return max_bytes_; }
  absl::Status Reserve(int64_t bytes) override;
  absl::StatusOr<std::unique_ptr<core::StorageWriter>> Scratch(int64_t bytes) override;
  absl::StatusOr<core::TableWriter> Begin(std::vector<std::string> names, core::ElementType type,
                                          int64_t rows) override;

 private:
  friend class DatasetStore;

  // What the files take of memory, and reading.
  absl::Status Account();

  FileSystem* const files_;
  const int64_t max_bytes_;
  const std::string uid_;
  Reservation memory_;
  core::SaturatingSize reading_ = 0;
  core::SaturatingSize scratch_ = 0;
  core::SaturatingSize values_ = 0;
  int scratches_ = 0;
  bool begun_ = false;
  bool kept_ = false;
};

}  // namespace fnn::server

#endif  // FNN_SERVER_STORE_DATASET_DRAFT_H_
