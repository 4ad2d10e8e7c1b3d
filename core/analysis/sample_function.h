// Samples of the activations that have learned parameters.

#ifndef FNN_CORE_ANALYSIS_SAMPLE_FUNCTION_H_
#define FNN_CORE_ANALYSIS_SAMPLE_FUNCTION_H_

#include <vector>

#include "core/ops/layers/table.h"
#include "fnn/v1/analysis_service.pb.h"

namespace fnn::core {

// Values and slopes at each x of a function that is an entry of LearnedActivations(): of one unit,
// with its parameters at what they start at.
v1::SampleOperatorResponse SampleAtStart(const LayerOp& op, const Arguments& arguments,
                                         const std::vector<double>& x);

}  // namespace fnn::core

#endif  // FNN_CORE_ANALYSIS_SAMPLE_FUNCTION_H_
