// root_mean_squared_error: the mean over outputs of the root of the mean over rows of
// (prediction - target)^2 (scikit-learn's mean_squared_error with squared=False).

#ifndef FNN_CORE_OPS_METRICS_ROOT_MEAN_SQUARED_ERROR_INL_H_
#define FNN_CORE_OPS_METRICS_ROOT_MEAN_SQUARED_ERROR_INL_H_

#include <cmath>
#include <cstdint>

#include "absl/strings/string_view.h"
#include "core/ops/metrics/per_output.h"
#include "core/ops/table.h"

namespace fnn::core {

template <typename T>
struct RootMeanSquaredErrorOp {
  static constexpr absl::string_view kName = "root_mean_squared_error";
  static constexpr bool kNeedsClasses = false;
  static constexpr bool kMoreIsBetter = false;

  void Add(double weight, double /*weights*/, double prediction, double target) {
    squares += weight * ((prediction - target) * (prediction - target));
  }
  double Value(int64_t /*rows*/, double weights) const { return std::sqrt(squares / weights); }
  void Visit(Archive& archive) { archive.Value(squares); }

  double squares = 0;
};

}  // namespace fnn::core

#endif  // FNN_CORE_OPS_METRICS_ROOT_MEAN_SQUARED_ERROR_INL_H_
