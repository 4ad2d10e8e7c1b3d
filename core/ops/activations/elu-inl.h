// elu, the exponential linear unit: f(x) = max(0, x) + min(0, gamma (e^x - 1)), with slope gamma at
// 0 (Clevert, Unterthiner and Hochreiter, 2016).

#if defined(FNN_CORE_OPS_ACTIVATIONS_ELU_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef FNN_CORE_OPS_ACTIVATIONS_ELU_INL_H_
#undef FNN_CORE_OPS_ACTIVATIONS_ELU_INL_H_
#else
#define FNN_CORE_OPS_ACTIVATIONS_ELU_INL_H_
#endif

#include <array>

#include "absl/strings/string_view.h"
#include "core/ops/number.h"
#include "core/ops/pieces-inl.h"
#include "core/ops/table.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace fnn::core::HWY_NAMESPACE {

struct EluOp {
  static constexpr absl::string_view kName = "elu";
  static constexpr absl::string_view kFormula = "max(0, x) + min(0, gamma (exp(x) - 1))";
  static constexpr absl::string_view kWeightInitializer = "he";
  static constexpr bool kProbabilities = false;
  static constexpr bool kSlopeFromActivity = false;
  static constexpr std::array kArguments = {
      Argument{.name = "gamma", .default_value = 1, .min = 0}};

  template <typename S, typename P>
  HWY_INLINE S operator()(S x, const P& p) const {
    const S below = p[0] * Expm1(AtMost(x, Const(x, 0)));
    return IfGreater(x, Const(x, 0), x, below);
  }
};

}  // namespace fnn::core::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // FNN_CORE_OPS_ACTIVATIONS_ELU_INL_H_
