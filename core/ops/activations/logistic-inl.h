// logistic, also called sigmoid: f(x) = 1 / (1 + e^-x), with slope f(x)(1 - f(x)).

#ifndef FNN_CORE_OPS_ACTIVATIONS_LOGISTIC_INL_H_
#define FNN_CORE_OPS_ACTIVATIONS_LOGISTIC_INL_H_

#include "absl/strings/string_view.h"
#include "core/ops/number.h"

namespace fnn::core {

struct LogisticOp {
  static constexpr absl::string_view kName = "logistic";
  static constexpr absl::string_view kFormula = "1 / (1 + exp(-x))";
  static constexpr absl::string_view kWeightInitializer = "xavier";
  static constexpr bool kProbabilities = true;

  template <typename S>
  S operator()(S x) const {
    return Logistic(x);
  }
};

}  // namespace fnn::core

#endif  // FNN_CORE_OPS_ACTIVATIONS_LOGISTIC_INL_H_
