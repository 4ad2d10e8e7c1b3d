// squared_hinge: the mean over outputs of max(0, 1 - s y)^2, where s is 1 for a target above 0 and
// else -1 (Keras's SquaredHinge).

#if defined(FNN_CORE_OPS_LOSSES_SQUARED_HINGE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef FNN_CORE_OPS_LOSSES_SQUARED_HINGE_INL_H_
#undef FNN_CORE_OPS_LOSSES_SQUARED_HINGE_INL_H_
#else
#define FNN_CORE_OPS_LOSSES_SQUARED_HINGE_INL_H_
#endif

#include "absl/strings/string_view.h"
#include "core/ops/number.h"
#include "core/ops/table.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace fnn::core::HWY_NAMESPACE {

struct SquaredHingeOp {
  static constexpr absl::string_view kName = "squared_hinge";
  static constexpr absl::string_view kFormula = "max(0, 1 - s y)^2, s = t > 0 ? 1 : -1";
  static constexpr absl::string_view kLink = "identity";
  static constexpr bool kProbabilities = false;
  static constexpr Targets kTargets = Targets::kSigns;
  static constexpr int kMinOutputs = 1;

  template <typename S>
  HWY_INLINE S operator()(S y, S t) const {
    const S zero = Const(y, 0);
    const S one = Const(y, 1);
    const S shortfall = one - IfGreater(t, zero, y, -y);
    return IfGreater(shortfall, zero, shortfall * shortfall, zero);
  }
};

}  // namespace fnn::core::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // FNN_CORE_OPS_LOSSES_SQUARED_HINGE_INL_H_
