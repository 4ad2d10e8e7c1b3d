// The fields of fnn.v1.SampleOperatorRequest beside what is sampled: where, and what goes with it.

#ifndef FNN_CORE_ANALYSIS_SAMPLE_FIELDS_H_
#define FNN_CORE_ANALYSIS_SAMPLE_FIELDS_H_

#include <cstdint>
#include <vector>

#include "absl/strings/string_view.h"
#include "core/base/errors.h"
#include "core/ops/table.h"
#include "fnn/v1/analysis_service.pb.h"

namespace fnn::core {

// A number of the request, or where it is not `present` the default. Faults go to `violations`,
// here and below.
double ReadField(const Argument& argument, bool present, double value, Violations& violations);

// How many points: at most kMostSamples (sample.h), also where there is a fault.
int64_t ReadPoints(const v1::SampleOperatorRequest& request, Violations& violations);

// The points, from low to high.
std::vector<double> ReadPlaces(const v1::SampleOperatorRequest& request, Violations& violations);

// A field that must not be given with what is sampled; `goes_with` says with what it goes.
void RefuseField(bool present, absl::string_view field, absl::string_view goes_with,
                 Violations& violations);

}  // namespace fnn::core

#endif  // FNN_CORE_ANALYSIS_SAMPLE_FIELDS_H_
