// hard_shrink: x where |x| > threshold, else 0, with slope 0 at the jumps.

#if defined(FNN_CORE_OPS_ACTIVATIONS_HARD_SHRINK_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef FNN_CORE_OPS_ACTIVATIONS_HARD_SHRINK_INL_H_
#undef FNN_CORE_OPS_ACTIVATIONS_HARD_SHRINK_INL_H_
#else
#define FNN_CORE_OPS_ACTIVATIONS_HARD_SHRINK_INL_H_
#endif

#include <array>

#include "absl/strings/string_view.h"
#include "core/ops/number.h"
#include "core/ops/table.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace fnn::core::HWY_NAMESPACE {

struct HardShrinkOp {
  static constexpr absl::string_view kName = "hard_shrink";
  static constexpr absl::string_view kFormula = "x if |x| > threshold, else 0";
  static constexpr absl::string_view kWeightInitializer = "xavier";
  static constexpr bool kProbabilities = false;
  static constexpr bool kSlopeFromActivity = true;
  static constexpr std::array kArguments = {
      Argument{.name = "threshold", .default_value = 0.5, .min = 0}};

  template <typename S, typename P>
  HWY_INLINE S operator()(S x, const P& p) const {
    return IfGreater(Abs(x), p[0], x, Const(x, 0));
  }
};

}  // namespace fnn::core::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // FNN_CORE_OPS_ACTIVATIONS_HARD_SHRINK_INL_H_
