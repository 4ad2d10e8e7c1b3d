// What is looked at while a network trains, and when it gets a name.

#ifndef FNN_CORE_TRAIN_HEALTH_OPTIONS_H_
#define FNN_CORE_TRAIN_HEALTH_OPTIONS_H_

#include "core/base/errors.h"
#include "core/ops/layer_figures.h"
#include "fnn/v1/health.pb.h"

namespace fnn::core {

// Fills the defaults in, and gives how deep to look; faults go to `violations` under `path`.
HealthDepth ResolveHealth(v1::HealthOptions& health, const FieldPath& path, Violations& violations);

}  // namespace fnn::core

#endif  // FNN_CORE_TRAIN_HEALTH_OPTIONS_H_
