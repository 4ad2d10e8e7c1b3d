// Sums and products of sizes that stop at the largest value instead of wrapping, so that a size
// made from a request can always be compared with a limit.

#ifndef FNN_CORE_BASE_SATURATING_H_
#define FNN_CORE_BASE_SATURATING_H_

#include <cstdint>
#include <limits>

namespace fnn::core {

// A size >= 0.
class SaturatingSize {
 public:
  constexpr SaturatingSize(int64_t value) : value_(value) {}  // NOLINT: an integer by another name.
  constexpr int64_t value() const { return value_; }
  constexpr bool saturated() const { return value_ == kMost; }

  friend constexpr SaturatingSize operator+(SaturatingSize a, SaturatingSize b) {
    int64_t out = 0;
    return __builtin_add_overflow(a.value_, b.value_, &out) ? kMost : out;
  }
  friend constexpr SaturatingSize operator*(SaturatingSize a, SaturatingSize b) {
    int64_t out = 0;
    return __builtin_mul_overflow(a.value_, b.value_, &out) ? kMost : out;
  }

 private:
  static constexpr int64_t kMost = std::numeric_limits<int64_t>::max();
  int64_t value_;
};

}  // namespace fnn::core

#endif  // FNN_CORE_BASE_SATURATING_H_
