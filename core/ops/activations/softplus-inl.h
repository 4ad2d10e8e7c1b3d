// softplus: f(x) = log(1 + e^x), finite for every finite x, with slope 1 / (1 + e^-x).

#if defined(FNN_CORE_OPS_ACTIVATIONS_SOFTPLUS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef FNN_CORE_OPS_ACTIVATIONS_SOFTPLUS_INL_H_
#undef FNN_CORE_OPS_ACTIVATIONS_SOFTPLUS_INL_H_
#else
#define FNN_CORE_OPS_ACTIVATIONS_SOFTPLUS_INL_H_
#endif

#include "absl/strings/string_view.h"
#include "core/ops/number.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace fnn::core::HWY_NAMESPACE {

struct SoftplusOp {
  static constexpr absl::string_view kName = "softplus";
  static constexpr absl::string_view kFormula = "log(1 + exp(x))";
  static constexpr absl::string_view kWeightInitializer = "he";
  static constexpr bool kProbabilities = false;
  static constexpr bool kSlopeFromActivity = false;

  template <typename S>
  HWY_INLINE S operator()(S x) const {
    return Softplus(x);
  }
};

}  // namespace fnn::core::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // FNN_CORE_OPS_ACTIVATIONS_SOFTPLUS_INL_H_
