// identity: f(x) = x.

#ifndef FNN_CORE_OPS_ACTIVATIONS_IDENTITY_INL_H_
#define FNN_CORE_OPS_ACTIVATIONS_IDENTITY_INL_H_

#include "absl/strings/string_view.h"
#include "core/ops/number.h"

namespace fnn::core {

struct IdentityOp {
  static constexpr absl::string_view kName = "identity";
  static constexpr absl::string_view kFormula = "x";
  static constexpr absl::string_view kWeightInitializer = "xavier";
  static constexpr bool kProbabilities = false;

  template <typename S>
  S operator()(S x) const {
    return x;
  }
};

}  // namespace fnn::core

#endif  // FNN_CORE_OPS_ACTIVATIONS_IDENTITY_INL_H_
