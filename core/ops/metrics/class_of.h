// Which class a row of outputs or targets stands for.

#ifndef FNN_CORE_OPS_METRICS_CLASS_OF_H_
#define FNN_CORE_OPS_METRICS_CLASS_OF_H_

#include <algorithm>
#include <cstdint>

namespace fnn::core {

// The largest value, the first of equals; of a single value, 1 where it is at least one half.
template <typename T>
int64_t ClassOf(int64_t outputs, const T* row) {
  if (outputs == 1) return row[0] >= T{0.5} ? 1 : 0;
  return std::max_element(row, row + outputs) - row;
}

}  // namespace fnn::core

#endif  // FNN_CORE_OPS_METRICS_CLASS_OF_H_
