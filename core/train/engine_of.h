// Which engine trains in which number type: core/engine in float, core/reference in double.
//
// Both have a Compiled form of a plan, a Training and an Inference with the same doors.

#ifndef FNN_CORE_TRAIN_ENGINE_OF_H_
#define FNN_CORE_TRAIN_ENGINE_OF_H_

#include <memory>
#include <utility>

#include "core/engine/inference.h"
#include "core/engine/program.h"
#include "core/engine/training.h"
#include "core/plan/plan.h"
#include "core/reference/training.h"

namespace fnn::core {

template <typename T>
struct EngineOf;

template <>
struct EngineOf<float> {
  using Compiled = Program;
  using Training = core::Training;
  using Inference = core::Inference;
  static std::shared_ptr<const Program> Compile(std::shared_ptr<const Plan> plan) {
    return Program::Create(std::move(plan));
  }
};

template <>
struct EngineOf<double> {
  using Compiled = Plan;
  using Training = ReferenceTraining;
  using Inference = ReferenceInference;
  static std::shared_ptr<const Plan> Compile(std::shared_ptr<const Plan> plan) { return plan; }
};

}  // namespace fnn::core

#endif  // FNN_CORE_TRAIN_ENGINE_OF_H_
