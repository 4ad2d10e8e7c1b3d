// soft_shrink: x moved towards 0 by threshold, and 0 between, with slope 0 at the kinks.

#if defined(FNN_CORE_OPS_ACTIVATIONS_SOFT_SHRINK_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef FNN_CORE_OPS_ACTIVATIONS_SOFT_SHRINK_INL_H_
#undef FNN_CORE_OPS_ACTIVATIONS_SOFT_SHRINK_INL_H_
#else
#define FNN_CORE_OPS_ACTIVATIONS_SOFT_SHRINK_INL_H_
#endif

#include <array>

#include "absl/strings/string_view.h"
#include "core/ops/number.h"
#include "core/ops/table.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace fnn::core::HWY_NAMESPACE {

struct SoftShrinkOp {
  static constexpr absl::string_view kName = "soft_shrink";
  static constexpr absl::string_view kFormula =
      "x - threshold if x > threshold; x + threshold if x < -threshold; else 0";
  static constexpr absl::string_view kWeightInitializer = "xavier";
  static constexpr bool kProbabilities = false;
  static constexpr bool kSlopeFromActivity = false;
  static constexpr std::array kArguments = {
      Argument{.name = "threshold", .default_value = 0.5, .min = 0}};

  template <typename S, typename P>
  HWY_INLINE S operator()(S x, const P& p) const {
    const S below = IfGreater(-p[0], x, x + p[0], Const(x, 0));
    return IfGreater(x, p[0], x - p[0], below);
  }
};

}  // namespace fnn::core::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // FNN_CORE_OPS_ACTIVATIONS_SOFT_SHRINK_INL_H_
