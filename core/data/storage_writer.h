// Bytes written one after another, and then kept: in memory, or wherever else somebody keeps them.

#ifndef FNN_CORE_DATA_STORAGE_WRITER_H_
#define FNN_CORE_DATA_STORAGE_WRITER_H_

#include <cstddef>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/base/byte_sink.h"
#include "core/data/storage.h"

namespace fnn::core {

// Destroyed before Finish succeeded, it leaves nothing behind.
class StorageWriter : public ByteSink {
 public:
  // All that was appended. Called once, and nothing can be appended any more. As Append.
  virtual absl::StatusOr<Storage> Finish() = 0;
};

class MemoryStorageWriter final : public StorageWriter {
 public:
  absl::Status Append(std::span<const std::byte> bytes) override {
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
    return absl::OkStatus();
  }
  absl::StatusOr<Storage> Finish() override { return Storage(std::move(bytes_)); }

 private:
  std::vector<std::byte> bytes_;
};

}  // namespace fnn::core

#endif  // FNN_CORE_DATA_STORAGE_WRITER_H_
