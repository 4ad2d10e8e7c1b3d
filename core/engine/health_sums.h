// Sums over arrays of floats, each in one order.
//
// The product of two floats is exact in double, so that it makes no difference whether it is added
// by one instruction or two.

#ifndef FNN_CORE_ENGINE_HEALTH_SUMS_H_
#define FNN_CORE_ENGINE_HEALTH_SUMS_H_

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

#include "core/kernels/layout.h"
#include "core/ops/flat_parts.h"
#include "core/ops/layer_figures.h"

namespace fnn::core {

// The sum of the squares of value(i), i in [0, n), n a multiple of kPadding.
template <typename Value>
double SumOfSquares(int64_t n, Value value) {
  std::array<double, kPadding> sums{};
  for (int64_t i = 0; i < n; i += kPadding) {
    for (int64_t k = 0; k < kPadding; ++k) {
      const double x = value(i + k);
      sums[k] += x * x;
    }
  }
  double sum = 0;
  for (const double s : sums) sum += s;
  return sum;
}

inline double SquaredSum(int64_t n, const float* x) {
  return SumOfSquares(n, [x](int64_t i) { return x[i]; });
}
inline double SquaredDistance(int64_t n, const float* a, const float* b) {
  return SumOfSquares(n, [a, b](int64_t i) { return b[i] - a[i]; });
}

// The largest absolute value.
inline double LargestSize(int64_t n, const float* x) {
  float largest = 0;
  for (int64_t i = 0; i < n; ++i) largest = std::max(largest, std::abs(x[i]));
  return largest;
}

// Rows of some columns of activities.
struct Columns {
  int64_t rows;
  int64_t columns;  // At most kPanelColumns.
  int64_t stride;
  const float* values;
  const FlatParts& flat;
  uint8_t* alive;  // Of each column, becomes 1 where it is not 0 for all rows; or null.
  bool detailed;
};

// Columns [first, first + kCount), each over the rows in order; they are then added in theirs.
template <int kCount>
void AddColumnSums(const Columns& c, int64_t first, ActivityFigures& to) {
  std::array<double, kCount> sums{};
  std::array<double, kCount> squares{};
  std::array<float, kCount> sizes{};
  const float* row = c.values + first;
  for (int64_t r = 0; r < c.rows; ++r, row += c.stride) {
    for (int k = 0; k < kCount; ++k) {
      const double a = row[k];
      sums[k] += a;
      squares[k] += a * a;
    }
    for (int k = 0; k < kCount; ++k) sizes[k] = std::max(sizes[k], std::abs(row[k]));
  }
  for (int k = 0; k < kCount; ++k) {
    to.sum += sums[k];
    to.squares += squares[k];
    if (c.alive != nullptr && sizes[k] > 0) c.alive[first + k] = 1;
  }
}

inline void AddColumns(const Columns& c, ActivityFigures& to) {
  constexpr int64_t kBlock = 8;
  to.count += c.rows * c.columns;
  int64_t first = 0;
  for (; first + kBlock <= c.columns; first += kBlock) AddColumnSums<kBlock>(c, first, to);
  for (; first < c.columns; ++first) AddColumnSums<1>(c, first, to);
  if (c.flat.saturates) {
    const auto low = static_cast<float>(c.flat.low);
    const auto high = static_cast<float>(c.flat.high);
    for (int64_t r = 0; r < c.rows; ++r) {
      const float* const row = c.values + r * c.stride;
      int32_t count = 0;
      for (int64_t k = 0; k < c.columns; ++k) {
        count += static_cast<int32_t>(row[k] <= low) | static_cast<int32_t>(row[k] >= high);
      }
      to.saturated += count;
    }
  }
  if (!c.detailed) return;
  for (int64_t r = 0; r < c.rows; ++r) {
    const float* const row = c.values + r * c.stride;
    for (int64_t k = 0; k < c.columns; ++k) {
      to.zeros += row[k] == 0 ? 1 : 0;
      to.min = std::min<double>(to.min, row[k]);
      to.max = std::max<double>(to.max, row[k]);
    }
  }
}

}  // namespace fnn::core

#endif  // FNN_CORE_ENGINE_HEALTH_SUMS_H_
