// threshold: f(x) = x where x > threshold, else value, with slope 0 at the jump.

#if defined(FNN_CORE_OPS_ACTIVATIONS_THRESHOLD_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef FNN_CORE_OPS_ACTIVATIONS_THRESHOLD_INL_H_
#undef FNN_CORE_OPS_ACTIVATIONS_THRESHOLD_INL_H_
#else
#define FNN_CORE_OPS_ACTIVATIONS_THRESHOLD_INL_H_
#endif

#include <array>

#include "absl/strings/string_view.h"
#include "core/ops/number.h"
#include "core/ops/table.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace fnn::core::HWY_NAMESPACE {

struct ThresholdOp {
  static constexpr absl::string_view kName = "threshold";
  static constexpr absl::string_view kFormula = "x if x > threshold, else value";
  static constexpr absl::string_view kWeightInitializer = "he";
  static constexpr bool kProbabilities = false;
  static constexpr bool kSlopeFromActivity = false;
  static constexpr std::array kArguments = {Argument{.name = "threshold", .default_value = 0},
                                            Argument{.name = "value", .default_value = 0}};

  template <typename S, typename P>
  HWY_INLINE S operator()(S x, const P& p) const {
    return IfGreater(x, p[0], x, p[1]);
  }
};

}  // namespace fnn::core::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // FNN_CORE_OPS_ACTIVATIONS_THRESHOLD_INL_H_
