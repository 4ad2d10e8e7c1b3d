// selu, the scaled exponential linear unit: f(x) = scale (max(0, x) + min(0, alpha (e^x - 1))).
//
// The constants keep mean 0 and variance 1 from layer to layer (Klambauer et al., 2017); the slope
// at 0 is scale times alpha.

#if defined(FNN_CORE_OPS_ACTIVATIONS_SELU_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef FNN_CORE_OPS_ACTIVATIONS_SELU_INL_H_
#undef FNN_CORE_OPS_ACTIVATIONS_SELU_INL_H_
#else
#define FNN_CORE_OPS_ACTIVATIONS_SELU_INL_H_
#endif

#include "absl/strings/string_view.h"
#include "core/ops/number.h"
#include "core/ops/pieces-inl.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace fnn::core::HWY_NAMESPACE {

struct SeluOp {
  static constexpr absl::string_view kName = "selu";
  static constexpr absl::string_view kFormula = "1.0507 (max(0, x) + min(0, 1.6733 (exp(x) - 1)))";
  static constexpr absl::string_view kWeightInitializer = "xavier";
  static constexpr bool kProbabilities = false;
  static constexpr bool kSlopeFromActivity = false;
  static constexpr double kScale = 1.0507009873554804934193349852946;
  static constexpr double kAlpha = 1.6732632423543772848170429916717;

  template <typename S>
  HWY_INLINE S operator()(S x) const {
    const auto scale = Const(x, kScale);
    const S below = Const(x, kScale * kAlpha) * Expm1(AtMost(x, Const(x, 0)));
    return IfGreater(x, Const(x, 0), scale * x, below);
  }
};

}  // namespace fnn::core::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // FNN_CORE_OPS_ACTIVATIONS_SELU_INL_H_
