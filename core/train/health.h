// fnn.v1.LayerHealth from what was measured of a step.

#ifndef FNN_CORE_TRAIN_HEALTH_H_
#define FNN_CORE_TRAIN_HEALTH_H_

#include <span>

#include "core/ops/layer_figures.h"
#include "core/plan/watched_layers.h"
#include "fnn/v1/health.pb.h"

namespace fnn::core {

// Writes that of each layer, every field anew, so that the messages keep their memory.
void WriteHealth(const Plan& plan, std::span<const WatchedLayer> layers,
                 std::span<const LayerFigures> figures, HealthDepth depth,
                 google::protobuf::RepeatedPtrField<v1::LayerHealth>& out);

}  // namespace fnn::core

#endif  // FNN_CORE_TRAIN_HEALTH_H_
