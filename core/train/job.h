// One training, checked to the end before it starts.

#ifndef FNN_CORE_TRAIN_JOB_H_
#define FNN_CORE_TRAIN_JOB_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "core/base/saturating.h"
#include "core/data/binding.h"
#include "core/data/samples.h"
#include "core/network.h"
#include "core/plan/plan.h"
#include "core/threads/team.h"
#include "core/train/checkpoint.h"
#include "core/train/observer.h"
#include "core/train/options.h"
#include "core/train/trainer.h"
#include "fnn/v1/training.pb.h"

namespace fnn::core {

struct TrainingResult {
  TrainingOutcome outcome;
  // kCompleted: the trained network. Otherwise empty.
  std::optional<Network> network;
  // kCompleted: the report of the network's epoch, which is the last one's unless an earlier one
  // was restored. stop_reason and restored_epoch tell why it ended and whether.
  v1::EpochReport last_epoch;
  // kDiverged: reason DIVERGED, with the epoch, and the layer where known.
  v1::RunError error;
};

// Cheap to copy; holds the tables it trains on.
class TrainingJob {
 public:
  struct Request {
    const v1::Network& network;
    FieldPath network_path;
    const v1::TrainingOptions& options;  // validation_data is taken from `validation` below.
    FieldPath options_path;
    BoundTable data;
    std::optional<BoundTable> validation;
    int64_t max_threads = 1;  // The most that the options may ask for.
    // Where not null, the training starts from its parameters, feature scaling included, instead of
    // drawn ones.
    const Network* initial = nullptr;
    FieldPath initial_path{};
  };

  // Compiles the plan, resolves the options and encodes the targets. INVALID_ARGUMENT under the
  // given paths; PARAMETERS_DIFFER at initial_path names the first tensor whose shape is another.
  // Allocates nothing that grows with the network.
  static absl::StatusOr<TrainingJob> Prepare(const Request& request);

  const std::shared_ptr<const Plan>& plan() const { return plan_; }
  // The options with every default filled in, but that of `threads`.
  const v1::TrainingOptions& options() const { return options_.message; }
  // What Run takes beside the tables with threads() threads, in bytes; saturates at INT64_MAX.
  int64_t memory_bytes() const { return memory_bytes_; }

  // What of that the metrics take, and what the network would with mini-batches of one row.
  int64_t metric_memory() const { return MetricBytes().value(); }
  int64_t LeastNetworkMemory() const;

  // What the trained network takes, in bytes; saturates at INT64_MAX.
  int64_t network_bytes() const { return network_bytes_; }
  // The most threads that Run makes use of, 1 to the request's max_threads: fewer than the options
  // allow where the network is too small for more.
  int64_t threads() const { return threads_; }

  // Trains, on the calling thread and `team`'s others. Results do not depend on the team.
  TrainingResult Run(TrainingObserver& observer, Team& team) const;
  // The same, going on from where it was interrupted. DATA_LOSS with reason INVALID_CHECKPOINT
  // where the checkpoint is damaged, FAILED_PRECONDITION with OTHER_TRAINING where it is one of
  // another network, options or data, and the source's errors; then nothing was trained.
  absl::StatusOr<TrainingResult> Run(TrainingObserver& observer, Team& team,
                                     const Continuation& continuation) const;
  // On the calling thread alone.
  TrainingResult Run(TrainingObserver& observer) const;

 private:
  TrainingJob() = default;

  // What the metrics take, in bytes.
  SaturatingSize MetricBytes() const;

  std::shared_ptr<const Plan> plan_;
  ResolvedOptions options_;
  Samples train_;
  std::optional<Samples> validation_;
  std::optional<Network> initial_;
  int64_t memory_bytes_ = 0;
  int64_t network_bytes_ = 0;
  int64_t threads_ = 1;
};

// What training `plan` takes with a team of `members`, in bytes, without tables; saturates at
// INT64_MAX.
int64_t TrainingMemory(const std::shared_ptr<const Plan>& plan, const StepOptions& options,
                       int members);

}  // namespace fnn::core

#endif  // FNN_CORE_TRAIN_JOB_H_
