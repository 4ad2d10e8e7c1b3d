// What a plan is made of for the kernels: stages, each a map, a convolution or a function with the
// activations after it.
//
// Activations follow the stage that gives what they take, where nothing else takes it; otherwise
// they are a stage without a map. A stage's values lie in panels where dense maps alone read them,
// and wide (core/kernels/layout.h) where a convolution or a function does.

#ifndef FNN_CORE_ENGINE_STAGE_H_
#define FNN_CORE_ENGINE_STAGE_H_

#include <cstdint>
#include <vector>

#include "core/kernels/layout.h"
#include "core/ops/table.h"
#include "core/plan/plan.h"

namespace fnn::core {

struct StageActivation {
  size_t node = 0;  // In plan.nodes().
  const ActivationOp* op = nullptr;
  Arguments arguments{};
  ActivationKernels<float> kernels;
};

// The parameters of an affine map in an arena. Each group has its weights in panels, [fan_in,
// stride] each, and its bias.
struct MapPlace {
  Panels units;  // Of a group.
  int64_t fan_in = 0;
  int64_t groups = 1;
  int64_t weights = 0;
  int64_t bias = -1;  // -1: none.
  bool trained = false;

  int64_t group_size() const { return units.size(fan_in); }
  int64_t panel(int64_t group, int64_t p) const {
    return weights + group * group_size() + p * units.panel_size(fan_in);
  }
  int64_t bias_panel(int64_t group, int64_t p) const {
    return bias + group * units.size(1) + p * units.stride;
  }
};

// What a stage does with its delta for one of its inputs.
enum class PassBack {
  kNo,   // Nothing there learns, or the stage there takes its delta itself, panel by panel.
  kSet,  // It is the first to put something there.
  kAdd,
};

struct Stage {
  enum class Kind { kPass, kDense, kConvolution, kFunction };
  static constexpr int kInput = -1;  // The network's.

  Kind kind = Kind::kPass;
  const PlanNode* node = nullptr;  // The map or function, or the first activation.
  std::vector<int> inputs;         // Stages before this one, or kInput.
  Panels in;                       // Of the first input.
  Panels out;
  int64_t channels = 0;                      // The last dimension of what comes out.
  MapPlace map;                              // kDense, kConvolution.
  std::vector<int64_t> parameters;           // kFunction: in an arena.
  std::vector<StageActivation> activations;  // Identities are left out.
  bool elementwise = true;                   // Whether all activations are.

  // The way back.
  bool learns = false;         // Whether delta is wanted.
  int taken_from = -1;         // The dense stage above that delta is taken from; -1: see PassBack.
  std::vector<PassBack> back;  // For each input.

  bool has_map() const { return kind == Kind::kDense || kind == Kind::kConvolution; }
  // Whether it must see a whole batch before rows can go on, in training.
  bool over_batch() const { return kind == Kind::kFunction && node->over_batch(); }
};

// The stages of a plan, but for the places of parameters.
std::vector<Stage> MakeStages(const Plan& plan);

// How the network's input lies.
Panels InputPanels(const Plan& plan, const std::vector<Stage>& stages);

}  // namespace fnn::core

#endif  // FNN_CORE_ENGINE_STAGE_H_
