// What is measured in a step for the health of layers: activities once the rows have gone through,
// and each tile's gradient, parameters and step while they are in the cache.
//
// Both are cut into parts that are each summed up in one order, and the parts are added in theirs:
// no bit depends on who did which. Nothing that training computes with is written to.

#ifndef FNN_CORE_ENGINE_HEALTH_METER_H_
#define FNN_CORE_ENGINE_HEALTH_METER_H_

#include <cstdint>
#include <span>
#include <vector>

#include "core/base/aligned.h"
#include "core/base/saturating.h"
#include "core/engine/program.h"
#include "core/engine/step_memory.h"
#include "core/engine/tiles.h"
#include "core/ops/layer_figures.h"
#include "core/ops/step_options.h"
#include "core/plan/watched_layers.h"

namespace fnn::core {

// Refers to what it is given. Allocates once.
class HealthMeter {
 public:
  HealthMeter(const Program& program, const StepMemory& memory, const Tiles& tiles,
              std::span<const WatchedLayer> layers, const StepOptions& options, int members);

  static SaturatingSize Bytes(const Program& program, const StepOptions& options, int members);

  // Whether steps are known only once all tiles are done: weights are limited, or a line search
  // moves everything several times.
  bool steps_late() const { return !before_.empty(); }

  // Begins with another mini-batch.
  void Clear();

  // The parts in which activities are looked at, each by one member.
  size_t parts() const { return parts_.size(); }
  // Adds what is in part i of the chunk's rows.
  void AddActivities(size_t i, int64_t rows);

  // Before tile t is stepped on: its gradient, and the parameters, which are kept until AfterStep.
  // One member does both, unless steps_late().
  void BeforeStep(size_t t, const float* arena, float* const* gradients, int member);
  void AfterStep(size_t t, const float* arena, int member);

  // Adds up all parts.
  void Finish(const float* arena);
  // Of each layer. After Finish.
  std::span<const LayerFigures> figures() const { return figures_; }

 private:
  // A panel of a layer's activities.
  struct Part {
    size_t layer;  // In layers_.
    size_t stage;
    int64_t p;
    ActivityFigures figures;
  };

  // Where a member keeps the parameters of a tile, its parts one after the other.
  float* Kept(int member);
  // Whether layer l has a map whose units are all alike.
  bool Alike(size_t l, const float* arena) const;

  const Program& program_;
  const StepMemory& memory_;
  const Tiles& tiles_;
  const bool detailed_;
  const std::span<const WatchedLayer> layers_;
  std::vector<Part> parts_;
  std::vector<std::vector<uint8_t>> alive_;  // For each layer that can die: of each column.
  std::vector<int> layer_of_;                // Of each tile: in layers_.
  std::vector<ParameterFigures> of_tiles_;
  std::vector<int> map_stage_;  // Of each layer that has a map.
  AlignedFloats before_;        // An arena, or empty.
  AlignedFloats room_;          // A tile for each member otherwise.
  int64_t room_floats_ = 0;
  std::vector<LayerFigures> figures_;
};

}  // namespace fnn::core

#endif  // FNN_CORE_ENGINE_HEALTH_METER_H_
