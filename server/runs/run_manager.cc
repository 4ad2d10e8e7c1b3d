#include "server/runs/run_manager.h"

#include <algorithm>
#include <exception>
#include <new>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/errors.h"
#include "server/base/log.h"
#include "server/runs/run_state.h"

namespace fnn::server {
namespace {

// Between a training and its run.
class RunObserver final : public core::TrainingObserver {
 public:
  RunObserver(Run* run, const std::atomic<bool>* stopping) : run_(run), stopping_(stopping) {}

  void OnEpoch(const v1::EpochReport& report) override { run_->AppendEpoch(report); }
  void OnBatch(int64_t epoch, int64_t batch, int64_t batches, double running_loss) override {
    run_->OnBatch(epoch, batch, batches, running_loss);
  }
  bool ShouldStop() override {
    return run_->stop_requested() || stopping_->load(std::memory_order_relaxed);
  }

 private:
  Run* const run_;
  const std::atomic<bool>* const stopping_;
};

v1::RunError MakeRunError(const Run& run, absl::string_view reason, absl::string_view message) {
  v1::RunError error;
  error.set_reason(std::string(reason));
  error.set_message(std::string(message));
  error.set_epoch(run.Snapshot().latest_epoch().epoch());
  return error;
}

}  // namespace

RunManager::RunManager(Options options, Store store, MemoryBudget* storage, Publisher* publisher)
    : options_(options),
      store_(store),
      storage_(storage),
      publisher_(publisher),
      cores_(options.threads) {
  for (int i = 0; i < options_.workers; ++i) workers_.emplace_back([this] { WorkerLoop(); });
}

RunManager::~RunManager() {
  BeginDrain();
  Stop();
  for (std::thread& worker : workers_) worker.join();
}

// ---- Accepting ----------------------------------------------------------------------------------

absl::StatusOr<PreparedRun> RunManager::Prepare(const v1::CreateRunRequest& request,
                                                const core::FieldPath& path) const {
  if (draining()) return Draining();
  absl::StatusOr<PreparedRun> prepared = PrepareRun(request, path, store_, cores_.cores());
  if (!prepared.ok()) return prepared.status();
  if (prepared->memory_bytes > options_.memory_bytes) {
    return TrainingMemoryExceeded(*prepared, path, options_.memory_bytes);
  }
  if (prepared->storage_bytes > storage_->total()) {
    return core::LimitExceeded("STORAGE_MEMORY_EXCEEDED",
                               "bytes of memory for the trained parameters and the log of epochs",
                               prepared->storage_bytes, storage_->total());
  }
  return prepared;
}

absl::Status RunManager::CheckAdmission(const std::string& name) const {
  if (draining()) return Draining();
  if (runs_.contains(name)) return core::AlreadyExists(ResourceType(Collection::kRuns), name);
  if (static_cast<int64_t>(queue_.size()) >= options_.max_queued) {
    return WithRetry(core::LimitExceeded("QUEUE_FULL", "places in the queue of runs",
                                         options_.max_queued + 1, options_.max_queued),
                     absl::Seconds(10));
  }
  return absl::OkStatus();
}

// Where there is too little, the oldest ended runs are forgotten first.
absl::StatusOr<Reservation> RunManager::ReserveStorage(int64_t bytes) {
  for (;;) {
    absl::StatusOr<Reservation> reservation = storage_->Reserve(bytes);
    if (reservation.ok()) return reservation;
    std::shared_ptr<Run> dropped;
    {
      MutexLock lock(mutex_);
      dropped = DropOldestFinished();
    }
    if (dropped == nullptr) return WithRetry(reservation.status(), absl::Seconds(10));
  }
}

absl::StatusOr<std::shared_ptr<Run>> RunManager::Create(const v1::CreateRunRequest& request,
                                                        const core::FieldPath& path,
                                                        std::optional<DisconnectPolicy> policy) {
  absl::StatusOr<PreparedRun> prepared = Prepare(request, path);
  if (!prepared.ok()) return prepared.status();
  const core::Plan& plan = *prepared->job.plan();
  const int64_t parameter_bytes = prepared->job.network_bytes();
  absl::StatusOr<Reservation> parameters = ReserveStorage(parameter_bytes);
  if (!parameters.ok()) return parameters.status();
  absl::StatusOr<Reservation> storage = ReserveStorage(prepared->storage_bytes - parameter_bytes);
  if (!storage.ok()) return storage.status();

  v1::Run record;
  record.set_name(
      MakeName(Collection::kRuns, request.run_id().empty() ? MakeId("run") : request.run_id()));
  record.set_uid(MakeUid());
  record.set_memory_bytes(prepared->memory_bytes);
  *record.mutable_spec() = std::move(prepared->spec);

  std::shared_ptr<Run> run;
  {
    MutexLock lock(mutex_);
    if (absl::Status status = CheckAdmission(record.name()); !status.ok()) return status;
    if (!prepared->model.has_value()) {
      absl::StatusOr<PinnedModel> made =
          store_.models->Create(request.model_id(), plan.network(), plan.parameter_count());
      if (!made.ok()) return made.status();
      prepared->model = *std::move(made);
    }
    record.set_model(prepared->model->model.name());
    run = std::make_shared<Run>(std::move(record),
                                RunWork{.job = std::move(prepared->job),
                                        .pin = std::move(prepared->model->pin),
                                        .parameters = *std::move(parameters)},
                                policy, *std::move(storage), publisher_);
    runs_.emplace(run->name(), run);
    queue_.push_back(run);
  }
  changed_.NotifyAll();
  LogDebug(absl::StrCat(run->name(), " queued"));
  return run;
}

absl::StatusOr<v1::Run> RunManager::Check(const v1::CreateRunRequest& request,
                                          const core::FieldPath& path) {
  absl::StatusOr<PreparedRun> prepared = Prepare(request, path);
  if (!prepared.ok()) return prepared.status();
  v1::Run run;
  if (!request.run_id().empty()) run.set_name(MakeName(Collection::kRuns, request.run_id()));
  {
    MutexLock lock(mutex_);
    if (absl::Status status = CheckAdmission(run.name()); !status.ok()) return status;
  }
  if (prepared->model.has_value()) {
    run.set_model(prepared->model->model.name());
  } else if (!request.model_id().empty()) {
    run.set_model(MakeName(Collection::kModels, request.model_id()));
    if (absl::Status status = store_.models->CheckFree(run.model()); !status.ok()) return status;
  }
  run.set_state(v1::RUN_STATE_QUEUED);
  run.set_memory_bytes(prepared->memory_bytes);
  *run.mutable_spec() = std::move(prepared->spec);
  return run;
}

// ---- Looking up ---------------------------------------------------------------------------------

absl::StatusOr<std::shared_ptr<Run>> RunManager::Find(const std::string& name) const {
  MutexLock lock(mutex_);
  const auto it = runs_.find(name);
  if (it == runs_.end()) return core::NotFound(ResourceType(Collection::kRuns), name);
  return it->second;
}

Page<v1::Run> RunManager::List(const PageRequest& page) const {
  MutexLock lock(mutex_);
  return ListPage(runs_, page, [](const std::shared_ptr<Run>& run) { return run->Snapshot(); });
}

void RunManager::AddFinished(std::shared_ptr<Run> run) {
  finished_.push_back(std::move(run));
  while (static_cast<int64_t>(finished_.size()) > options_.max_finished) DropOldestFinished();
}

std::shared_ptr<Run> RunManager::DropOldestFinished() {
  if (finished_.empty()) return nullptr;
  std::shared_ptr<Run> run = std::move(finished_.front());
  finished_.pop_front();
  runs_.erase(run->name());
  return run;
}

// ---- Cancelling ---------------------------------------------------------------------------------

void RunManager::Cancel(Run& run) {
  {
    MutexLock lock(mutex_);
    run.Cancel();
    const auto it = std::find_if(queue_.begin(), queue_.end(),
                                 [&run](const auto& queued) { return queued.get() == &run; });
    if (it == queue_.end()) return;
    AddFinished(std::move(*it));
    queue_.erase(it);
  }
  changed_.NotifyAll();  // The next in the queue may fit.
}

void RunManager::Detach(const std::shared_ptr<Run>& run) {
  const std::optional<Run::Disconnected> disconnected = run->Detach();
  if (!disconnected.has_value() || draining()) return;
  timer_.CallAt(Timer::Clock::now() + absl::ToChronoMicroseconds(disconnected->grace),
                [this, weak = std::weak_ptr<Run>(run), ticket = disconnected->ticket] {
                  if (const std::shared_ptr<Run> abandoned = weak.lock()) {
                    CancelIfAbandoned(abandoned, ticket);
                  }
                });
}

void RunManager::CancelIfAbandoned(const std::shared_ptr<Run>& run, int64_t ticket) {
  if (draining() || !run->AbandonedSince(ticket)) return;
  LogInfo(absl::StrCat(run->name(), " cancelled: its client went and did not come back"));
  Cancel(*run);
}

// ---- Training -----------------------------------------------------------------------------------

bool RunManager::FirstMayStart() const {
  return !draining() && !queue_.empty() &&
         queue_.front()->memory_bytes() <= options_.memory_bytes - memory_used_;
}

void RunManager::WorkerLoop() {
  for (;;) {
    std::shared_ptr<Run> run;
    std::optional<RunWork> work;
    {
      MutexLock lock(mutex_);
      while (!stopping() && !FirstMayStart()) changed_.Wait(mutex_);
      if (stopping()) return;
      run = std::move(queue_.front());
      queue_.pop_front();
      work = run->Start();
      if (!work.has_value()) continue;
      memory_used_ += run->memory_bytes();
      ++running_;
    }
    Execute(*run, *std::exchange(work, std::nullopt));
    LogDebug(absl::StrCat(run->name(), " ", v1::RunState_Name(run->state())));
    {
      MutexLock lock(mutex_);
      memory_used_ -= run->memory_bytes();
      --running_;
      if (IsFinal(run->state())) AddFinished(std::move(run));
    }
    changed_.NotifyAll();
  }
}

void RunManager::Execute(Run& run, RunWork work) {
  try {
    core::TrainingResult result = Train(run, work.job);
    switch (result.outcome) {
      case core::TrainingOutcome::kCompleted:
        run.Complete([&]() -> absl::StatusOr<std::string> {
          absl::StatusOr<v1::ModelVersion> version =
              store_.models->Publish(run.model(), run.name(), result.last_epoch,
                                     *std::move(result.network), std::move(work.parameters));
          work.pin.reset();  // Before the end is seen: then the model may be deleted.
          if (!version.ok()) return version.status();
          return version->name();
        });
        return;
      case core::TrainingOutcome::kStopped:
        work.pin.reset();
        // Asked to. Where the server itself stops, the run stays as it is.
        if (run.stop_requested()) run.Abort(v1::RUN_STATE_CANCELLED, {});
        return;
      case core::TrainingOutcome::kDiverged:
        work.pin.reset();
        run.Abort(v1::RUN_STATE_DIVERGED, std::move(result.error));
        return;
    }
  } catch (const std::bad_alloc&) {
    LogError(absl::StrCat(run.name(), " failed: out of memory"));
    work.pin.reset();
    run.Abort(v1::RUN_STATE_FAILED,
              MakeRunError(run, "OUT_OF_MEMORY",
                           "the server ran out of memory; try a smaller network, or later"));
  } catch (const std::exception& error) {
    LogError(absl::StrCat(run.name(), " failed: ", error.what()));
    work.pin.reset();
    run.Abort(v1::RUN_STATE_FAILED,
              MakeRunError(run, "INTERNAL", "an internal error stopped the training"));
  }
}

core::TrainingResult RunManager::Train(Run& run, const core::TrainingJob& job) {
  const std::unique_ptr<core::Team> team = cores_.Join(static_cast<int>(job.threads()));
  if (team == nullptr) {  // Stop was called.
    core::TrainingResult result;
    result.outcome = core::TrainingOutcome::kStopped;
    return result;
  }
  RunObserver observer(&run, &stopping_);
  return job.Run(observer, *team);
}

// ---- Shutting down ------------------------------------------------------------------------------

void RunManager::BeginDrain() {
  MutexLock lock(mutex_);
  draining_ = true;
}

bool RunManager::WaitIdle(Timer::Clock::time_point deadline) {
  MutexLock lock(mutex_);
  while (running_ > 0 && !stopping()) {
    if (!changed_.WaitUntil(mutex_, deadline) && running_ > 0) return false;
  }
  return true;
}

void RunManager::Stop() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
  }
  changed_.NotifyAll();
  cores_.Close();
  publisher_->TickNow();  // So that watches end.
}

}  // namespace fnn::server
