// Rows that lie further apart than they are wide, with NaN between them: what is read there shows
// in the results, and what is written there by Intact().

#ifndef FNN_TESTS_CORE_OPS_LAYERS_SPACED_ROWS_H_
#define FNN_TESTS_CORE_OPS_LAYERS_SPACED_ROWS_H_

#include <cmath>
#include <cstdint>
#include <vector>

#include "core/ops/layers/function.h"

namespace fnn::core {

// [rows, width].
template <typename T>
class SpacedRows {
 public:
  static constexpr int64_t kGap = 3;

  SpacedRows(int64_t rows, int64_t width)
      : rows_(rows), width_(width), values_(rows * (width + kGap), static_cast<T>(NAN)) {}

  T& at(int64_t i) { return values_[i / width_ * (width_ + kGap) + i % width_]; }
  int64_t size() const { return rows_ * width_; }
  Rows<T> From(int64_t row) { return {values_.data() + row * (width_ + kGap), width_ + kGap}; }
  // The rows one after the other.
  std::vector<T> Compact() {
    std::vector<T> out;
    for (int64_t i = 0; i < size(); ++i) out.push_back(at(i));
    return out;
  }
  bool Intact() const {
    for (size_t i = 0; i < values_.size(); ++i) {
      const bool between = static_cast<int64_t>(i) % (width_ + kGap) >= width_;
      if (between && !std::isnan(values_[i])) return false;
    }
    return true;
  }

 private:
  int64_t rows_, width_;
  std::vector<T> values_;
};

}  // namespace fnn::core

#endif  // FNN_TESTS_CORE_OPS_LAYERS_SPACED_ROWS_H_
