// hard_logistic: the first-order Taylor expansion of logistic at 0, clipped to [0, 1].
//
// Its slope is 0.25, as logistic's at 0; others take 1/6 or 0.2. At the kinks it is 0.

#if defined(FNN_CORE_OPS_ACTIVATIONS_HARD_LOGISTIC_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef FNN_CORE_OPS_ACTIVATIONS_HARD_LOGISTIC_INL_H_
#undef FNN_CORE_OPS_ACTIVATIONS_HARD_LOGISTIC_INL_H_
#else
#define FNN_CORE_OPS_ACTIVATIONS_HARD_LOGISTIC_INL_H_
#endif

#include "absl/strings/string_view.h"
#include "core/ops/number.h"
#include "core/ops/pieces-inl.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace fnn::core::HWY_NAMESPACE {

struct HardLogisticOp {
  static constexpr absl::string_view kName = "hard_logistic";
  static constexpr absl::string_view kFormula = "max(min(0.25 x + 0.5, 1), 0)";
  static constexpr absl::string_view kWeightInitializer = "xavier";
  static constexpr bool kProbabilities = true;
  static constexpr bool kSlopeFromActivity = false;

  template <typename S>
  HWY_INLINE S operator()(S x) const {
    return Clip(Const(x, 0.25) * x + Const(x, 0.5), Const(x, 0), Const(x, 1));
  }
};

}  // namespace fnn::core::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // FNN_CORE_OPS_ACTIVATIONS_HARD_LOGISTIC_INL_H_
