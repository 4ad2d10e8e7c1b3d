// How the run manager trains: workers, checkpoints, and what becomes of a training's result.

#include <chrono>
#include <exception>
#include <new>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/kernels/instruction_set.h"
#include "core/train/checkpoint.h"
#include "server/base/disk_trouble.h"
#include "server/base/errors.h"
#include "server/base/log.h"
#include "server/base/timestamp.h"
#include "server/runs/run_manager.h"
#include "server/runs/run_state.h"

namespace fnn::server {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kRetryInterval{1000};
constexpr std::chrono::milliseconds kLookInterval{100};
constexpr uint64_t kBatchesPerLook = 16;

v1::RunError MakeRunError(const Run& run, absl::string_view reason, absl::string_view message) {
  v1::RunError error;
  error.set_reason(std::string(reason));
  error.set_message(std::string(message));
  error.set_epoch(run.Snapshot().latest_epoch().epoch());
  return error;
}

v1::RunError MakeRunError(const Run& run, const absl::Status& status) {
  return MakeRunError(run, ErrorReason(status).value_or("INTERNAL"), status.message());
}

}  // namespace

// Between a training and its run.
class RunObserver final : public core::TrainingObserver {
 public:
  RunObserver(Run* run, RunManager* manager)
      : run_(run), manager_(manager), policy_(run->spec().checkpoints()) {
    interval_ = policy_.has_interval()       ? FromProto(policy_.interval())
                : policy_.has_every_epochs() ? absl::InfiniteDuration()
                                             : manager->options_.checkpoint_interval;
    SetNextSave();
  }

  void OnEpoch(const v1::EpochReport& report) override {
    // A full disk holds training up once enough waits for it.
    while (!run_->log().AwaitRoom(Clock::now() + kLookInterval) && !ShouldStop() && !WillPark()) {
    }
    run_->AppendEpoch(report);
  }

  void OnDiagnosis(const v1::Diagnosis& diagnosis) override { run_->AppendDiagnosis(diagnosis); }

  void OnBatch(int64_t epoch, int64_t batch, int64_t batches, double running_loss) override {
    run_->OnBatch(epoch, batch, batches, running_loss);
  }

  bool ShouldStop() override {
    return run_->stop_requested() || manager_->abandoned_.load(std::memory_order_relaxed) ||
           (!manager_->durable() && manager_->stopping_.load(std::memory_order_relaxed));
  }

  bool WantsCheckpoint(const core::CheckpointPlace& place) override {
    if (WillPark()) return Clock::now() >= next_try_;
    if (policy_.has_every_epochs() && place.batch == 0 && place.epoch > 1 &&
        (place.epoch - 1) % policy_.every_epochs() == 0 && place.epoch != saved_epoch_) {
      return true;
    }
    // The clock is asked now and then: a mini-batch may take a microsecond.
    return ++asked_ % kBatchesPerLook == 0 && Clock::now() >= next_save_;
  }

  // A checkpoint that can't be saved is tried again; training goes on meanwhile.
  core::AfterCheckpoint OnCheckpoint(
      const core::CheckpointPlace& place,
      absl::FunctionRef<absl::Status(core::ByteSink&)> write) override {
    const bool park = WillPark();
    absl::Status status = run_->log().Publish();  // A checkpoint is never ahead of the log.
    int64_t size = 0;
    if (status.ok()) {
      absl::StatusOr<int64_t> saved = manager_->keeper_->SaveCheckpoint(run_->uid(), write);
      status = saved.status();
      if (saved.ok()) size = *saved;
    }
    SetNextSave();
    if (!status.ok()) {
      LogWarning(absl::StrCat(run_->name(), ": no checkpoint: ", status.message()));
      next_try_ = Clock::now() + kRetryInterval;
      // A server that stops does not wait for its disk: the run goes on from the checkpoint before.
      return manager_->stopping() ? core::AfterCheckpoint::kStop : core::AfterCheckpoint::kContinue;
    }
    saved_epoch_ = place.epoch;
    v1::CheckpointSaved event;
    event.set_epoch(place.epoch);
    event.set_batch(place.batch);
    event.set_size_bytes(size);
    run_->AppendCheckpoint(event);
    return park ? core::AfterCheckpoint::kStop : core::AfterCheckpoint::kContinue;
  }

 private:
  bool WillPark() const {
    return run_->pause_requested() || manager_->stopping_.load(std::memory_order_relaxed);
  }
  void SetNextSave() {
    next_save_ = interval_ == absl::InfiniteDuration()
                     ? Clock::time_point::max()
                     : Clock::now() + absl::ToChronoMilliseconds(interval_);
  }

  Run* const run_;
  RunManager* const manager_;
  const v1::CheckpointPolicy policy_;
  absl::Duration interval_;
  Clock::time_point next_save_;
  Clock::time_point next_try_ = Clock::time_point::min();
  int64_t saved_epoch_ = -1;
  uint64_t asked_ = 0;
};

bool RunManager::FirstMayStart() const {
  return !draining() && !queue_.empty() &&
         queue_.first()->memory_bytes() <= options_.memory_bytes - memory_used_;
}

void RunManager::WorkerLoop() {
  for (;;) {
    std::shared_ptr<Run> run;
    {
      MutexLock lock(mutex_);
      while (!stopping() && !FirstMayStart()) changed_.Wait(mutex_);
      if (stopping()) return;
      run = queue_.TakeFirst();
      memory_used_ += run->memory_bytes();
      ++running_;
    }
    if (std::optional<RunWork> work = run->Start(); work.has_value()) {
      Execute(run, *std::exchange(work, std::nullopt));
    }
    const v1::RunState state = run->state();
    LogDebug(absl::StrCat(run->name(), " ", v1::RunState_Name(state)));
    if (IsFinal(state)) AddFinished(run);
    if (state == v1::RUN_STATE_QUEUED) Enqueue(run);  // Resumed while it was being parked.
    {
      MutexLock lock(mutex_);
      memory_used_ -= run->memory_bytes();
      --running_;
    }
    changed_.NotifyAll();
  }
}

void RunManager::Execute(const std::shared_ptr<Run>& run, RunWork work) {
  const auto fail = [&](absl::string_view reason, absl::string_view message) {
    LogError(absl::StrCat(run->name(), " failed: ", message));
    work.pins = {};
    Persist(*run,
            [&] { return run->Abort(v1::RUN_STATE_FAILED, MakeRunError(*run, reason, message)); });
  };
  try {
    Train(*run, work);
  } catch (const std::bad_alloc&) {
    fail("OUT_OF_MEMORY", "the server ran out of memory; try a smaller network, or later");
  } catch (const std::exception& error) {
    LogError(error.what());
    fail("INTERNAL", "an internal error stopped the training");
  }
}

void RunManager::Train(Run& run, RunWork& work) {
  absl::Status status = PrepareAgain(run, work);
  if (status.ok()) {
    absl::StatusOr<core::TrainingResult> result = RunJob(run, *work.job);
    if (result.ok()) return Conclude(run, work, *std::move(result));
    status = result.status();
  }
  work.pins = {};
  Persist(run, [&] { return run.Abort(v1::RUN_STATE_FAILED, MakeRunError(run, status)); });
}

absl::Status RunManager::PrepareAgain(Run& run, RunWork& work) {
  if (work.job.has_value()) return absl::OkStatus();
  storage::v1::RunData data;
  if (run.has_data()) {
    absl::StatusOr<storage::v1::RunData> read = keeper_->ReadData(run.uid());
    if (!read.ok()) return read.status();
    data = *std::move(read);
  }
  // More threads than there are now do no harm: results do not depend on them.
  const int64_t threads = std::max<int64_t>(cores_.cores(), run.requested().options().threads());
  absl::StatusOr<PreparedRun> prepared = PrepareRun(RequestAgain(run.requested(), std::move(data)),
                                                    core::FieldPath(), store_, threads, !durable());
  if (!prepared.ok()) return prepared.status();
  work.job = std::move(prepared->job);
  work.provenance = std::move(prepared->provenance);
  return absl::OkStatus();
}

absl::StatusOr<core::TrainingResult> RunManager::RunJob(Run& run, const core::TrainingJob& job) {
  const std::unique_ptr<core::Team> team =
      cores_.Join(static_cast<int>(std::min<int64_t>(job.threads(), cores_.cores())));
  if (team == nullptr) {  // Stop was called.
    core::TrainingResult result;
    result.outcome = core::TrainingOutcome::kStopped;
    return result;
  }
  core::Continuation continuation;
  const v1::Run now = run.Snapshot();
  if (now.has_latest_epoch()) {
    continuation.logged_epoch = now.latest_epoch().epoch();
    continuation.logged_stop = now.latest_epoch().stop_reason();
  }
  continuation.logged_diagnoses = run.diagnoses();
  absl::StatusOr<std::unique_ptr<CheckedFileReader>> checkpoint =
      keeper_->OpenCheckpoint(run.uid());
  RunObserver observer(&run, this);
  if (checkpoint.ok()) {
    continuation.checkpoint = checkpoint->get();
    absl::StatusOr<core::TrainingResult> result = job.Run(observer, *team, continuation);
    if (result.ok() || continuation.checkpoint == nullptr) return result;
    checkpoint = result.status();
  }
  // It trains to the same bits without one, if longer.
  LogWarning(absl::StrCat(run.name(),
                          ": its checkpoint is of no use, it starts from the beginning: ",
                          checkpoint.status().message()));
  continuation.checkpoint = nullptr;
  return job.Run(observer, *team, continuation);
}

void RunManager::Conclude(Run& run, RunWork& work, core::TrainingResult result) {
  switch (result.outcome) {
    case core::TrainingOutcome::kCompleted:
      return Persist(run, [&] {
        return run.Complete(work, [&](Run::AlsoCommit also) {
          return store_.models->Publish(run.model(),
                                        {.epoch = result.last_epoch,
                                         .provenance = ProvenanceOf(run, work),
                                         .network = *result.network,
                                         .memory = std::exchange(work.parameters, {})},
                                        also);
        });
      });
    case core::TrainingOutcome::kStopped:
      if (run.stop_requested()) {
        work.pins = {};
        return Persist(run, [&] { return run.Abort(v1::RUN_STATE_CANCELLED, {}); });
      }
      // Where the server stops, the run stays as it is.
      if (run.pause_requested()) return Persist(run, [&] { return run.Park(work); });
      if (!stopping()) return Persist(run, [&] { return run.Park(work); });
      return;
    case core::TrainingOutcome::kDiverged:
      work.pins = {};
      return Persist(run, [&] { return run.Abort(v1::RUN_STATE_DIVERGED, result.error); });
  }
}

v1::Provenance RunManager::ProvenanceOf(const Run& run, const RunWork& work) const {
  v1::Provenance provenance = work.provenance;
  provenance.set_run(run.name());
  provenance.set_run_uid(run.uid());
  provenance.set_engine_version(options_.engine_version);
  provenance.set_instruction_set(core::InstructionSet());
  return provenance;
}

void RunManager::Persist(const Run& run, absl::FunctionRef<absl::Status()> step) {
  for (;;) {
    const absl::Status status = step();
    if (status.ok()) return;
    LogWarning(absl::StrCat(run.name(), " can't be kept, will try again: ", status.message()));
    const Clock::time_point next = Clock::now() + kRetryInterval;
    MutexLock lock(mutex_);
    while (!stopping() && Clock::now() < next) changed_.WaitUntil(mutex_, next);
    if (stopping()) return;  // It goes on from its checkpoint.
  }
}

}  // namespace fnn::server
