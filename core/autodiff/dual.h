// Dual numbers: forward-mode automatic differentiation.
//
// A Dual is v + d·ε with ε² = 0: a value and its slope along one direction. A formula run over
// Dual{x, 1} gives f(x) and f'(x) exactly, without step size (Wengert, 1964).

#ifndef FNN_CORE_AUTODIFF_DUAL_H_
#define FNN_CORE_AUTODIFF_DUAL_H_

#include "core/ops/number.h"

namespace fnn::core {

template <std::floating_point T>
struct Dual {
  T v;  // The value.
  T d;  // The slope.

  friend Dual operator+(Dual a, Dual b) { return {a.v + b.v, a.d + b.d}; }
  friend Dual operator-(Dual a, Dual b) { return {a.v - b.v, a.d - b.d}; }
  friend Dual operator-(Dual a) { return {-a.v, -a.d}; }
  friend Dual operator*(Dual a, Dual b) { return {a.v * b.v, a.d * b.v + a.v * b.d}; }
  friend Dual operator/(Dual a, Dual b) {
    const T q = a.v / b.v;
    return {q, (a.d - q * b.d) / b.v};
  }

  friend Dual Const(Dual, double c) { return {static_cast<T>(c), T{0}}; }
  friend Dual Exp(Dual x) {
    const T e = core::Exp(x.v);
    return {e, e * x.d};
  }
  friend Dual Log(Dual x) { return {core::Log(x.v), x.d / x.v}; }
  friend Dual Sqrt(Dual x) {
    const T root = core::Sqrt(x.v);
    return {root, x.d / (2 * root)};
  }
  friend Dual Tanh(Dual x) {
    const T a = core::Tanh(x.v);
    return {a, (1 - a * a) * x.d};
  }
  // The slope a(1 - a) as s(x)s(-x), which keeps its accuracy where a is near 1.
  friend Dual Logistic(Dual x) {
    const T a = core::Logistic(x.v);
    return {a, a * core::Logistic(-x.v) * x.d};
  }
  friend Dual Softplus(Dual x) { return {core::Softplus(x.v), core::Logistic(x.v) * x.d}; }
  friend Dual IfGreater(Dual a, Dual b, Dual then, Dual otherwise) {
    return a.v > b.v ? then : (std::isnan(a.v) ? Dual{a.v, a.v} : otherwise);
  }
};

}  // namespace fnn::core

#endif  // FNN_CORE_AUTODIFF_DUAL_H_
