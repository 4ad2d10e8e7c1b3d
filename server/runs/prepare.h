// From a request to what a run needs: everything that can be checked is checked here, and nothing
// is kept or started.

#ifndef FNN_SERVER_RUNS_PREPARE_H_
#define FNN_SERVER_RUNS_PREPARE_H_

#include <cstdint>
#include <optional>

#include "absl/status/statusor.h"
#include "core/base/errors.h"
#include "core/data/binding.h"
#include "core/train/job.h"
#include "fnn/v1/training_service.pb.h"
#include "server/store/store.h"

namespace fnn::server {

struct PreparedRun {
  core::TrainingJob job;
  v1::RunSpec spec;                  // With the defaults filled in and inline data left out.
  std::optional<PinnedModel> model;  // None: to be created from the job's network.
  int64_t memory_bytes = 0;          // To train: the job, and its tables that no file backs.
  int64_t storage_bytes = 0;         // What it leaves behind: parameters, log, spec; inline data.
};

// `max_threads` is the most that the run may ask for. INVALID_ARGUMENT under `path`, NOT_FOUND for
// a model or dataset.
absl::StatusOr<PreparedRun> PrepareRun(const v1::CreateRunRequest& request,
                                       const core::FieldPath& path, const Store& store,
                                       int64_t max_threads);

// RESOURCE_EXHAUSTED: training `run`, of the request at `path`, takes more than is `available`.
// Names the field that most of it is due to.
absl::Status TrainingMemoryExceeded(const PreparedRun& run, const core::FieldPath& path,
                                    int64_t available);

// The data that `source` at `path` names, bound. The table lives as long as the result.
// INVALID_ARGUMENT, NOT_FOUND.
absl::StatusOr<core::BoundTable> ResolveData(const v1::DataSource& source,
                                             const core::FieldPath& path,
                                             const DatasetStore& datasets);

}  // namespace fnn::server

#endif  // FNN_SERVER_RUNS_PREPARE_H_
