// One run: its record, its log, and whether to stop.

#ifndef FNN_SERVER_RUNS_RUN_H_
#define FNN_SERVER_RUNS_RUN_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "core/train/job.h"
#include "fnn/v1/training.pb.h"
#include "server/base/memory_budget.h"
#include "server/base/mutex.h"
#include "server/runs/event_log.h"
#include "server/store/model_store.h"

namespace fnn::server {

// What becomes of a run when no Train stream is attached to it any more.
struct DisconnectPolicy {
  bool cancel = true;  // Else it goes on.
  absl::Duration grace = absl::Seconds(30);
};

// What a run holds until it has ended.
struct RunWork {
  core::TrainingJob job;
  ModelPin pin;
  Reservation parameters;  // For the version it publishes.
};

// Held by shared_ptr. Safe from any thread.
class Run {
 public:
  // `record` has the name, uid, model and memory_bytes. `policy` is given where Train started the
  // run, which is then attached once. `storage` accounts for log, spec and inline data.
  Run(v1::Run record, RunWork work, std::optional<DisconnectPolicy> policy, Reservation storage,
      Publisher* publisher);

  const std::string& name() const { return name_; }
  const std::string& model() const { return model_; }
  int64_t memory_bytes() const { return memory_bytes_; }
  EventLog& log() const { return *log_; }

  // The run as it is now.
  v1::Run Snapshot() const;
  v1::RunState state() const;

  // ---- Its way through the states, each change in the log. ----

  // QUEUED -> RUNNING, and hands over the work. None where the run is no longer queued.
  std::optional<RunWork> Start();
  // RUNNING -> CANCELLING, QUEUED -> CANCELLED; else nothing.
  void Cancel();
  // RUNNING -> SUCCEEDED with what `publish` gives, the name of a version, or FAILED with its
  // error. CANCELLING -> CANCELLED, and `publish` is not called. It is called under the run's lock,
  // so that a run that was asked to stop has published nothing.
  void Complete(absl::FunctionRef<absl::StatusOr<std::string>()> publish);
  // RUNNING -> `state` (FAILED or DIVERGED); CANCELLING -> CANCELLED.
  void Abort(v1::RunState state, v1::RunError error);
  void AppendEpoch(const v1::EpochReport& report);

  // Whether the training should stop. One relaxed load.
  bool stop_requested() const { return stop_.load(std::memory_order_relaxed); }

  // ---- Progress, a hint. ----

  // Asks the training for its progress, which it gives at its next mini-batch.
  void WantProgress() { progress_wanted_.store(true, std::memory_order_relaxed); }
  // Called after every mini-batch: one relaxed load where nobody asked.
  void OnBatch(int64_t epoch, int64_t batch, int64_t batches, double running_loss);
  struct Progress {
    int64_t version = 0;  // 0: none. Grows with each.
    v1::RunProgress message;
  };
  Progress progress() const;

  // ---- Train streams. ----

  // False where Train did not start the run.
  bool Attach();
  // A stream has gone. Where it was the last, the policy is to cancel and the run has not ended:
  // the grace after which, with this ticket, AbandonedSince tells whether to do so.
  struct Disconnected {
    absl::Duration grace;
    int64_t ticket;
  };
  std::optional<Disconnected> Detach();
  // Whether nothing has been attached since `ticket` was given.
  bool AbandonedSince(int64_t ticket) const;

 private:
  void Enter(v1::RunState to) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Finish(v1::RunState state) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const std::string name_;
  const std::string model_;
  const int64_t memory_bytes_;
  const v1::RunSpec spec_;  // May be large, so it is copied outside the lock.
  const std::shared_ptr<EventLog> log_;
  std::atomic<bool> stop_{false};
  std::atomic<bool> progress_wanted_{false};

  // Taken before the log's lock, so that the log's order is that of the states.
  mutable Mutex mutex_;
  v1::Run record_ ABSL_GUARDED_BY(mutex_);  // Without spec and last_sequence.
  std::optional<RunWork> work_ ABSL_GUARDED_BY(mutex_);
  Reservation storage_ ABSL_GUARDED_BY(mutex_);
  Progress progress_ ABSL_GUARDED_BY(mutex_);
  const std::optional<DisconnectPolicy> policy_;
  int64_t attached_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t attachments_ ABSL_GUARDED_BY(mutex_) = 0;  // Ever.
};

}  // namespace fnn::server

#endif  // FNN_SERVER_RUNS_RUN_H_
