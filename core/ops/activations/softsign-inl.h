// softsign: f(x) = x / (1 + |x|), with slope 1 / (1 + |x|)^2.

#if defined(FNN_CORE_OPS_ACTIVATIONS_SOFTSIGN_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef FNN_CORE_OPS_ACTIVATIONS_SOFTSIGN_INL_H_
#undef FNN_CORE_OPS_ACTIVATIONS_SOFTSIGN_INL_H_
#else
#define FNN_CORE_OPS_ACTIVATIONS_SOFTSIGN_INL_H_
#endif

#include "absl/strings/string_view.h"
#include "core/ops/number.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace fnn::core::HWY_NAMESPACE {

struct SoftsignOp {
  static constexpr absl::string_view kName = "softsign";
  static constexpr absl::string_view kFormula = "x / (1 + |x|)";
  static constexpr absl::string_view kWeightInitializer = "xavier";
  static constexpr bool kProbabilities = false;
  static constexpr bool kSlopeFromActivity = false;

  template <typename S>
  HWY_INLINE S operator()(S x) const {
    return x / (Const(x, 1) + Abs(x));
  }
};

}  // namespace fnn::core::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // FNN_CORE_OPS_ACTIVATIONS_SOFTSIGN_INL_H_
