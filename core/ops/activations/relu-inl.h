// relu, the rectified linear unit: f(x) = max(0, x), with slope 0 at 0.

#ifndef FNN_CORE_OPS_ACTIVATIONS_RELU_INL_H_
#define FNN_CORE_OPS_ACTIVATIONS_RELU_INL_H_

#include "absl/strings/string_view.h"
#include "core/ops/number.h"

namespace fnn::core {

struct ReluOp {
  static constexpr absl::string_view kName = "relu";
  static constexpr absl::string_view kFormula = "max(0, x)";
  static constexpr absl::string_view kWeightInitializer = "he";
  static constexpr bool kProbabilities = false;

  template <typename S>
  S operator()(S x) const {
    return IfGreater(x, Const(x, 0), x, Const(x, 0));
  }
};

}  // namespace fnn::core

#endif  // FNN_CORE_OPS_ACTIVATIONS_RELU_INL_H_
