// tanh: f(x) = (e^x - e^-x) / (e^x + e^-x), with slope 1 - f(x)^2.

#ifndef FNN_CORE_OPS_ACTIVATIONS_TANH_INL_H_
#define FNN_CORE_OPS_ACTIVATIONS_TANH_INL_H_

#include "absl/strings/string_view.h"
#include "core/ops/number.h"

namespace fnn::core {

struct TanhOp {
  static constexpr absl::string_view kName = "tanh";
  static constexpr absl::string_view kFormula = "(exp(x) - exp(-x)) / (exp(x) + exp(-x))";
  static constexpr absl::string_view kWeightInitializer = "xavier";
  static constexpr bool kProbabilities = false;

  template <typename S>
  S operator()(S x) const {
    return Tanh(x);
  }
};

}  // namespace fnn::core

#endif  // FNN_CORE_OPS_ACTIVATIONS_TANH_INL_H_
