// mean_absolute_error: the mean over rows and outputs of |prediction - target|.

#ifndef FNN_CORE_OPS_METRICS_MEAN_ABSOLUTE_ERROR_INL_H_
#define FNN_CORE_OPS_METRICS_MEAN_ABSOLUTE_ERROR_INL_H_

#include <cmath>
#include <cstdint>

#include "absl/strings/string_view.h"
#include "core/ops/table.h"

namespace fnn::core {

template <typename T>
struct MeanAbsoluteErrorMetricOp {
  static constexpr absl::string_view kName = "mean_absolute_error";
  static constexpr bool kNeedsClasses = false;
  static constexpr bool kMoreIsBetter = false;

  static double Row(int64_t outputs, const T* prediction, const T* target) {
    double sum = 0;
    for (int64_t i = 0; i < outputs; ++i) {
      sum += std::abs(static_cast<double>(prediction[i]) - static_cast<double>(target[i]));
    }
    return sum / static_cast<double>(outputs);
  }
};

}  // namespace fnn::core

#endif  // FNN_CORE_OPS_METRICS_MEAN_ABSOLUTE_ERROR_INL_H_
