// Dual numbers: forward-mode automatic differentiation.
//
// A Dual is v + d·ε with ε² = 0: a value and its slope along one direction. A formula run over
// Dual{x, 1} gives f(x) and f'(x) exactly, without step size (Wengert, 1964). T is a number type:
// float, double, or a SIMD vector. A T among Duals is a constant: it has no slope, and costs none.
// Included once for each instruction set; outside SIMD sources, core/autodiff/dual.h.

#if defined(FNN_CORE_AUTODIFF_DUAL_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef FNN_CORE_AUTODIFF_DUAL_INL_H_
#undef FNN_CORE_AUTODIFF_DUAL_INL_H_
#else
#define FNN_CORE_AUTODIFF_DUAL_INL_H_
#endif

#include "core/ops/number.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace fnn::core::HWY_NAMESPACE {

template <typename T>
struct Dual {
  T v;  // The value.
  T d;  // The slope.

  Dual() = default;
  HWY_INLINE Dual(T value, T slope) : v(value), d(slope) {}
  HWY_INLINE Dual(T constant)
      : v(constant), d(Const(constant, 0)) {}  // NOLINT: as reals are duals.

  friend HWY_INLINE Dual operator+(Dual a, Dual b) { return {a.v + b.v, a.d + b.d}; }
  friend HWY_INLINE Dual operator-(Dual a, Dual b) { return {a.v - b.v, a.d - b.d}; }
  friend HWY_INLINE Dual operator-(Dual a) { return {-a.v, -a.d}; }
  friend HWY_INLINE Dual operator*(Dual a, Dual b) { return {a.v * b.v, a.d * b.v + a.v * b.d}; }
  friend HWY_INLINE Dual operator/(Dual a, Dual b) {
    const T q = a.v / b.v;
    return {q, (a.d - q * b.d) / b.v};
  }

  friend HWY_INLINE Dual operator+(Dual a, T b) { return {a.v + b, a.d}; }
  friend HWY_INLINE Dual operator+(T a, Dual b) { return {a + b.v, b.d}; }
  friend HWY_INLINE Dual operator-(Dual a, T b) { return {a.v - b, a.d}; }
  friend HWY_INLINE Dual operator-(T a, Dual b) { return {a - b.v, -b.d}; }
  friend HWY_INLINE Dual operator*(Dual a, T b) { return {a.v * b, a.d * b}; }
  friend HWY_INLINE Dual operator*(T a, Dual b) { return {a * b.v, a * b.d}; }
  friend HWY_INLINE Dual operator/(Dual a, T b) { return {a.v / b, a.d / b}; }
  friend HWY_INLINE Dual operator/(T a, Dual b) {
    const T q = a / b.v;
    return {q, -(q * b.d) / b.v};
  }

  friend HWY_INLINE Dual& operator+=(Dual& a, Dual b) { return a = a + b; }
  friend HWY_INLINE Dual& operator-=(Dual& a, Dual b) { return a = a - b; }
  friend HWY_INLINE Dual& operator*=(Dual& a, Dual b) { return a = a * b; }
  friend HWY_INLINE Dual& operator/=(Dual& a, Dual b) { return a = a / b; }

  // By their values; where T is no vector.
  friend HWY_INLINE bool operator<(Dual a, Dual b) { return a.v < b.v; }
  friend HWY_INLINE bool operator>(Dual a, Dual b) { return a.v > b.v; }
  friend HWY_INLINE bool IsNaN(Dual x) { return IsNaN(x.v); }

  friend HWY_INLINE T Const(Dual like, double c) { return Const(like.v, c); }
  // The slope at 0 is 0.
  friend HWY_INLINE Dual Abs(Dual x) {
    const T zero = Const(x.v, 0);
    return {Abs(x.v), IfGreater(x.v, zero, x.d, IfGreater(zero, x.v, -x.d, zero))};
  }
  friend HWY_INLINE Dual Exp(Dual x) {
    const T e = Exp(x.v);
    return {e, e * x.d};
  }
  friend HWY_INLINE Dual Expm1(Dual x) { return {Expm1(x.v), Exp(x.v) * x.d}; }
  friend HWY_INLINE Dual Log(Dual x) { return {Log(x.v), x.d / x.v}; }
  friend HWY_INLINE Dual Log1p(Dual x) { return {Log1p(x.v), x.d / (Const(x.v, 1) + x.v)}; }
  friend HWY_INLINE Dual Sqrt(Dual x) {
    const T root = Sqrt(x.v);
    return {root, x.d / (root + root)};
  }
  friend HWY_INLINE Dual Tanh(Dual x) {
    const T a = Tanh(x.v);
    return {a, (Const(a, 1) - a * a) * x.d};
  }
  // The slope a(1 - a) as s(x)s(-x), which keeps its accuracy where a is near 1.
  friend HWY_INLINE Dual Logistic(Dual x) {
    const T a = Logistic(x.v);
    return {a, a * Logistic(-x.v) * x.d};
  }
  friend HWY_INLINE Dual Softplus(Dual x) { return {Softplus(x.v), Logistic(x.v) * x.d}; }
  friend HWY_INLINE Dual Erfc(Dual x) {
    constexpr double kTwoOverRootPi = 1.12837916709551257390;
    return {Erfc(x.v), Const(x.v, -kTwoOverRootPi) * Exp(-(x.v * x.v)) * x.d};
  }
  friend HWY_INLINE Dual IfGreater(Dual a, Dual b, Dual then, Dual otherwise) {
    return {IfGreater(a.v, b.v, then.v, otherwise.v), IfGreater(a.v, b.v, then.d, otherwise.d)};
  }
};

}  // namespace fnn::core::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // FNN_CORE_AUTODIFF_DUAL_INL_H_
