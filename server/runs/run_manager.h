// All runs: accepting, queueing, training, cancelling, forgetting.
//
// Runs wait in one queue, first come, first served. A worker takes the first one once the memory it
// needs is free; those behind it wait meanwhile, so that a large run is never passed for ever. The
// runs that train share a pool of cores.

#ifndef FNN_SERVER_RUNS_RUN_MANAGER_H_
#define FNN_SERVER_RUNS_RUN_MANAGER_H_

#include <atomic>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/base/errors.h"
#include "core/threads/core_pool.h"
#include "fnn/v1/training_service.pb.h"
#include "server/base/memory_budget.h"
#include "server/base/mutex.h"
#include "server/base/timer.h"
#include "server/runs/prepare.h"
#include "server/runs/publisher.h"
#include "server/runs/run.h"
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
    int64_t max_finished = 1000;              // Ended runs that are kept; the oldest go first.
  };

  // `storage` accounts for what runs leave behind. All that is given outlives the manager.
  RunManager(Options options, Store store, MemoryBudget* storage, Publisher* publisher);
  // Stops as Stop does.
  ~RunManager();

  const Options& options() const { return options_; }

  // Checks everything, then queues. Errors have field paths under `path`. Beside INVALID_ARGUMENT,
  // NOT_FOUND and ALREADY_EXISTS: RESOURCE_EXHAUSTED where the run could never have the memory it
  // needs or the queue is full, UNAVAILABLE while draining. `policy` is given by Train, whose
  // stream is then attached.
  absl::StatusOr<std::shared_ptr<Run>> Create(const v1::CreateRunRequest& request,
                                              const core::FieldPath& path,
                                              std::optional<DisconnectPolicy> policy);

  // What Create would answer; keeps and starts nothing. Names that the server would make are empty.
  absl::StatusOr<v1::Run> Check(const v1::CreateRunRequest& request, const core::FieldPath& path);

  // NOT_FOUND.
  absl::StatusOr<std::shared_ptr<Run>> Find(const std::string& name) const;
  Page<v1::Run> List(const PageRequest& page) const;

  // Asks `run` to stop. Nothing happens to one that has ended.
  void Cancel(Run& run);

  // A Train stream of `run` has gone by its client's doing. Acts on its policy, except while
  // draining.
  void Detach(const std::shared_ptr<Run>& run);

  // ---- Shutting down, in this order. ----

  // From now on nothing is accepted or started, and no client's going cancels anything.
  void BeginDrain();
  bool draining() const { return draining_.load(); }
  // Waits for the running runs, or Stop; false when `deadline` came first.
  bool WaitIdle(Timer::Clock::time_point deadline);
  // Watches are to end, and trainings to stop where they are, their runs' states unchanged.
  void Stop();
  bool stopping() const { return stopping_.load(); }

 private:
  // What Create and Check share.
  absl::StatusOr<PreparedRun> Prepare(const v1::CreateRunRequest& request,
                                      const core::FieldPath& path) const;
  absl::StatusOr<Reservation> ReserveStorage(int64_t bytes);
  absl::Status CheckAdmission(const std::string& name) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void AddFinished(std::shared_ptr<Run> run) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  std::shared_ptr<Run> DropOldestFinished() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void CancelIfAbandoned(const std::shared_ptr<Run>& run, int64_t ticket);

  // Whether the first run of the queue has the memory it needs.
  bool FirstMayStart() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void WorkerLoop();
  // Trains `run` on the calling thread, and on others as there are, to its end.
  void Execute(Run& run, RunWork work);
  core::TrainingResult Train(Run& run, const core::TrainingJob& job);

  const Options options_;
  const Store store_;
  MemoryBudget* const storage_;
  Publisher* const publisher_;
  std::atomic<bool> draining_{false};
  std::atomic<bool> stopping_{false};
  core::CorePool cores_;

  // Taken before a run's lock and before the store's.
  mutable Mutex mutex_;
  CondVar changed_;  // The queue, the free memory, how many run, or stopping_.
  std::map<std::string, std::shared_ptr<Run>> runs_ ABSL_GUARDED_BY(mutex_);
  std::deque<std::shared_ptr<Run>> queue_ ABSL_GUARDED_BY(mutex_);
  std::deque<std::shared_ptr<Run>> finished_ ABSL_GUARDED_BY(mutex_);  // Oldest first.
  int64_t memory_used_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t running_ ABSL_GUARDED_BY(mutex_) = 0;
  // Last, as their threads use the rest.
  Timer timer_;
  std::vector<std::thread> workers_;
};

}  // namespace fnn::server

#endif  // FNN_SERVER_RUNS_RUN_MANAGER_H_
