// Values and slopes of operators over a range, for drawing them.

#ifndef FNN_CORE_ANALYSIS_SAMPLE_H_
#define FNN_CORE_ANALYSIS_SAMPLE_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "fnn/v1/analysis_service.pb.h"

namespace fnn::core {

inline constexpr int64_t kMostSamples = 10'000;

// What the request asks for, see fnn/v1/analysis_service.proto: at most kMostSamples points by the
// double kernels, which takes about a millisecond. INVALID_ARGUMENT names every fault;
// UNIMPLEMENTED with the reason UNSUPPORTED for what the engine has no kernel for, and TWO_INPUTS
// for what is no function of one x.
absl::StatusOr<v1::SampleOperatorResponse> SampleOperator(const v1::SampleOperatorRequest& request);

}  // namespace fnn::core

#endif  // FNN_CORE_ANALYSIS_SAMPLE_H_
