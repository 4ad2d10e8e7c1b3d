// Which parameters of which network, with rows to look at them on.

#ifndef FNN_SERVER_SERVICES_NETWORK_POINT_H_
#define FNN_SERVER_SERVICES_NETWORK_POINT_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "core/base/errors.h"
#include "core/data/samples.h"
#include "core/plan/plan.h"
#include "fnn/v1/analysis_service.pb.h"
#include "server/base/memory_budget.h"
#include "server/store/store.h"

namespace fnn::server {

struct ResolvedPoint {
  std::shared_ptr<const core::Plan> plan;
  std::vector<float> parameters;  // In the plan's logical order.
  core::Samples samples;
  // What keeps the model's version and the dataset from being deleted meanwhile.
  std::vector<std::shared_ptr<const void>> pins;
};

// What an analysis ends with that was cancelled before it began.
absl::Status NobodyListens();

// Takes memory for an analysis that would use up to *most_bytes, and says in it how much that is: a
// half of what is free, that others have room too, but no less than a sixteenth of all, for which
// what can be done without is given back. RESOURCE_EXHAUSTED where there is not even that.
absl::Status ReserveForAnalysis(MemoryBudget& budget, int64_t* most_bytes, Reservation& memory);

// `point` and `source`, each at its path. Initial parameters are drawn, and scaling is measured on
// all the rows, as a training would start. RESOURCE_EXHAUSTED where the parameters take more than
// `most_bytes`; else errors as of a training and an evaluation of the same.
absl::StatusOr<ResolvedPoint> ResolvePoint(const v1::NetworkPoint& point,
                                           const core::FieldPath& path,
                                           const v1::DataSource& source,
                                           const core::FieldPath& source_path, const Store& store,
                                           int64_t most_bytes);

}  // namespace fnn::server

#endif  // FNN_SERVER_SERVICES_NETWORK_POINT_H_
