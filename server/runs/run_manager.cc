#include "server/runs/run_manager.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "server/base/errors.h"
#include "server/base/log.h"
#include "server/runs/run_listing.h"
#include "server/runs/run_state.h"

namespace fnn::server {
namespace {

absl::Status RunNotFound(const std::string& name) {
  return core::NotFound(ResourceType(Collection::kRuns), name);
}

}  // namespace

RunManager::RunManager(Options options, Store store, RunKeeper* keeper, MemoryBudget* storage,
                       Publisher* publisher)
    : options_(std::move(options)),
      store_(store),
      keeper_(keeper),
      storage_(storage),
      publisher_(publisher),
      cores_(options_.threads),
      finished_(options_.retention) {}

RunManager::~RunManager() {
  BeginDrain();
  Stop();
  Abandon();
  for (std::thread& worker : workers_) worker.join();
}

absl::Status RunManager::Start() {
  if (absl::Status status = Restore(); !status.ok()) return status;
  for (int i = 0; i < options_.workers; ++i) workers_.emplace_back([this] { WorkerLoop(); });
  return absl::OkStatus();
}

// ---- Looking up ---------------------------------------------------------------------------------

absl::StatusOr<std::shared_ptr<Run>> RunManager::Find(const std::string& name) const {
  MutexLock lock(mutex_);
  const auto it = runs_.find(name);
  if (it == runs_.end()) return RunNotFound(name);
  return it->second;
}

absl::StatusOr<Page<v1::Run>> RunManager::List(const ListRequest& request) const {
  return RunListing().List(request, CollectionName(Collection::kRuns), All(),
                           [](const std::shared_ptr<Run>& run) { return run->Snapshot(); });
}

std::vector<std::shared_ptr<Run>> RunManager::All() const {
  MutexLock lock(mutex_);
  std::vector<std::shared_ptr<Run>> runs;
  runs.reserve(runs_.size());
  for (const auto& [name, run] : runs_) runs.push_back(run);
  return runs;
}

// ---- Pausing, cancelling, deleting --------------------------------------------------------------

void RunManager::Enqueue(const std::shared_ptr<Run>& run) {
  {
    MutexLock lock(mutex_);
    queue_.Add(run);
  }
  changed_.NotifyAll();
}

void RunManager::Dequeue(const std::shared_ptr<Run>& run) {
  {
    MutexLock lock(mutex_);
    queue_.Remove(run);
  }
  changed_.NotifyAll();  // The next in the queue may fit.
}

absl::Status RunManager::Cancel(const std::shared_ptr<Run>& run) {
  const bool ended = IsFinal(run->state());
  if (absl::Status status = run->Cancel(); !status.ok()) return status;
  if (run->state() != v1::RUN_STATE_CANCELLED) return absl::OkStatus();
  Dequeue(run);
  if (!ended) AddFinished(run);
  return absl::OkStatus();
}

absl::Status RunManager::Pause(const std::shared_ptr<Run>& run) {
  if (absl::Status status = run->Pause(); !status.ok()) return status;
  if (run->state() == v1::RUN_STATE_PAUSED) Dequeue(run);
  return absl::OkStatus();
}

absl::Status RunManager::Resume(const std::shared_ptr<Run>& run) {
  if (draining()) return Draining();
  if (run->state() == v1::RUN_STATE_PAUSED) {
    MutexLock lock(mutex_);
    if (absl::Status status = CheckAdmission(""); !status.ok()) return status;
  }
  if (absl::Status status = run->Resume(); !status.ok()) return status;
  if (run->state() == v1::RUN_STATE_QUEUED) Enqueue(run);
  return absl::OkStatus();
}

absl::Status RunManager::Delete(const std::shared_ptr<Run>& run) {
  if (!IsFinal(run->state())) {
    return core::MakeError(absl::StatusCode::kFailedPrecondition, "RUN_NOT_ENDED",
                           absl::StrCat(run->name(), " is ", v1::RunState_Name(run->state()),
                                        "; cancel it and wait for its end, then delete it"));
  }
  {
    MutexLock lock(mutex_);
    if (!runs_.contains(run->name())) return RunNotFound(run->name());
    finished_.Remove(run);
  }
  return Forget(run);
}

void RunManager::AddFinished(const std::shared_ptr<Run>& run) {
  {
    MutexLock lock(mutex_);
    const auto it = runs_.find(run->name());
    if (it == runs_.end() || it->second != run) return;  // It was deleted as soon as it ended.
    finished_.Add(run);
  }
  Sweep();
}

void RunManager::Sweep() {
  std::vector<std::shared_ptr<Run>> excess;
  {
    MutexLock lock(mutex_);
    excess = finished_.TakeExcess(absl::Now());
  }
  for (const std::shared_ptr<Run>& run : excess) {
    if (const absl::Status status = Forget(run); !status.ok()) {
      LogWarning(absl::StrCat(run->name(), " can't be forgotten: ", status.message()));
    }
  }
}

// Out of the catalogue first: what is gone once stays gone.
absl::Status RunManager::Forget(const std::shared_ptr<Run>& run) {
  CatalogueBatch batch;
  RunKeeper::Forget(run->name(), batch);
  if (absl::Status status = keeper_->Commit(batch); !status.ok()) {
    MutexLock lock(mutex_);
    finished_.Add(run);
    return status;
  }
  {
    MutexLock lock(mutex_);
    const auto it = runs_.find(run->name());
    if (it != runs_.end() && it->second == run) runs_.erase(it);
  }
  run->log().Discard();
  run->ReleaseStorage();
  keeper_->RemoveAll(run->uid());
  return absl::OkStatus();
}

void RunManager::Detach(const std::shared_ptr<Run>& run) {
  const std::optional<Run::Disconnected> disconnected = run->Detach();
  if (!disconnected.has_value() || draining()) return;
  CancelAfterGrace(run, *disconnected, absl::ZeroDuration());
}

void RunManager::CancelAfterGrace(const std::shared_ptr<Run>& run,
                                  const Run::Disconnected& disconnected, absl::Duration least) {
  const absl::Duration grace = std::max(disconnected.grace, least);
  timer_.CallAt(Timer::Clock::now() + absl::ToChronoMicroseconds(grace),
                [this, weak = std::weak_ptr<Run>(run), ticket = disconnected.ticket] {
                  if (const std::shared_ptr<Run> abandoned = weak.lock()) {
                    CancelIfAbandoned(abandoned, ticket);
                  }
                });
}

void RunManager::CancelIfAbandoned(const std::shared_ptr<Run>& run, int64_t ticket) {
  if (draining() || !run->AbandonedSince(ticket)) return;
  if (const absl::Status status = Cancel(run); !status.ok()) {
    LogWarning(absl::StrCat(run->name(), " can't be cancelled yet: ", status.message()));
    CancelAfterGrace(run, {.grace = absl::Seconds(1), .ticket = ticket}, absl::ZeroDuration());
    return;
  }
  LogInfo(absl::StrCat(run->name(), " cancelled: its client went and did not come back"));
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

bool RunManager::WaitStopped(Timer::Clock::time_point deadline) {
  MutexLock lock(mutex_);
  while (running_ > 0) {
    if (Timer::Clock::now() >= deadline || abandoned_) return false;
    changed_.WaitUntil(mutex_, deadline);
  }
  return true;
}

void RunManager::Abandon() {
  {
    MutexLock lock(mutex_);
    abandoned_ = true;
  }
  changed_.NotifyAll();
}

}  // namespace fnn::server
