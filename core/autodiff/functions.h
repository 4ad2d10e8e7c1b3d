// The functions of layers (core/ops/layers/function.h) over number types that carry slopes:
// Dual<double> and Variable; and over double. The texts are those of the engines: Map and
// MeasureBatch.

#ifndef FNN_CORE_AUTODIFF_FUNCTIONS_H_
#define FNN_CORE_AUTODIFF_FUNCTIONS_H_

#include "core/ops/layers/function.h"

namespace fnn::core {

// out = f(in), of a function that a plan has. What this does not know becomes NaN, and shows.
template <typename S>
void ApplyFunction(const LayerFunction& function, const FunctionInput<S>& input, Rows<S> out);

// The statistics [statistics_size()] of the batch, of all channels.
template <typename S>
void MeasureFunction(const LayerFunction& function, const FunctionInput<S>& input, S* statistics);

}  // namespace fnn::core

#endif  // FNN_CORE_AUTODIFF_FUNCTIONS_H_
