// binary_cross_entropy: the mean over outputs of -t log s(z) - (1 - t) log(1 - s(z)), where s is
// the logistic function. Since log s(z) = z - softplus(z) and log(1 - s(z)) = -softplus(z), that is
// softplus(z) - t z, which no logit overflows.

#if defined(FNN_CORE_OPS_LOSSES_BINARY_CROSS_ENTROPY_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef FNN_CORE_OPS_LOSSES_BINARY_CROSS_ENTROPY_INL_H_
#undef FNN_CORE_OPS_LOSSES_BINARY_CROSS_ENTROPY_INL_H_
#else
#define FNN_CORE_OPS_LOSSES_BINARY_CROSS_ENTROPY_INL_H_
#endif

#include "absl/strings/string_view.h"
#include "core/ops/number.h"
#include "core/ops/table.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace fnn::core::HWY_NAMESPACE {

struct BinaryCrossEntropyOp {
  static constexpr absl::string_view kName = "binary_cross_entropy";
  static constexpr absl::string_view kFormula = "softplus(z) - t z";
  static constexpr absl::string_view kLink = "logistic";
  static constexpr bool kProbabilities = true;
  static constexpr Targets kTargets = Targets::kUnitInterval;
  static constexpr int kMinOutputs = 1;

  // Written as t softplus(-z) + (1 - t) softplus(z): without cancellation where z is large.
  template <typename S>
  HWY_INLINE S operator()(S z, S t) const {
    return t * Softplus(-z) + (Const(t, 1) - t) * Softplus(z);
  }
};

}  // namespace fnn::core::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // FNN_CORE_OPS_LOSSES_BINARY_CROSS_ENTROPY_INL_H_
