// dynamic_tanh (DyT): gamma tanh(alpha x) + beta, with alpha one learned number of the layer, and
// gamma and beta learned for each channel (Zhu, Chen, He, LeCun and Liu, 2025).

#if defined(FNN_CORE_OPS_LAYERS_DYNAMIC_TANH_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef FNN_CORE_OPS_LAYERS_DYNAMIC_TANH_INL_H_
#undef FNN_CORE_OPS_LAYERS_DYNAMIC_TANH_INL_H_
#else
#define FNN_CORE_OPS_LAYERS_DYNAMIC_TANH_INL_H_
#endif

#include "core/autodiff/dual-inl.h"
#include "core/ops/layers/learned.h"
#include "core/ops/number.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace fnn::core::HWY_NAMESPACE {

// tanh, whose slope keeps its accuracy where tanh is near 1 and -1 and 1 - tanh^2 has lost it:
// alpha and x, which may be large, are its factors.
template <typename S>
HWY_INLINE S ExactlySlopedTanh(S x) {
  return Tanh(x);
}
template <typename T>
HWY_INLINE Dual<T> ExactlySlopedTanh(Dual<T> x) {
  const T e = Exp(-Abs(x.v + x.v));
  const T one = Const(e, 1);
  return {Tanh(x.v), Const(e, 4) * e / ((one + e) * (one + e)) * x.d};
}

struct DynamicTanhOp {
  static constexpr absl::string_view kName = "dynamic_tanh";
  static constexpr absl::string_view kFormula = "gamma tanh(alpha x) + beta";
  static constexpr absl::string_view kWeightInitializer = "xavier";
  static constexpr Argument kArguments[] = {
      {.name = "alpha", .default_value = 0.5},
      {.name = "regularized", .default_value = 0, .min = 0, .max = 1}};
  static constexpr LearnedParameter kParameters[] = {
      {.name = "alpha", .starts_at_argument = true, .shared = true},
      {.name = "gamma", .start = 1},
      {.name = "beta", .may_be_regularized = false}};

  template <typename S, typename P>
  HWY_INLINE S operator()(S x, const P& p) const {
    return p[1] * ExactlySlopedTanh(p[0] * x) + p[2];
  }
};

}  // namespace fnn::core::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // FNN_CORE_OPS_LAYERS_DYNAMIC_TANH_INL_H_
