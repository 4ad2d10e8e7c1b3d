// swish: f(x) = x / (1 + e^(-beta x)), with beta fixed (Ramachandran, Zoph and Le, 2017).
//
// beta = 1 is silu, beta = 0 gives x / 2, and a great beta comes near relu.

#if defined(FNN_CORE_OPS_ACTIVATIONS_SWISH_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef FNN_CORE_OPS_ACTIVATIONS_SWISH_INL_H_
#undef FNN_CORE_OPS_ACTIVATIONS_SWISH_INL_H_
#else
#define FNN_CORE_OPS_ACTIVATIONS_SWISH_INL_H_
#endif

#include <array>

#include "absl/strings/string_view.h"
#include "core/ops/number.h"
#include "core/ops/table.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace fnn::core::HWY_NAMESPACE {

struct SwishOp {
  static constexpr absl::string_view kName = "swish";
  static constexpr absl::string_view kFormula = "x / (1 + exp(-beta x))";
  static constexpr absl::string_view kWeightInitializer = "he";
  static constexpr bool kProbabilities = false;
  static constexpr bool kSlopeFromActivity = false;
  static constexpr std::array kArguments = {Argument{.name = "beta", .default_value = 1}};

  template <typename S, typename P>
  HWY_INLINE S operator()(S x, const P& p) const {
    return x * Logistic(p[0] * x);
  }
};

}  // namespace fnn::core::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // FNN_CORE_OPS_ACTIVATIONS_SWISH_INL_H_
