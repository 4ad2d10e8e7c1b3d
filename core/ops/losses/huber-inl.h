// huber: the mean over outputs of d^2 / 2 where |d| <= delta, else delta (|d| - delta / 2), d = y -
// t (Huber, 1964; PyTorch's HuberLoss).

#if defined(FNN_CORE_OPS_LOSSES_HUBER_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef FNN_CORE_OPS_LOSSES_HUBER_INL_H_
#undef FNN_CORE_OPS_LOSSES_HUBER_INL_H_
#else
#define FNN_CORE_OPS_LOSSES_HUBER_INL_H_
#endif

#include "absl/strings/string_view.h"
#include "core/ops/number.h"
#include "core/ops/table.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace fnn::core::HWY_NAMESPACE {

struct HuberOp {
  static constexpr absl::string_view kName = "huber";
  static constexpr absl::string_view kFormula =
      "|d| > delta ? delta (|d| - delta / 2) : d^2 / 2, d = y - t";
  static constexpr Argument kArguments[] = {
      {.name = "delta", .default_value = 1, .min = 0, .min_excluded = true}};
  static constexpr absl::string_view kLink = "identity";
  static constexpr bool kProbabilities = false;
  static constexpr Targets kTargets = Targets::kAny;
  static constexpr int kMinOutputs = 1;

  template <typename S, typename C>
  HWY_INLINE S operator()(S y, S t, C delta) const {
    const S difference = y - t;
    const S distance = Abs(difference);
    const C half = Const(delta, 0.5);
    return IfGreater(distance, delta, delta * (distance - half * delta),
                     half * difference * difference);
  }
};

}  // namespace fnn::core::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // FNN_CORE_OPS_LOSSES_HUBER_INL_H_
