// gelu_logistic: f(x) = x / (1 + e^(-1.702 x)), which comes near gelu (Hendrycks and Gimpel, 2016).

#if defined(FNN_CORE_OPS_ACTIVATIONS_GELU_LOGISTIC_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef FNN_CORE_OPS_ACTIVATIONS_GELU_LOGISTIC_INL_H_
#undef FNN_CORE_OPS_ACTIVATIONS_GELU_LOGISTIC_INL_H_
#else
#define FNN_CORE_OPS_ACTIVATIONS_GELU_LOGISTIC_INL_H_
#endif

#include "absl/strings/string_view.h"
#include "core/ops/number.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace fnn::core::HWY_NAMESPACE {

struct GeluLogisticOp {
  static constexpr absl::string_view kName = "gelu_logistic";
  static constexpr absl::string_view kFormula = "x / (1 + exp(-1.702 x))";
  static constexpr absl::string_view kWeightInitializer = "he";
  static constexpr bool kProbabilities = false;
  static constexpr bool kSlopeFromActivity = false;

  template <typename S>
  HWY_INLINE S operator()(S x) const {
    return x * Logistic(Const(x, 1.702) * x);
  }
};

}  // namespace fnn::core::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // FNN_CORE_OPS_ACTIVATIONS_GELU_LOGISTIC_INL_H_
