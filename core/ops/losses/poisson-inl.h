// poisson: the mean over outputs of e^y - t y, the negative logarithm of the likelihood of a count
// t under the rate e^y, but for what does not depend on y (PyTorch's PoissonNLLLoss with its
// defaults).

#if defined(FNN_CORE_OPS_LOSSES_POISSON_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef FNN_CORE_OPS_LOSSES_POISSON_INL_H_
#undef FNN_CORE_OPS_LOSSES_POISSON_INL_H_
#else
#define FNN_CORE_OPS_LOSSES_POISSON_INL_H_
#endif

#include "absl/strings/string_view.h"
#include "core/ops/number.h"
#include "core/ops/table.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace fnn::core::HWY_NAMESPACE {

struct PoissonOp {
  static constexpr absl::string_view kName = "poisson";
  static constexpr absl::string_view kFormula = "e^y - t y";
  static constexpr absl::string_view kLink = "identity";
  static constexpr bool kProbabilities = false;
  static constexpr Targets kTargets = Targets::kNotNegative;
  static constexpr int kMinOutputs = 1;

  template <typename S>
  HWY_INLINE S operator()(S y, S t) const {
    const S rate = Exp(y);
    // Where the rate is infinite so is the loss, also if t y is as well. (e + e + 1 > e is false
    // for infinity alone.)
    return IfGreater(rate + rate + Const(y, 1), rate, rate - t * y, rate);
  }
};

}  // namespace fnn::core::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // FNN_CORE_OPS_LOSSES_POISSON_INL_H_
