// Sums over arrays of floats, in doubles. Each is in one order, whatever the instruction set: the
// product of two floats is exact in double, so that it makes no difference whether it is added by
// one instruction or two.

#ifndef FNN_CORE_ENGINE_HEALTH_SUMS_H_
#define FNN_CORE_ENGINE_HEALTH_SUMS_H_

#include <cstdint>

#include "core/ops/flat_parts.h"
#include "core/ops/layer_figures.h"

namespace fnn::core {

// The sum of the squares of x, and of b - a. n is a multiple of kPadding.
double SquaredSum(int64_t n, const float* x);
double SquaredDistance(int64_t n, const float* a, const float* b);

// The largest absolute value, NaN aside. n as above.
double LargestSize(int64_t n, const float* x);

// Rows of some columns of activities.
struct Columns {
  int64_t rows;
  int64_t columns;  // At most kPanelColumns; as many as there are up to the padding are readable.
  int64_t stride;
  const float* values;
  const FlatParts& flat;
  uint8_t* alive;  // Of each column, becomes 1 where it is not 0 for all rows; or null.
  bool detailed;
};

// Each column is summed up over its rows in order, and the columns are added in theirs.
void AddColumns(const Columns& columns, ActivityFigures& to);

}  // namespace fnn::core

#endif  // FNN_CORE_ENGINE_HEALTH_SUMS_H_
