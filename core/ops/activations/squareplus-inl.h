// squareplus: f(x) = (x + sqrt(x^2 + b)) / 2 (Barron, 2021).
//
// With s the greater of |x| and c = sqrt(b), the root is s q with q = sqrt((x/s)^2 + (c/s)^2)
// between 1 and sqrt(2): no square overflows. Below 0, where x and the root cancel, it is the equal
// b / (2 (sqrt(x^2 + b) - x)).

#if defined(FNN_CORE_OPS_ACTIVATIONS_SQUAREPLUS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef FNN_CORE_OPS_ACTIVATIONS_SQUAREPLUS_INL_H_
#undef FNN_CORE_OPS_ACTIVATIONS_SQUAREPLUS_INL_H_
#else
#define FNN_CORE_OPS_ACTIVATIONS_SQUAREPLUS_INL_H_
#endif

#include <array>
#include <limits>

#include "absl/strings/string_view.h"
#include "core/ops/number.h"
#include "core/ops/table.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace fnn::core::HWY_NAMESPACE {

struct SquareplusOp {
  static constexpr absl::string_view kName = "squareplus";
  static constexpr absl::string_view kFormula = "(x + sqrt(x^2 + b)) / 2";
  static constexpr absl::string_view kWeightInitializer = "he";
  static constexpr bool kProbabilities = false;
  static constexpr bool kSlopeFromActivity = false;
  static constexpr std::array kArguments = {
      Argument{.name = "b", .default_value = 4, .min = std::numeric_limits<float>::min()}};

  template <typename S, typename P>
  HWY_INLINE S operator()(S x, const P& p) const {
    const auto c = Sqrt(p[0]);
    const S s = IfGreater(Abs(x), c, Abs(x), c);
    const S u = x / s;
    const S v = c / s;
    const S q = Sqrt(u * u + v * v);
    const auto half = Const(x, 0.5);
    return IfGreater(x, Const(x, 0), s * (half * (u + q)), c * (half * v / (q - u)));
  }
};

}  // namespace fnn::core::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // FNN_CORE_OPS_ACTIVATIONS_SQUAREPLUS_INL_H_
