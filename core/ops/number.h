// The number types that formulas are written over.
//
// The formula of an activation, a loss or an optimiser is a template over a number type S and uses
// only + - * / and the functions below, so one text serves as the float kernel, the double
// reference and, over dual numbers (core/autodiff/dual.h), its own slope. A number type supplies
// each function with its own slope. A formula in pieces uses one IfGreater, whose slope at the kink
// is that of the branch not greater.

#ifndef FNN_CORE_OPS_NUMBER_H_
#define FNN_CORE_OPS_NUMBER_H_

#include <cmath>
#include <concepts>

namespace fnn::core {

// The constant c as a number like the first argument.
template <std::floating_point T>
T Const(T, double c) {
  return static_cast<T>(c);
}

template <std::floating_point T>
T Exp(T x) {
  return std::exp(x);
}

template <std::floating_point T>
T Log(T x) {
  return std::log(x);
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

// a > b ? then : otherwise; `a` itself where it is NaN, so that NaN in gives NaN out.
template <std::floating_point T>
T IfGreater(T a, T b, T then, T otherwise) {
  return a > b ? then : (std::isnan(a) ? a : otherwise);
}

}  // namespace fnn::core

#endif  // FNN_CORE_OPS_NUMBER_H_
