// hard_tanh: f(x) = max(min(x, 1), -1), with slope 0 at the kinks.

#if defined(FNN_CORE_OPS_ACTIVATIONS_HARD_TANH_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef FNN_CORE_OPS_ACTIVATIONS_HARD_TANH_INL_H_
#undef FNN_CORE_OPS_ACTIVATIONS_HARD_TANH_INL_H_
#else
#define FNN_CORE_OPS_ACTIVATIONS_HARD_TANH_INL_H_
#endif

#include "absl/strings/string_view.h"
#include "core/ops/number.h"
#include "core/ops/pieces-inl.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace fnn::core::HWY_NAMESPACE {

struct HardTanhOp {
  static constexpr absl::string_view kName = "hard_tanh";
  static constexpr absl::string_view kFormula = "max(min(x, 1), -1)";
  static constexpr absl::string_view kWeightInitializer = "xavier";
  static constexpr bool kProbabilities = false;
  static constexpr bool kSlopeFromActivity = true;

  template <typename S>
  HWY_INLINE S operator()(S x) const {
    return Clip(x, Const(x, -1), Const(x, 1));
  }
};

}  // namespace fnn::core::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // FNN_CORE_OPS_ACTIVATIONS_HARD_TANH_INL_H_
