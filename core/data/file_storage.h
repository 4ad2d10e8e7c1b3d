// Bytes written to a file, to be mapped once they are complete.

#ifndef FNN_CORE_DATA_FILE_STORAGE_H_
#define FNN_CORE_DATA_FILE_STORAGE_H_

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/data/storage.h"

namespace fnn::core {

// Not safe from several threads at once. An error is final: what was written is of no use then.
class FileStorage {
 public:
  // Creates the file, which must not be there yet, and unlinks it at once: nothing is left of it
  // when this process ends, however it does. UNAVAILABLE where it can't be created.
  static absl::StatusOr<FileStorage> Create(const std::string& path);

  FileStorage(FileStorage&& other) noexcept;
  FileStorage& operator=(FileStorage&& other) noexcept;
  ~FileStorage();

  // Appends, through a buffer of at most kBuffer bytes. RESOURCE_EXHAUSTED (DISK_FULL) where the
  // disk, a quota or the largest file leaves no room; UNAVAILABLE for other faults of the disk.
  absl::Status Append(std::span<const std::byte> bytes);
  // All that was appended, at least one byte; nothing can be appended any more. As Append.
  absl::StatusOr<Storage> Map() &&;

 private:
  static constexpr size_t kBuffer = size_t{1} << 20;

  explicit FileStorage(int file) : file_(file) {}
  absl::Status Write(std::span<const std::byte> bytes);

  int file_ = -1;
  size_t written_ = 0;
  std::vector<std::byte> buffer_;
};

}  // namespace fnn::core

#endif  // FNN_CORE_DATA_FILE_STORAGE_H_
