// The numbers of feature scaling, taken from the data that is trained on.

#ifndef FNN_CORE_TRAIN_SCALING_H_
#define FNN_CORE_TRAIN_SCALING_H_

#include <vector>

#include "absl/status/status.h"
#include "core/base/saturating.h"
#include "core/data/binding.h"
#include "core/data/samples.h"
#include "core/plan/plan.h"

namespace fnn::core {

// Of each feature: it becomes (x - shift) * scale + low.
struct ScalingNumbers {
  std::vector<double> shift, scale;
};

// Goes through all samples once. A feature that never changes has standard deviation, or range, 1
// (scikit-learn's rule, which takes what is within rounding of the mean for unchanging).
ScalingNumbers MeasureScaling(const ScalingPlan& plan, const Samples& samples);

// What that takes while it lasts, in bytes; 0 where the plan has no scaling.
SaturatingSize ScalingBytes(const Plan& plan);

// INVALID_ARGUMENT at the data's features where one goes so far that 32-bit floats would overflow
// in it, or round its scale to 0.
absl::Status CheckScaling(const Plan& plan, const BoundTable& data);

}  // namespace fnn::core

#endif  // FNN_CORE_TRAIN_SCALING_H_
