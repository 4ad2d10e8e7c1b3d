// From a request to what a run needs: everything that can be checked is checked here, and nothing
// is kept or started.

#ifndef FNN_SERVER_RUNS_PREPARE_H_
#define FNN_SERVER_RUNS_PREPARE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "core/base/errors.h"
#include "core/data/binding.h"
#include "core/train/job.h"
#include "fnn/storage/v1/run_record.pb.h"
#include "fnn/v1/model.pb.h"
#include "fnn/v1/training_service.pb.h"
#include "server/store/store.h"

namespace fnn::server {

// What a run holds in the stores until it has ended: neither is deleted meanwhile.
struct RunPins {
  std::shared_ptr<const void> model;
  std::vector<std::shared_ptr<const void>> sources;  // Datasets, and the initial version.
};

struct PreparedRun {
  core::TrainingJob job;
  v1::RunSpec spec;           // With the defaults filled in and inline data left out.
  v1::RunSpec requested;      // As it came, but without inline data, and its initial version by
                              // its number.
  storage::v1::RunData data;  // The inline data.
  std::optional<v1::Model> model;  // None: to be created from the job's network.
  RunPins pins;
  v1::Provenance provenance;  // But for the run.
  int64_t memory_bytes = 0;   // To train: the job, and its tables that no file backs.
  int64_t storage_bytes = 0;  // What it leaves in memory: log and inline data where no disk
                              // keeps them, and the spec.
};

// `max_threads` is the most that the run may ask for; `in_memory` says that no disk keeps what it
// leaves. INVALID_ARGUMENT under `path`, NOT_FOUND for a model, version or dataset.
absl::StatusOr<PreparedRun> PrepareRun(const v1::CreateRunRequest& request,
                                       const core::FieldPath& path, const Store& store,
                                       int64_t max_threads, bool in_memory);

// The request of a run that was prepared before.
v1::CreateRunRequest RequestAgain(const v1::RunSpec& requested, storage::v1::RunData data);

// RESOURCE_EXHAUSTED: training `run`, of the request at `path`, takes more than is `available`.
// Names the field that most of it is due to.
absl::Status TrainingMemoryExceeded(const PreparedRun& run, const core::FieldPath& path,
                                    int64_t available);

// Rows, bound, and what keeps the dataset they are of from being deleted.
struct ResolvedData {
  core::BoundTable table;
  std::shared_ptr<const void> pin;
};

// The data that `source` at `path` names. The table lives as long as the result. INVALID_ARGUMENT,
// NOT_FOUND; DATA_LOSS where it is damaged.
absl::StatusOr<ResolvedData> ResolveData(const v1::DataSource& source, const core::FieldPath& path,
                                         DatasetStore& datasets);

}  // namespace fnn::server

#endif  // FNN_SERVER_RUNS_PREPARE_H_
