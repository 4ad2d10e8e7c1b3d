// How much samples count in the loss: checks it, and gives them the weights of their classes.

#ifndef FNN_CORE_TRAIN_WEIGHTS_H_
#define FNN_CORE_TRAIN_WEIGHTS_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "core/base/errors.h"
#include "core/data/samples.h"
#include "core/plan/plan.h"
#include "fnn/v1/training.pb.h"

namespace fnn::core {

// Gives both sets the weights that `options`, found at `path`, has for classes; those that are
// balanced follow from `train`. `validation` may be null. INVALID_ARGUMENT for weights of what are
// no classes, of a class that is not there or out of range, and where either set comes to weigh 0
// or a row more than a float holds.
absl::Status ResolveWeights(const v1::TrainingOptions& options, const Plan& plan,
                            const FieldPath& path, Samples& train, Samples* validation);

// INVALID_ARGUMENT at `path` where all `samples`, which are `which`, weigh 0 or one of them weighs
// more than a float holds.
absl::Status CheckWeights(const Samples& samples, const FieldPath& path, absl::string_view which);

}  // namespace fnn::core

#endif  // FNN_CORE_TRAIN_WEIGHTS_H_
