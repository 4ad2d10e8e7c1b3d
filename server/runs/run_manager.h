// All runs: accepting, queueing, training, pausing, cancelling, forgetting.
//
// Runs wait in one queue, by priority and then by age. A worker takes the first one once the memory
// it needs is free; those behind it wait meanwhile, so that a large run is never passed for ever.
// The runs that train share a pool of cores.
//
// A run and all that was said of it is on the disk, where there is one (run_keeper.h), and goes on
// after a restart as if nothing had happened (docs/runs.md).

#ifndef FNN_SERVER_RUNS_RUN_MANAGER_H_
#define FNN_SERVER_RUNS_RUN_MANAGER_H_

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "core/base/errors.h"
#include "core/threads/core_pool.h"
#include "fnn/v1/training_service.pb.h"
#include "server/base/memory_budget.h"
#include "server/base/mutex.h"
#include "server/base/timer.h"
#include "server/runs/finished_runs.h"
#include "server/runs/prepare.h"
#include "server/runs/publisher.h"
#include "server/runs/run.h"
#include "server/runs/run_keeper.h"
#include "server/runs/run_queue.h"
#include "server/store/page.h"
#include "server/store/store.h"

namespace fnn::server {

// Safe from any thread.
class RunManager {
 public:
  struct Options {
    int workers = 1;                          // Runs that train at once.
    int threads = 1;                          // That they share; each needs one of its own.
    int64_t memory_bytes = int64_t{1} << 30;  // For all that train, together.
    int64_t max_queued = 1000;                // Runs that wait.
    Retention retention{};                    // Of ended runs.
    // How often a run is saved that says nothing of it.
    absl::Duration checkpoint_interval = absl::Minutes(1);
    std::string engine_version{};  // For the provenance of what is trained.
  };

  // `storage` accounts for what runs leave in memory. All that is given outlives the manager.
  RunManager(Options options, Store store, RunKeeper* keeper, MemoryBudget* storage,
             Publisher* publisher);
  // Stops as Stop and Abandon do.
  ~RunManager();

  const Options& options() const { return options_; }
  // Whether runs outlive the server.
  bool durable() const { return !keeper_->in_memory(); }

  // Takes over the runs of the server before, and starts to train. Called once, before anything
  // else. Errors of the disk, and DATA_LOSS where the catalogue is damaged; a run whose own files
  // are damaged is FAILED, and the others go on.
  absl::Status Start();

  // Checks everything, then queues. Errors have field paths under `path`. Beside INVALID_ARGUMENT,
  // NOT_FOUND and ALREADY_EXISTS: RESOURCE_EXHAUSTED where the run could never have the memory it
  // needs, the queue or the disk is full, UNAVAILABLE while draining. `policy` is given by Train,
  // whose stream is then attached. With a request_id that was used before, the run of that time.
  absl::StatusOr<std::shared_ptr<Run>> Create(const v1::CreateRunRequest& request,
                                              const core::FieldPath& path,
                                              std::optional<DisconnectPolicy> policy);

  // What Create would answer; keeps and starts nothing. Names that the server would make are empty.
  absl::StatusOr<v1::Run> Check(const v1::CreateRunRequest& request, const core::FieldPath& path);

  // NOT_FOUND.
  absl::StatusOr<std::shared_ptr<Run>> Find(const std::string& name) const;
  // INVALID_ARGUMENT (page.h).
  absl::StatusOr<Page<v1::Run>> List(const ListRequest& request) const;

  // Asks `run` to stop. Nothing happens to one that has ended.
  absl::Status Cancel(const std::shared_ptr<Run>& run);
  // FAILED_PRECONDITION where the run ends or has ended; Resume: RESOURCE_EXHAUSTED where the queue
  // is full.
  absl::Status Pause(const std::shared_ptr<Run>& run);
  absl::Status Resume(const std::shared_ptr<Run>& run);
  // FAILED_PRECONDITION where it has not ended.
  absl::Status Delete(const std::shared_ptr<Run>& run);

  // A Train stream of `run` has gone by its client's doing. Acts on its policy, except while
  // draining.
  void Detach(const std::shared_ptr<Run>& run);

  // Forgets ended runs that are kept no longer. To be called now and then.
  void Sweep();

  // ---- Shutting down, in this order. ----

  // From now on nothing is accepted or started, and no client's going cancels anything.
  void BeginDrain();
  bool draining() const { return draining_.load(); }
  // Waits for the running runs, or Stop; false when `deadline` came first.
  bool WaitIdle(Timer::Clock::time_point deadline);
  // Watches are to end, and trainings to stop where they are, their runs' states unchanged; where
  // runs are durable, after a checkpoint.
  void Stop();
  bool stopping() const { return stopping_.load(); }
  // Waits until they have; false when `deadline` came first.
  bool WaitStopped(Timer::Clock::time_point deadline);
  // Trainings stop without a checkpoint.
  void Abandon();

 private:
  friend class RunObserver;

  // ---- Accepting: accept.cc ----
  // What Create and Check share.
  absl::StatusOr<PreparedRun> Prepare(const v1::CreateRunRequest& request,
                                      const core::FieldPath& path) const;
  absl::StatusOr<Reservation> ReserveStorage(int64_t bytes);
  absl::Status CheckAdmission(const std::string& name) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::StatusOr<std::shared_ptr<Run>> Accept(const v1::CreateRunRequest& request,
                                              PreparedRun prepared,
                                              std::optional<DisconnectPolicy> policy,
                                              std::string name, int64_t age, RequestClaim& claim);

  // ---- Keeping: run_manager.cc ----
  std::vector<std::shared_ptr<Run>> All() const;  // By name.
  void Enqueue(const std::shared_ptr<Run>& run);
  void Dequeue(const std::shared_ptr<Run>& run);
  void AddFinished(const std::shared_ptr<Run>& run);
  absl::Status Forget(const std::shared_ptr<Run>& run);
  void CancelAfterGrace(const std::shared_ptr<Run>& run, const Run::Disconnected& disconnected,
                        absl::Duration least);
  void CancelIfAbandoned(const std::shared_ptr<Run>& run, int64_t ticket);

  // ---- After a restart: restore.cc ----
  absl::Status Restore();
  std::shared_ptr<Run> RestoreEnded(storage::v1::RunRecord record);
  std::shared_ptr<Run> RestoreUnfinished(storage::v1::RunRecord record);
  std::shared_ptr<Run> RestoreDamaged(storage::v1::RunRecord record, const absl::Status& status);

  // ---- Training: execution.cc ----
  // Whether the first run of the queue has the memory it needs.
  bool FirstMayStart() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void WorkerLoop();
  // Trains `run` on the calling thread, and on others as there are, until it ends or stops.
  void Execute(const std::shared_ptr<Run>& run, RunWork work);
  void Train(Run& run, RunWork& work);
  absl::Status PrepareAgain(Run& run, RunWork& work);
  absl::StatusOr<core::TrainingResult> RunJob(Run& run, const core::TrainingJob& job);
  void Conclude(Run& run, RunWork& work, core::TrainingResult result);
  v1::Provenance ProvenanceOf(const Run& run, const RunWork& work) const;
  // Calls `step` until it succeeds, as the disk may be full for a while; not once the manager
  // stops.
  void Persist(const Run& run, absl::FunctionRef<absl::Status()> step);

  const Options options_;
  const Store store_;
  RunKeeper* const keeper_;
  MemoryBudget* const storage_;
  Publisher* const publisher_;
  std::atomic<bool> draining_{false};
  std::atomic<bool> stopping_{false};
  std::atomic<bool> abandoned_{false};
  core::CorePool cores_;

  // Not held while a run's lock is, nor while the disk works.
  mutable Mutex mutex_;
  CondVar changed_;  // The queue, the free memory, how many run, or stopping_.
  std::map<std::string, std::shared_ptr<Run>> runs_ ABSL_GUARDED_BY(mutex_);
  std::set<std::string> arriving_ ABSL_GUARDED_BY(mutex_);  // Names of those being accepted.
  RunQueue queue_ ABSL_GUARDED_BY(mutex_);
  FinishedRuns finished_ ABSL_GUARDED_BY(mutex_);
  int64_t next_age_ ABSL_GUARDED_BY(mutex_) = 1;
  int64_t memory_used_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t running_ ABSL_GUARDED_BY(mutex_) = 0;
  // Last, as their threads use the rest.
  Timer timer_;
  std::vector<std::thread> workers_;
};

}  // namespace fnn::server

#endif  // FNN_SERVER_RUNS_RUN_MANAGER_H_
