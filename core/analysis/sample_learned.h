// Samples of the activations that have learned parameters.

#ifndef FNN_CORE_ANALYSIS_SAMPLE_LEARNED_H_
#define FNN_CORE_ANALYSIS_SAMPLE_LEARNED_H_

#include "absl/status/statusor.h"
#include "core/ops/layers/table.h"
#include "fnn/v1/analysis_service.pb.h"

namespace fnn::core {

// Of `op`, the function that the request's activation is, with its parameters at what they start
// at. UNIMPLEMENTED with the reason TWO_INPUTS where it is no function of one x.
absl::StatusOr<v1::SampleOperatorResponse> SampleLearned(const LayerOp& op,
                                                         const v1::SampleOperatorRequest& request);

}  // namespace fnn::core

#endif  // FNN_CORE_ANALYSIS_SAMPLE_LEARNED_H_
