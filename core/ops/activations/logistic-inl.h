// logistic, also called sigmoid: f(x) = 1 / (1 + e^-x), with slope f(x)(1 - f(x)).

#if defined(FNN_CORE_OPS_ACTIVATIONS_LOGISTIC_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef FNN_CORE_OPS_ACTIVATIONS_LOGISTIC_INL_H_
#undef FNN_CORE_OPS_ACTIVATIONS_LOGISTIC_INL_H_
#else
#define FNN_CORE_OPS_ACTIVATIONS_LOGISTIC_INL_H_
#endif

#include "absl/strings/string_view.h"
#include "core/ops/number.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace fnn::core::HWY_NAMESPACE {

struct LogisticOp {
  static constexpr absl::string_view kName = "logistic";
  static constexpr absl::string_view kFormula = "1 / (1 + exp(-x))";
  static constexpr absl::string_view kWeightInitializer = "xavier";
  static constexpr bool kProbabilities = true;
  static constexpr bool kSlopeFromActivity = false;

  template <typename S>
  HWY_INLINE S operator()(S x) const {
    return Logistic(x);
  }
};

}  // namespace fnn::core::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // FNN_CORE_OPS_ACTIVATIONS_LOGISTIC_INL_H_
