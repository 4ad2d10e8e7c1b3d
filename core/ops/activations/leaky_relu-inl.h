// leaky_relu: f(x) = max(0, x) + gamma min(0, x), with slope gamma at 0 (Maas, Hannun and Ng,
// 2013).
//
// gamma >= 0 keeps the sign, so that the slope follows from the activity.

#if defined(FNN_CORE_OPS_ACTIVATIONS_LEAKY_RELU_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef FNN_CORE_OPS_ACTIVATIONS_LEAKY_RELU_INL_H_
#undef FNN_CORE_OPS_ACTIVATIONS_LEAKY_RELU_INL_H_
#else
#define FNN_CORE_OPS_ACTIVATIONS_LEAKY_RELU_INL_H_
#endif

#include <array>

#include "absl/strings/string_view.h"
#include "core/ops/number.h"
#include "core/ops/table.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace fnn::core::HWY_NAMESPACE {

struct LeakyReluOp {
  static constexpr absl::string_view kName = "leaky_relu";
  static constexpr absl::string_view kFormula = "max(0, x) + gamma min(0, x)";
  static constexpr absl::string_view kWeightInitializer = "he";
  static constexpr bool kProbabilities = false;
  static constexpr bool kSlopeFromActivity = true;
  static constexpr std::array kArguments = {
      Argument{.name = "gamma", .default_value = 0.01, .min = 0}};

  template <typename S, typename P>
  HWY_INLINE S operator()(S x, const P& p) const {
    return IfGreater(x, Const(x, 0), x, p[0] * x);
  }
};

}  // namespace fnn::core::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // FNN_CORE_OPS_ACTIVATIONS_LEAKY_RELU_INL_H_
