// A step size that fulfils the strong Wolfe conditions (Nocedal and Wright, 2006, section 3.5),
// found as PyTorch's LBFGS finds it: steps grow until they bracket one, then cubic interpolation
// closes in.

#ifndef FNN_CORE_OPS_OPTIMIZERS_LINE_SEARCH_H_
#define FNN_CORE_OPS_OPTIMIZERS_LINE_SEARCH_H_

#include <cstdint>
#include <optional>

#include "absl/functional/function_ref.h"

namespace fnn::core {

// A function of the step size, at one of them.
struct LinePoint {
  double step = 0;
  double value = 0;
  double slope = 0;
};

struct LineSearchOptions {
  int64_t max_evaluations = 25;
  // The search ends where the bracket is shorter.
  double tolerance = 0;
  // How much of a value is rounding, as a share of it. Values that differ from the first one by
  // less say nothing; there what the slopes make of it counts, which are exact to more digits.
  double noise = 0;
};

inline constexpr double kSufficientDecrease = 1e-4;
inline constexpr double kCurvature = 0.9;

// Calls `evaluate` with steps from `first` on; it gives the value and the slope there, which may be
// infinite or NaN, or nothing to end it all. `start` is at step 0, finite, its slope < 0. Gives the
// best point seen where none fulfils the conditions, which may be `start`; its value is finite.
// Nothing where `evaluate` gave nothing.
std::optional<LinePoint> SearchLine(
    const LineSearchOptions& options, const LinePoint& start, double first,
    absl::FunctionRef<std::optional<LinePoint>(double step)> evaluate);

}  // namespace fnn::core

#endif  // FNN_CORE_OPS_OPTIMIZERS_LINE_SEARCH_H_
