// What a training step follows from, beside the learning rate.

#ifndef FNN_CORE_OPS_STEP_OPTIONS_H_
#define FNN_CORE_OPS_STEP_OPTIONS_H_

#include <cstdint>

#include "core/ops/table.h"

namespace fnn::core {

struct StepOptions {
  const OptimizerOp* optimizer = nullptr;
  Arguments optimizer_arguments{};
  double l2 = 0;
  int64_t batch_size = 0;  // The most rows of a step.
};

}  // namespace fnn::core

#endif  // FNN_CORE_OPS_STEP_OPTIONS_H_
