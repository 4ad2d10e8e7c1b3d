// celu: f(x) = max(0, x) + min(0, alpha (e^(x / alpha) - 1)), whose slope is 1 at 0 whatever alpha
// (Barron, 2017).

#if defined(FNN_CORE_OPS_ACTIVATIONS_CELU_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef FNN_CORE_OPS_ACTIVATIONS_CELU_INL_H_
#undef FNN_CORE_OPS_ACTIVATIONS_CELU_INL_H_
#else
#define FNN_CORE_OPS_ACTIVATIONS_CELU_INL_H_
#endif

#include <array>
#include <limits>

#include "absl/strings/string_view.h"
#include "core/ops/number.h"
#include "core/ops/pieces-inl.h"
#include "core/ops/table.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace fnn::core::HWY_NAMESPACE {

struct CeluOp {
  static constexpr absl::string_view kName = "celu";
  static constexpr absl::string_view kFormula = "max(0, x) + min(0, alpha (exp(x / alpha) - 1))";
  static constexpr absl::string_view kWeightInitializer = "he";
  static constexpr bool kProbabilities = false;
  static constexpr bool kSlopeFromActivity = false;
  static constexpr std::array kArguments = {
      Argument{.name = "alpha", .default_value = 1, .min = std::numeric_limits<float>::min()}};

  template <typename S, typename P>
  HWY_INLINE S operator()(S x, const P& p) const {
    const S below = p[0] * Expm1(AtMost(x, Const(x, 0)) / p[0]);
    return IfGreater(x, Const(x, 0), x, below);
  }
};

}  // namespace fnn::core::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // FNN_CORE_OPS_ACTIVATIONS_CELU_INL_H_
