// tanh_shrink: f(x) = x - tanh(x), with slope tanh(x)^2.

#if defined(FNN_CORE_OPS_ACTIVATIONS_TANH_SHRINK_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef FNN_CORE_OPS_ACTIVATIONS_TANH_SHRINK_INL_H_
#undef FNN_CORE_OPS_ACTIVATIONS_TANH_SHRINK_INL_H_
#else
#define FNN_CORE_OPS_ACTIVATIONS_TANH_SHRINK_INL_H_
#endif

#include "absl/strings/string_view.h"
#include "core/ops/number.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace fnn::core::HWY_NAMESPACE {

struct TanhShrinkOp {
  static constexpr absl::string_view kName = "tanh_shrink";
  static constexpr absl::string_view kFormula = "x - tanh(x)";
  static constexpr absl::string_view kWeightInitializer = "xavier";
  static constexpr bool kProbabilities = false;
  static constexpr bool kSlopeFromActivity = false;

  template <typename S>
  HWY_INLINE S operator()(S x) const {
    return x - Tanh(x);
  }
};

}  // namespace fnn::core::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // FNN_CORE_OPS_ACTIVATIONS_TANH_SHRINK_INL_H_
