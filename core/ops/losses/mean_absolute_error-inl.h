// mean_absolute_error: the mean over outputs of |y - t|, with slope 0 where y = t.

#if defined(FNN_CORE_OPS_LOSSES_MEAN_ABSOLUTE_ERROR_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef FNN_CORE_OPS_LOSSES_MEAN_ABSOLUTE_ERROR_INL_H_
#undef FNN_CORE_OPS_LOSSES_MEAN_ABSOLUTE_ERROR_INL_H_
#else
#define FNN_CORE_OPS_LOSSES_MEAN_ABSOLUTE_ERROR_INL_H_
#endif

#include "absl/strings/string_view.h"
#include "core/ops/number.h"
#include "core/ops/table.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace fnn::core::HWY_NAMESPACE {

struct MeanAbsoluteErrorOp {
  static constexpr absl::string_view kName = "mean_absolute_error";
  static constexpr absl::string_view kFormula = "|y - t|";
  static constexpr absl::string_view kLink = "identity";
  static constexpr bool kProbabilities = false;
  static constexpr Targets kTargets = Targets::kAny;
  static constexpr int kMinOutputs = 1;

  template <typename S>
  HWY_INLINE S operator()(S y, S t) const {
    return Abs(y - t);
  }
};

}  // namespace fnn::core::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // FNN_CORE_OPS_LOSSES_MEAN_ABSOLUTE_ERROR_INL_H_
