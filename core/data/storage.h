// The bytes behind a table: on the heap, or a file mapped into memory.

#ifndef FNN_CORE_DATA_STORAGE_H_
#define FNN_CORE_DATA_STORAGE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

namespace fnn::core {

// Immutable bytes, aligned as any number needs. Copies share them; the last gives them back.
class Storage {
 public:
  Storage() = default;
  explicit Storage(std::vector<float> values);
  explicit Storage(std::vector<uint8_t> values);
  explicit Storage(std::vector<std::byte> values);

  // Bytes that are there as long as `owner` is. `mapped` says that they are a file's, shared with
  // the page cache: the system drops those that it needs room for and reads them again, which must
  // not fail.
  Storage(std::shared_ptr<const void> owner, std::span<const std::byte> bytes, bool mapped)
      : owner_(std::move(owner)), bytes_(bytes), mapped_(mapped) {}

  // All but the first `offset` bytes, of which there are as many, without copying.
  Storage After(size_t offset) const { return {owner_, bytes_.subspan(offset), mapped_}; }

  std::span<const std::byte> bytes() const { return bytes_; }
  absl::string_view text() const {
    return {reinterpret_cast<const char*>(bytes_.data()), bytes_.size()};
  }
  // Whether the bytes are a file's: they are the page cache's then, and not this process's.
  bool mapped() const { return mapped_; }

 private:
  std::shared_ptr<const void> owner_;
  std::span<const std::byte> bytes_;
  bool mapped_ = false;
};

}  // namespace fnn::core

#endif  // FNN_CORE_DATA_STORAGE_H_
