// exponential: f(x) = e^x, which is infinite from about 88.7 on in float.

#if defined(FNN_CORE_OPS_ACTIVATIONS_EXPONENTIAL_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef FNN_CORE_OPS_ACTIVATIONS_EXPONENTIAL_INL_H_
#undef FNN_CORE_OPS_ACTIVATIONS_EXPONENTIAL_INL_H_
#else
#define FNN_CORE_OPS_ACTIVATIONS_EXPONENTIAL_INL_H_
#endif

#include "absl/strings/string_view.h"
#include "core/ops/number.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace fnn::core::HWY_NAMESPACE {

struct ExponentialOp {
  static constexpr absl::string_view kName = "exponential";
  static constexpr absl::string_view kFormula = "exp(x)";
  static constexpr absl::string_view kWeightInitializer = "xavier";
  static constexpr bool kProbabilities = false;
  static constexpr bool kSlopeFromActivity = false;

  template <typename S>
  HWY_INLINE S operator()(S x) const {
    return Exp(x);
  }
};

}  // namespace fnn::core::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // FNN_CORE_OPS_ACTIVATIONS_EXPONENTIAL_INL_H_
