// Sign and Max as optimisers use them, over any number type; NaN in gives NaN.

#if defined(FNN_CORE_OPS_OPTIMIZERS_SIGN_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef FNN_CORE_OPS_OPTIMIZERS_SIGN_INL_H_
#undef FNN_CORE_OPS_OPTIMIZERS_SIGN_INL_H_
#else
#define FNN_CORE_OPS_OPTIMIZERS_SIGN_INL_H_
#endif

#include "core/ops/number.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace fnn::core::HWY_NAMESPACE {

// 1, 0 or -1.
template <typename S>
HWY_INLINE S Sign(S x) {
  const S zero = Const(x, 0);
  return IfGreater(x, zero, Const(x, 1), IfGreater(zero, x, Const(x, -1), zero));
}

template <typename S>
HWY_INLINE S Max(S a, S b) {
  return IfGreater(a, b, a, b);
}

template <typename S>
HWY_INLINE S Clamp(S x, S low, S high) {
  const S y = IfGreater(low, x, low, x);
  return IfGreater(y, high, high, y);
}

}  // namespace fnn::core::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // FNN_CORE_OPS_OPTIMIZERS_SIGN_INL_H_
