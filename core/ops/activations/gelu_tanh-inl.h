// gelu_tanh: f(x) = x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2, which comes near gelu
// (Hendrycks and Gimpel, 2016).
//
// (1 + tanh(y)) / 2 is 1 / (1 + e^(-2y)), which does not cancel. Beyond 25 that is 0 or 1 in double
// as well.

#if defined(FNN_CORE_OPS_ACTIVATIONS_GELU_TANH_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef FNN_CORE_OPS_ACTIVATIONS_GELU_TANH_INL_H_
#undef FNN_CORE_OPS_ACTIVATIONS_GELU_TANH_INL_H_
#else
#define FNN_CORE_OPS_ACTIVATIONS_GELU_TANH_INL_H_
#endif

#include "absl/strings/string_view.h"
#include "core/ops/number.h"
#include "core/ops/pieces-inl.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace fnn::core::HWY_NAMESPACE {

struct GeluTanhOp {
  static constexpr absl::string_view kName = "gelu_tanh";
  static constexpr absl::string_view kFormula = "x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2";
  static constexpr absl::string_view kWeightInitializer = "he";
  static constexpr bool kProbabilities = false;
  static constexpr bool kSlopeFromActivity = false;

  template <typename S>
  HWY_INLINE S operator()(S x) const {
    const S u = Bounded(x, Const(x, -25), Const(x, 25));
    const S y = Const(x, 0.79788456080286535588) * (u + Const(x, 0.044715) * (u * u * u));
    return x * Logistic(y + y);
  }
};

}  // namespace fnn::core::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // FNN_CORE_OPS_ACTIVATIONS_GELU_TANH_INL_H_
