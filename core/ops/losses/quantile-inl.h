// quantile: the mean over outputs of q d where d = t - y > 0, else (q - 1) d, also called pinball
// loss (Koenker and Bassett, 1978; scikit-learn's mean_pinball_loss). It is least at the q-quantile
// of the targets.

#if defined(FNN_CORE_OPS_LOSSES_QUANTILE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef FNN_CORE_OPS_LOSSES_QUANTILE_INL_H_
#undef FNN_CORE_OPS_LOSSES_QUANTILE_INL_H_
#else
#define FNN_CORE_OPS_LOSSES_QUANTILE_INL_H_
#endif

#include "absl/strings/string_view.h"
#include "core/ops/number.h"
#include "core/ops/table.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace fnn::core::HWY_NAMESPACE {

struct QuantileOp {
  static constexpr absl::string_view kName = "quantile";
  static constexpr absl::string_view kFormula = "d > 0 ? q d : (q - 1) d, d = t - y";
  static constexpr Argument kArguments[] = {{.name = "quantile",
                                             .default_value = 0.5,
                                             .min = 0,
                                             .max = 1,
                                             .min_excluded = true,
                                             .max_excluded = true}};
  static constexpr absl::string_view kLink = "identity";
  static constexpr bool kProbabilities = false;
  static constexpr Targets kTargets = Targets::kAny;
  static constexpr int kMinOutputs = 1;

  template <typename S, typename C>
  HWY_INLINE S operator()(S y, S t, C quantile) const {
    const S above = t - y;
    return IfGreater(above, Const(y, 0), quantile * above, (quantile - Const(quantile, 1)) * above);
  }
};

}  // namespace fnn::core::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // FNN_CORE_OPS_LOSSES_QUANTILE_INL_H_
