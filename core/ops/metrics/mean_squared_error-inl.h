// mean_squared_error: the mean over rows and outputs of (prediction - target)^2.

#ifndef FNN_CORE_OPS_METRICS_MEAN_SQUARED_ERROR_INL_H_
#define FNN_CORE_OPS_METRICS_MEAN_SQUARED_ERROR_INL_H_

#include "absl/strings/string_view.h"
#include "core/ops/table.h"

namespace fnn::core {

template <typename T>
struct MeanSquaredErrorMetricOp {
  static constexpr absl::string_view kName = "mean_squared_error";
  static constexpr bool kNeedsClasses = false;
  static constexpr bool kMoreIsBetter = false;

  static double Row(int64_t outputs, const T* prediction, const T* target) {
    double sum = 0;
    for (int64_t i = 0; i < outputs; ++i) {
      const double difference = static_cast<double>(prediction[i]) - static_cast<double>(target[i]);
      sum += difference * difference;
    }
    return sum / static_cast<double>(outputs);
  }
};

}  // namespace fnn::core

#endif  // FNN_CORE_OPS_METRICS_MEAN_SQUARED_ERROR_INL_H_
