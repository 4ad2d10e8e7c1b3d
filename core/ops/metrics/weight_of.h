// How much a row counts in a metric.

#ifndef FNN_CORE_OPS_METRICS_WEIGHT_OF_H_
#define FNN_CORE_OPS_METRICS_WEIGHT_OF_H_

#include <cstdint>

namespace fnn::core {

// 1 where there are no weights. Sums of ones are exact in double, so that they are counts.
template <typename T>
double WeightOf(const T* weights, int64_t row) {
  return weights == nullptr ? 1 : static_cast<double>(weights[row]);
}

}  // namespace fnn::core

#endif  // FNN_CORE_OPS_METRICS_WEIGHT_OF_H_
