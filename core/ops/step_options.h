// What a training step follows from, beside the learning rate.

#ifndef FNN_CORE_OPS_STEP_OPTIONS_H_
#define FNN_CORE_OPS_STEP_OPTIONS_H_

#include <cmath>
#include <cstdint>

#include "core/ops/layer_figures.h"
#include "core/ops/table.h"

namespace fnn::core {

struct StepOptions {
  const OptimizerOp* optimizer = nullptr;
  Arguments optimizer_arguments{};
  double l2 = 0;
  int64_t batch_size = 0;  // The most rows of a step.
  double l1 = 0;
  double max_norm = 0;                     // Of the weights into a unit; 0: any.
  double clip_value = 0;                   // Of an element of the loss's gradient; 0: any.
  double clip_norm = 0;                    // Of the loss's gradient; 0: any.
  bool keeps = false;                      // Whether there is room to keep parameters aside.
  bool weighted = false;                   // Whether rows count by the weights of their samples.
  HealthDepth health = HealthDepth::kOff;  // What can be measured of a step.
};

// What a gradient of a norm is multiplied with; as PyTorch's clip_grad_norm_.
inline double ClipScale(double clip_norm, double norm) {
  const double scale = clip_norm / (norm + 1e-6);
  return scale > 1 ? 1 : scale;
}

// What weights into a unit, of the given sum of squares, are multiplied with.
inline double MaxNormScale(double max_norm, double squares) {
  const double norm = std::sqrt(squares);
  return norm > max_norm ? max_norm / norm : 1;
}

}  // namespace fnn::core

#endif  // FNN_CORE_OPS_STEP_OPTIONS_H_
