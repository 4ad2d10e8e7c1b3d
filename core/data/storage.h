// The bytes behind a table: on the heap, or a file mapped into memory.

#ifndef FNN_CORE_DATA_STORAGE_H_
#define FNN_CORE_DATA_STORAGE_H_

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "absl/status/statusor.h"

namespace fnn::core {

// Immutable bytes, aligned as any number needs. Movable; gives them back when it is destroyed.
class Storage {
 public:
  Storage() = default;
  explicit Storage(std::vector<float> values);
  explicit Storage(std::vector<uint8_t> values);

  // Maps the first `size` > 0 bytes of the file that `file` is open for, which may be closed and
  // unlinked afterwards but must never become shorter. They are shared with the page cache: the
  // system drops those that it needs room for and reads them again, which must not fail.
  static absl::StatusOr<Storage> Map(int file, size_t size);

  std::span<const std::byte> bytes() const { return bytes_; }
  // Whether the bytes are a file's: they are the page cache's then, and not this process's.
  bool mapped() const { return mapped_; }

 private:
  std::shared_ptr<const void> owner_;
  std::span<const std::byte> bytes_;
  bool mapped_ = false;
};

}  // namespace fnn::core

#endif  // FNN_CORE_DATA_STORAGE_H_
