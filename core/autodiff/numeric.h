// Numerical differentiation: slopes of anything that can be called, from its values alone.
//
// A central difference (f(x + h) - f(x - h)) / 2h errs by h^2 |f'''| / 6 for the curve and by about
// epsilon |f| / h for rounding: together least where h is about epsilon^(1/3) times the scale on
// which f changes; a forward difference at epsilon^(1/2) (Nocedal and Wright, "Numerical
// optimization", 8.1). Each takes values of f for one number of x: the gradient of N numbers costs
// N times as much, where the tape takes one run.

#ifndef FNN_CORE_AUTODIFF_NUMERIC_H_
#define FNN_CORE_AUTODIFF_NUMERIC_H_

#include <algorithm>
#include <cmath>
#include <limits>

namespace fnn::core {

// epsilon^(1/order) max(|x|, scale), such that x + h is a number and h the exact distance to it.
// `scale` > 0 is that of x where x is near 0.
inline double DifferenceStep(double x, int order, double scale = 1) {
  const double relative = order == 2 ? std::sqrt(std::numeric_limits<double>::epsilon())
                                     : std::cbrt(std::numeric_limits<double>::epsilon());
  const double wanted = relative * std::max(std::abs(x), scale);
  const volatile double there = x + wanted;  // Rounded, whatever registers there are.
  return there - x;
}

// The slope of f at x by two values, one of them `at_x` = f(x), which may be known.
template <typename F>
double ForwardDifference(F&& f, double x, double at_x, double scale = 1) {
  const double h = DifferenceStep(x, 2, scale);
  return (f(x + h) - at_x) / h;
}

// The slopes of f on both sides of x, and over both.
struct Slopes {
  double left, right;
  double central() const { return 0.5 * (left + right); }
};

// By three values, one of them at_x = f(x).
template <typename F>
Slopes SidedDifferences(F&& f, double x, double at_x, double h) {
  return {(at_x - f(x - h)) / h, (f(x + h) - at_x) / h};
}

template <typename F>
double CentralDifference(F&& f, double x, double scale = 1) {
  const double h = DifferenceStep(x, 3, scale);
  const double above = f(x + h);
  return (above - f(x - h)) / (2 * h);
}

// A slope by central differences, and how well it is known.
struct CheckedSlope {
  double slope;
  double error;  // About; what halving the step changes.
  bool kink;     // Whether f has a kink so near that differences do not tell the slope.
  int evaluations;
};

// The slope of f at x to `tolerance`, an absolute error, with the step h or smaller ones. Where f
// is smooth, halving a step moves the central difference by h^2 |f'''| / 8 and halves the distance
// of the slopes on both sides; a kink beside x moves the first, and one at x itself leaves the
// second as it is.
template <typename F>
CheckedSlope CheckedDifference(F&& f, double x, double at_x, double h, double tolerance) {
  constexpr int kSteps = 3;
  CheckedSlope best{0, std::numeric_limits<double>::infinity(), true, 0};
  for (int step = 0; step < kSteps; ++step, h /= 8) {
    const Slopes whole = SidedDifferences(f, x, at_x, h);
    const Slopes half = SidedDifferences(f, x, at_x, h / 2);
    best.evaluations += 4;
    const double error = std::abs(whole.central() - half.central());
    if (!(error < best.error)) continue;
    const double jump = std::abs(half.right - half.left);
    best.slope = half.central();
    best.error = error;
    best.kink =
        error > tolerance || (jump > tolerance && jump > 0.75 * std::abs(whole.right - whole.left));
    if (error <= tolerance) break;
  }
  return best;
}

}  // namespace fnn::core

#endif  // FNN_CORE_AUTODIFF_NUMERIC_H_
