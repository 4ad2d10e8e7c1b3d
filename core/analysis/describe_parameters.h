// The parameters that a layer's function brings along, as a catalogue shows them.

#ifndef FNN_CORE_ANALYSIS_DESCRIBE_PARAMETERS_H_
#define FNN_CORE_ANALYSIS_DESCRIBE_PARAMETERS_H_

#include "core/ops/layers/table.h"
#include "fnn/v1/operator.pb.h"

namespace fnn::core {

// Adds those that the function has with its default arguments.
void DescribeParameters(const LayerOp& op, v1::Operator& out);

}  // namespace fnn::core

#endif  // FNN_CORE_ANALYSIS_DESCRIBE_PARAMETERS_H_
