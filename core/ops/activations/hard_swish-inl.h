// hard_swish: f(x) = x relu6(x + 3) / 6, with slope 0 at -3 and 1 at 3 (Howard et al., 2019).

#if defined(FNN_CORE_OPS_ACTIVATIONS_HARD_SWISH_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef FNN_CORE_OPS_ACTIVATIONS_HARD_SWISH_INL_H_
#undef FNN_CORE_OPS_ACTIVATIONS_HARD_SWISH_INL_H_
#else
#define FNN_CORE_OPS_ACTIVATIONS_HARD_SWISH_INL_H_
#endif

#include "absl/strings/string_view.h"
#include "core/ops/number.h"
#include "core/ops/pieces-inl.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace fnn::core::HWY_NAMESPACE {

struct HardSwishOp {
  static constexpr absl::string_view kName = "hard_swish";
  static constexpr absl::string_view kFormula = "x min(max(0, x + 3), 6) / 6";
  static constexpr absl::string_view kWeightInitializer = "he";
  static constexpr bool kProbabilities = false;
  static constexpr bool kSlopeFromActivity = false;

  template <typename S>
  HWY_INLINE S operator()(S x) const {
    const auto six = Const(x, 6);
    return x * (Clip(x + Const(x, 3), Const(x, 0), six) / six);
  }
};

}  // namespace fnn::core::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // FNN_CORE_OPS_ACTIVATIONS_HARD_SWISH_INL_H_
