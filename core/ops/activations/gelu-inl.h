// gelu, the Gaussian error linear unit: f(x) = x P(X <= x) for X normal with the given mean and
// standard deviation (Hendrycks and Gimpel, 2016).
//
// Exact, by erfc, which keeps its accuracy where 1 + erf would cancel.

#if defined(FNN_CORE_OPS_ACTIVATIONS_GELU_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef FNN_CORE_OPS_ACTIVATIONS_GELU_INL_H_
#undef FNN_CORE_OPS_ACTIVATIONS_GELU_INL_H_
#else
#define FNN_CORE_OPS_ACTIVATIONS_GELU_INL_H_
#endif

#include <array>
#include <limits>

#include "absl/strings/string_view.h"
#include "core/ops/number.h"
#include "core/ops/table.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace fnn::core::HWY_NAMESPACE {

struct GeluOp {
  static constexpr absl::string_view kName = "gelu";
  static constexpr absl::string_view kFormula =
      "x erfc(-(x - mean) / (standard_deviation sqrt(2))) / 2";
  static constexpr absl::string_view kWeightInitializer = "he";
  static constexpr bool kProbabilities = false;
  static constexpr bool kSlopeFromActivity = false;
  static constexpr std::array kArguments = {Argument{.name = "mean", .default_value = 0},
                                            Argument{.name = "standard_deviation",
                                                     .default_value = 1,
                                                     .min = std::numeric_limits<float>::min()}};

  template <typename S, typename P>
  HWY_INLINE S operator()(S x, const P& p) const {
    const S u = (x - p[0]) / p[1];
    return x * (Const(x, 0.5) * Erfc(u * Const(x, -0.70710678118654752440)));
  }
};

}  // namespace fnn::core::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // FNN_CORE_OPS_ACTIVATIONS_GELU_INL_H_
