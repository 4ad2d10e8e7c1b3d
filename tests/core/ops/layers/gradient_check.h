// Holds what a function of a layer gives back against central differences of what it gives.

#ifndef FNN_TESTS_CORE_OPS_LAYERS_GRADIENT_CHECK_H_
#define FNN_TESTS_CORE_OPS_LAYERS_GRADIENT_CHECK_H_

#include <vector>

#include "core/ops/layers/function.h"

namespace fnn::core {

// The largest error of dL/d each input and dL/d each trained parameter, relative to the largest
// slope of that input or parameter, for L a weighted sum of what the function gives for a batch;
// infinite where something is NaN, or was written where nothing belongs.
double GradientError(const LayerFunction& function, const std::vector<Shape>& inputs,
                     bool training = true);

}  // namespace fnn::core

#endif  // FNN_TESTS_CORE_OPS_LAYERS_GRADIENT_CHECK_H_
