// What is measured of a layer in a step: sums from which fnn.v1.LayerHealth follows, the same in
// both engines.

#ifndef FNN_CORE_OPS_LAYER_FIGURES_H_
#define FNN_CORE_OPS_LAYER_FIGURES_H_

#include <algorithm>
#include <cstdint>
#include <limits>

namespace fnn::core {

enum class HealthDepth { kOff, kBasic, kDetailed };

// Of activities.
struct ActivityFigures {
  int64_t count = 0;
  double sum = 0;
  double squares = 0;
  int64_t saturated = 0;  // Where the activation saturates.
  // kDetailed alone:
  int64_t zeros = 0;
  double min = std::numeric_limits<double>::infinity();
  double max = -std::numeric_limits<double>::infinity();

  void Add(const ActivityFigures& other) {
    count += other.count;
    sum += other.sum;
    squares += other.squares;
    saturated += other.saturated;
    zeros += other.zeros;
    min = std::min(min, other.min);
    max = std::max(max, other.max);
  }
};

// Of learned parameters: their gradient, themselves before the step, and the step.
struct ParameterFigures {
  double squared_gradient = 0;
  double squares = 0;
  double squared_step = 0;
  // kDetailed alone:
  double gradient_max = 0;
  double max = 0;

  void Add(const ParameterFigures& other) {
    squared_gradient += other.squared_gradient;
    squares += other.squares;
    squared_step += other.squared_step;
    gradient_max = std::max(gradient_max, other.gradient_max);
    max = std::max(max, other.max);
  }
};

struct LayerFigures {
  ActivityFigures activities;
  int64_t dead = 0;  // Units that are 0 for all samples.
  ParameterFigures parameters;
  bool alike = false;  // Whether all units have the same weights and bias after the step.
};

}  // namespace fnn::core

#endif  // FNN_CORE_OPS_LAYER_FIGURES_H_
