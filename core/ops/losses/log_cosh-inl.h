// log_cosh: the mean over outputs of log cosh(y - t).
//
// Since cosh d = 1 + (e^d - 1)^2 / (2 e^d), it keeps its accuracy near 0, where it is d^2 / 2; and
// further out it is |d| + log(1 + e^-2|d|) - log 2, which nothing overflows.

#if defined(FNN_CORE_OPS_LOSSES_LOG_COSH_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef FNN_CORE_OPS_LOSSES_LOG_COSH_INL_H_
#undef FNN_CORE_OPS_LOSSES_LOG_COSH_INL_H_
#else
#define FNN_CORE_OPS_LOSSES_LOG_COSH_INL_H_
#endif

#include "absl/strings/string_view.h"
#include "core/ops/number.h"
#include "core/ops/table.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace fnn::core::HWY_NAMESPACE {

struct LogCoshOp {
  static constexpr absl::string_view kName = "log_cosh";
  static constexpr absl::string_view kFormula = "log cosh(y - t)";
  static constexpr absl::string_view kLink = "identity";
  static constexpr bool kProbabilities = false;
  static constexpr Targets kTargets = Targets::kAny;
  static constexpr int kMinOutputs = 1;

  template <typename S>
  HWY_INLINE S operator()(S y, S t) const {
    const S d = Abs(y - t);
    const S one = Const(d, 1);
    const S u = Expm1(d);
    const S near = Log1p(Const(d, 0.5) * u * u * Exp(-d));
    const S far = d + (Softplus(-(d + d)) - Const(d, 0.69314718055994530942));
    return IfGreater(d, one, far, near);
  }
};

}  // namespace fnn::core::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // FNN_CORE_OPS_LOSSES_LOG_COSH_INL_H_
