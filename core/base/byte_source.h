// The bytes of a file, read from the first to the last, wherever they come from.

#ifndef FNN_CORE_BASE_BYTE_SOURCE_H_
#define FNN_CORE_BASE_BYTE_SOURCE_H_

#include <algorithm>
#include <cstddef>
#include <memory>
#include <span>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace fnn::core {

// Not safe from several threads at once. After an error it can only be destroyed.
class ByteSource {
 public:
  virtual ~ByteSource() = default;

  // Fills `out`, or its beginning where the bytes end, and says how many it filled.
  // INVALID_ARGUMENT where the bytes are not what they should be, such as a compressed file that is
  // damaged.
  virtual absl::StatusOr<size_t> Read(std::span<std::byte> out) = 0;

  // Another one that goes on from the same place, and refers to the same bytes.
  virtual absl::StatusOr<std::unique_ptr<ByteSource>> Clone() const = 0;
};

// Bytes in memory, which outlive it.
class MemorySource final : public ByteSource {
 public:
  explicit MemorySource(absl::string_view bytes)
      : rest_(std::as_bytes(std::span(bytes.data(), bytes.size()))) {}

  absl::StatusOr<size_t> Read(std::span<std::byte> out) override {
    const auto taken = rest_.first(std::min(out.size(), rest_.size()));
    std::copy(taken.begin(), taken.end(), out.begin());
    rest_ = rest_.subspan(taken.size());
    return taken.size();
  }
  absl::StatusOr<std::unique_ptr<ByteSource>> Clone() const override {
    return std::make_unique<MemorySource>(*this);
  }

 private:
  std::span<const std::byte> rest_;
};

}  // namespace fnn::core

#endif  // FNN_CORE_BASE_BYTE_SOURCE_H_
