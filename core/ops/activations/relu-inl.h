// relu, the rectified linear unit: f(x) = max(0, x), with slope 0 at 0.

#if defined(FNN_CORE_OPS_ACTIVATIONS_RELU_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef FNN_CORE_OPS_ACTIVATIONS_RELU_INL_H_
#undef FNN_CORE_OPS_ACTIVATIONS_RELU_INL_H_
#else
#define FNN_CORE_OPS_ACTIVATIONS_RELU_INL_H_
#endif

#include "absl/strings/string_view.h"
#include "core/ops/number.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace fnn::core::HWY_NAMESPACE {

struct ReluOp {
  static constexpr absl::string_view kName = "relu";
  static constexpr absl::string_view kFormula = "max(0, x)";
  static constexpr absl::string_view kWeightInitializer = "he";
  static constexpr bool kProbabilities = false;
  static constexpr bool kSlopeFromActivity = true;

  template <typename S>
  HWY_INLINE S operator()(S x) const {
    return IfGreater(x, Const(x, 0), x, Const(x, 0));
  }
};

}  // namespace fnn::core::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // FNN_CORE_OPS_ACTIVATIONS_RELU_INL_H_
