// mean_squared_error: the mean over outputs of (y - t)^2.

#ifndef FNN_CORE_OPS_LOSSES_MEAN_SQUARED_ERROR_INL_H_
#define FNN_CORE_OPS_LOSSES_MEAN_SQUARED_ERROR_INL_H_

#include "absl/strings/string_view.h"

namespace fnn::core {

struct MeanSquaredErrorOp {
  static constexpr absl::string_view kName = "mean_squared_error";
  static constexpr absl::string_view kFormula = "(y - t)^2";
  static constexpr absl::string_view kLink = "identity";
  static constexpr bool kProbabilities = false;
  static constexpr bool kTargetsInUnitInterval = false;
  static constexpr bool kTargetsSumToOne = false;
  static constexpr int kMinOutputs = 1;

  template <typename S>
  S operator()(S y, S t) const {
    const S difference = y - t;
    return difference * difference;
  }
};

}  // namespace fnn::core

#endif  // FNN_CORE_OPS_LOSSES_MEAN_SQUARED_ERROR_INL_H_
