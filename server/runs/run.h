// One run: its record, its log, and whether to stop.
//
// Every change of state that a client may rely on is committed to the catalogue before anyone is
// told of it. That a run is RUNNING, and its epochs, are in its log alone: after a restart it is
// queued again and goes on from its checkpoint.

#ifndef FNN_SERVER_RUNS_RUN_H_
#define FNN_SERVER_RUNS_RUN_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "core/train/job.h"
#include "fnn/storage/v1/run_record.pb.h"
#include "fnn/v1/model.pb.h"
#include "fnn/v1/training.pb.h"
#include "server/base/memory_budget.h"
#include "server/base/mutex.h"
#include "server/runs/event_log.h"
#include "server/runs/prepare.h"
#include "server/runs/run_keeper.h"

namespace fnn::server {

// What becomes of a run when no Train stream is attached to it any more.
struct DisconnectPolicy {
  bool cancel = true;  // Else it goes on.
  absl::Duration grace = absl::Seconds(30);
};

// What a run holds until it has ended.
struct RunWork {
  // None where it has to be prepared again: it was paused, or the server has restarted.
  std::optional<core::TrainingJob> job{};
  v1::Provenance provenance{};  // With the job; but for the run.
  RunPins pins{};
  Reservation parameters{};  // For the version it publishes.
};

// Held by shared_ptr. Safe from any thread. Functions that give a status change nothing unless it
// is OK: the disk is at fault otherwise, or the run's state.
class Run {
 public:
  // Where a run is known from: its record, and a log.
  struct Origin {
    storage::v1::RunRecord record;
    std::shared_ptr<EventLog> log;
    // What the log says: the newest report and checkpoint.
    std::optional<v1::EpochReport> latest_epoch;
    std::optional<v1::CheckpointSaved> latest_checkpoint;
    std::vector<v1::DiagnosisKind> diagnoses = {};  // Since that report.
  };

  // `storage` accounts for what it leaves in memory. `keeper` outlives the run.
  Run(Origin origin, std::optional<RunWork> work, bool attached, Reservation storage,
      RunKeeper* keeper);

  // What never changes: name, uid, model, memory_bytes, create_time, priority, labels.
  const v1::Run& fixed() const { return fixed_; }
  const std::string& name() const { return fixed_.name(); }
  const std::string& uid() const { return fixed_.uid(); }
  const std::string& model() const { return fixed_.model(); }
  int64_t memory_bytes() const { return fixed_.memory_bytes(); }
  int32_t priority() const { return fixed_.priority(); }
  int64_t age() const { return age_; }
  EventLog& log() const { return *log_; }
  const v1::RunSpec& requested() const { return requested_; }
  const v1::RunSpec& spec() const { return spec_; }
  bool has_data() const { return has_data_; }

  // The run as it is now.
  v1::Run Snapshot() const;
  v1::RunState state() const;
  absl::Time end_time() const;

  // ---- Its way through the states, each change in the log. ----

  // The first state, of a run whose record has just been committed.
  void Begin();
  // QUEUED -> RUNNING, and hands over the work. None where the run is no longer queued.
  std::optional<RunWork> Start();
  // QUEUED, PAUSED -> CANCELLED; RUNNING, PAUSING -> CANCELLING; else nothing.
  absl::Status Cancel();
  // QUEUED -> PAUSED, RUNNING -> PAUSING; PAUSING and PAUSED stay. FAILED_PRECONDITION otherwise.
  absl::Status Pause();
  // PAUSED -> QUEUED, PAUSING -> RUNNING; QUEUED and RUNNING stay. FAILED_PRECONDITION otherwise.
  absl::Status Resume();
  // Takes the work back from a training that has stopped at its checkpoint: PAUSING -> PAUSED;
  // else, where it was resumed meanwhile, RUNNING -> QUEUED. CANCELLING -> CANCELLED.
  absl::Status Park(RunWork& work);
  // RUNNING, PAUSING -> SUCCEEDED with what `publish` gives, which commits what `also` adds with
  // it; FAILED where it says that the model is at fault. CANCELLING -> CANCELLED, and `publish` is
  // not called. A run that was asked to stop has published nothing.
  using AlsoCommit = absl::FunctionRef<void(const v1::ModelVersion&, CatalogueBatch&)>;
  using Publish = absl::FunctionRef<absl::StatusOr<v1::ModelVersion>(AlsoCommit also)>;
  absl::Status Complete(RunWork& work, Publish publish);
  // To FAILED or DIVERGED, from wherever that is allowed; CANCELLING -> CANCELLED; else nothing.
  absl::Status Abort(v1::RunState state, v1::RunError error);
  // Gives back what it is accounted with, whoever still looks at it: it is forgotten.
  void ReleaseStorage();
  void AppendEpoch(const v1::EpochReport& report);
  void AppendDiagnosis(const v1::Diagnosis& diagnosis);
  // Those that the log has after the newest report.
  std::vector<v1::DiagnosisKind> diagnoses() const;
  void AppendCheckpoint(const v1::CheckpointSaved& checkpoint);

  // Whether the training should stop, and whether it should save a checkpoint and then stop. One
  // relaxed load each.
  bool stop_requested() const { return stop_.load(std::memory_order_relaxed); }
  bool pause_requested() const { return pause_.load(std::memory_order_relaxed); }

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
  // A stream has gone, or the server has restarted. Where no other is attached, the policy is to
  // cancel and the run has not ended: the grace after which, with this ticket, AbandonedSince tells
  // whether to do so.
  struct Disconnected {
    absl::Duration grace;
    int64_t ticket;
  };
  std::optional<Disconnected> Detach();
  std::optional<Disconnected> Unattached() const;
  // Whether nothing has been attached since `ticket` was given.
  bool AbandonedSince(int64_t ticket) const;

 private:
  using Change = absl::FunctionRef<void(v1::Run&)>;

  // The record of this run in the state `to`, changed by `change`.
  storage::v1::RunRecord RecordFor(v1::RunState to, Change change) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(transitions_);
  // Commits that record, then makes it so.
  absl::Status Commit(v1::RunState to, Change change) ABSL_EXCLUSIVE_LOCKS_REQUIRED(transitions_);
  // The same for a final state, with all that follows.
  absl::Status Finish(v1::RunState to, Change change) ABSL_EXCLUSIVE_LOCKS_REQUIRED(transitions_);
  void SetEnd(v1::Run& run) const;
  void Finished(const v1::Run& run) ABSL_EXCLUSIVE_LOCKS_REQUIRED(transitions_);
  void Enter(v1::RunState to) ABSL_EXCLUSIVE_LOCKS_REQUIRED(transitions_);
  void EnterLocked(v1::RunState to) ABSL_EXCLUSIVE_LOCKS_REQUIRED(transitions_, mutex_);

  const v1::Run fixed_;
  const int64_t age_;
  const bool has_data_;
  const v1::RunSpec spec_;  // May be large, so it is copied outside the lock.
  const v1::RunSpec requested_;
  const std::optional<DisconnectPolicy> policy_;
  RunKeeper* const keeper_;
  const std::shared_ptr<EventLog> log_;
  std::atomic<bool> stop_{false};
  std::atomic<bool> pause_{false};
  std::atomic<bool> progress_wanted_{false};

  // Serialises changes of state; held while one is committed. Taken before mutex_, and before the
  // log's lock, so that the log's order is that of the states.
  Mutex transitions_;
  std::optional<RunWork> work_ ABSL_GUARDED_BY(transitions_);

  mutable Mutex mutex_;
  v1::Run record_ ABSL_GUARDED_BY(mutex_);  // Without spec and last_sequence.
  // After record_'s latest report.
  std::vector<v1::DiagnosisKind> diagnoses_ ABSL_GUARDED_BY(mutex_);
  Reservation storage_ ABSL_GUARDED_BY(mutex_);
  Progress progress_ ABSL_GUARDED_BY(mutex_);
  int64_t attached_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t attachments_ ABSL_GUARDED_BY(mutex_) = 0;  // Ever.
};

}  // namespace fnn::server

#endif  // FNN_SERVER_RUNS_RUN_H_
