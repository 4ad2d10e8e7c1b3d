// Bounds for formulas in pieces. Included once for each instruction set.

#if defined(FNN_CORE_OPS_PIECES_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef FNN_CORE_OPS_PIECES_INL_H_
#undef FNN_CORE_OPS_PIECES_INL_H_
#else
#define FNN_CORE_OPS_PIECES_INL_H_
#endif

#include "core/ops/number.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace fnn::core::HWY_NAMESPACE {

// x, but low where it is not greater than low, and high where it is not less than high: the slope
// is 0 at both.
template <typename S, typename C>
HWY_INLINE S Clip(S x, C low, C high) {
  const S below_high = IfGreater(high, x, x, high);
  return IfGreater(x, low, below_high, low);
}

// x, clipped where what is computed of it has long reached its limit, and would overflow beyond:
// the formula is meant without. Number types that can't overflow leave it out.
template <typename S, typename C>
HWY_INLINE S Bounded(S x, C low, C high) {
  return Clip(x, low, high);
}

// x, but high where it is greater: for a branch that is taken only up to high, and would overflow
// beyond. An infinity there, times a slope of 0, would be NaN.
template <typename S, typename C>
HWY_INLINE S AtMost(S x, C high) {
  return IfGreater(x, high, high, x);
}

}  // namespace fnn::core::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // FNN_CORE_OPS_PIECES_INL_H_
