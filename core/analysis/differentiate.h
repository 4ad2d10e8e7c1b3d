// The formulas of activations and their derivatives, for reading.

#ifndef FNN_CORE_ANALYSIS_DIFFERENTIATE_H_
#define FNN_CORE_ANALYSIS_DIFFERENTIATE_H_

#include "absl/status/statusor.h"
#include "fnn/v1/analysis_service.pb.h"

namespace fnn::core {

// What the request asks for, see fnn/v1/analysis_service.proto; it takes milliseconds.
// INVALID_ARGUMENT names every fault; UNIMPLEMENTED with the reason UNSUPPORTED for what is no
// formula of one x.
absl::StatusOr<v1::DifferentiateOperatorResponse> DifferentiateOperator(
    const v1::DifferentiateOperatorRequest& request);

}  // namespace fnn::core

#endif  // FNN_CORE_ANALYSIS_DIFFERENTIATE_H_
