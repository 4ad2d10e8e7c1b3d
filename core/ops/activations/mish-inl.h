// mish: f(x) = x tanh(log(1 + e^x)) (Misra, 2020).
//
// With e = e^-|x| the tanh is n / (n + m), where n = 1 + 2e and m = 2e^2 for x > 0, else n = e(e +
// 2) and m = 2: one exponential, and nothing that cancels.

#if defined(FNN_CORE_OPS_ACTIVATIONS_MISH_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef FNN_CORE_OPS_ACTIVATIONS_MISH_INL_H_
#undef FNN_CORE_OPS_ACTIVATIONS_MISH_INL_H_
#else
#define FNN_CORE_OPS_ACTIVATIONS_MISH_INL_H_
#endif

#include "absl/strings/string_view.h"
#include "core/ops/number.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace fnn::core::HWY_NAMESPACE {

struct MishOp {
  static constexpr absl::string_view kName = "mish";
  static constexpr absl::string_view kFormula = "x tanh(log(1 + exp(x)))";
  static constexpr absl::string_view kWeightInitializer = "he";
  static constexpr bool kProbabilities = false;
  static constexpr bool kSlopeFromActivity = false;

  template <typename S>
  HWY_INLINE S operator()(S x) const {
    const auto zero = Const(x, 0);
    const auto two = Const(x, 2);
    const S e = Exp(IfGreater(x, zero, -x, x));
    const S n = IfGreater(x, zero, Const(x, 1) + two * e, e * (e + two));
    const S m = IfGreater(x, zero, two * e * e, two);
    return x * (n / (n + m));
  }
};

}  // namespace fnn::core::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // FNN_CORE_OPS_ACTIVATIONS_MISH_INL_H_
