// The number types that formulas are written over.
//
// The formula of an activation, a loss or an optimiser is a template over a number type S and uses
// only + - * / and the functions below, so one text serves as the float kernel, the double
// reference and, over dual numbers (core/autodiff/dual.h), its own slope. A number type supplies
// each function with its own slope; what Const gives has none. A formula in pieces uses an
// IfGreater for each kink, where the slope is that of the branch not greater. Both branches are
// computed for every x: what would overflow where it is not taken is bounded
// (core/ops/pieces-inl.h).

#ifndef FNN_CORE_OPS_NUMBER_H_
#define FNN_CORE_OPS_NUMBER_H_

#include <cmath>
#include <concepts>
#include <type_traits>

namespace fnn::core {

// The constant c as a number like the first argument.
template <std::floating_point T>
T Const(T, double c) {
  return static_cast<T>(c);
}

// What choices between numbers that are no vectors ask.
template <std::floating_point T>
bool IsNaN(T x) {
  return std::isnan(x);
}

// |x|, with slope 0 at 0.
template <std::floating_point T>
T Abs(T x) {
  return std::abs(x);
}

template <std::floating_point T>
T Exp(T x) {
  return std::exp(x);
}

// e^x - 1, as accurate near 0 as elsewhere.
template <std::floating_point T>
T Expm1(T x) {
  return std::expm1(x);
}

template <std::floating_point T>
T Log(T x) {
  return std::log(x);
}

// log(1 + x), as accurate near 0 as elsewhere.
template <std::floating_point T>
T Log1p(T x) {
  return std::log1p(x);
}

template <std::floating_point T>
T Sqrt(T x) {
  return std::sqrt(x);
}

template <std::floating_point T>
T Tanh(T x) {
  return std::tanh(x);
}

// 1 / (1 + e^-x), to full relative accuracy for every x.
template <std::floating_point T>
T Logistic(T x) {
  const T e = std::exp(-std::abs(x));
  return (x < 0 ? e : T{1}) / (1 + e);
}

// log(1 + e^x), finite for every finite x. Its slope is Logistic(x).
template <std::floating_point T>
T Softplus(T x) {
  return (x > 0 ? x : T{0}) + std::log1p(std::exp(-std::abs(x)));
}

// 2 / sqrt(pi) times the integral of e^(-t^2) from x on, to full relative accuracy for every x.
template <std::floating_point T>
T Erfc(T x) {
  return std::erfc(x);
}

// a > b ? then : otherwise; `a` itself where it is NaN, so that NaN in gives NaN out.
template <std::floating_point T>
T IfGreater(T a, T b, T then, T otherwise) {
  return a > b ? then : (std::isnan(a) ? a : otherwise);
}

// What sums over many numbers are kept in: double, or a number type that carries slopes itself.
template <typename T>
using WideOf = std::conditional_t<std::is_same_v<T, float>, double, T>;

}  // namespace fnn::core

#endif  // FNN_CORE_OPS_NUMBER_H_
