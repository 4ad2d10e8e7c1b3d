#include "server/runs/run.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/disk_trouble.h"
#include "server/base/errors.h"
#include "server/base/log.h"
#include "server/base/timestamp.h"
#include "server/runs/run_state.h"

namespace fnn::server {
namespace {

void NoChange(v1::Run&) {}

std::optional<DisconnectPolicy> PolicyOf(const storage::v1::RunRecord& record) {
  if (!record.has_disconnect()) return std::nullopt;
  return DisconnectPolicy{.cancel = record.disconnect().cancel(),
                          .grace = FromProto(record.disconnect().grace())};
}

v1::Run FixedPart(const v1::Run& run) {
  v1::Run fixed;
  fixed.set_name(run.name());
  fixed.set_uid(run.uid());
  fixed.set_model(run.model());
  fixed.set_memory_bytes(run.memory_bytes());
  fixed.set_priority(run.priority());
  *fixed.mutable_create_time() = run.create_time();
  *fixed.mutable_labels() = run.labels();
  return fixed;
}

absl::Status WrongState(const std::string& name, v1::RunState state, absl::string_view what) {
  return core::MakeError(
      absl::StatusCode::kFailedPrecondition, IsFinal(state) ? "RUN_HAS_ENDED" : "RUN_IS_ENDING",
      absl::StrCat(name, " is ", v1::RunState_Name(state), " and can't be ", what,
                   "; start another run, from its model where it has one"));
}

}  // namespace

Run::Run(Origin origin, std::optional<RunWork> work, bool attached, Reservation storage,
         RunKeeper* keeper)
    : fixed_(FixedPart(origin.record.run())),
      age_(origin.record.age()),
      has_data_(origin.record.has_data()),
      spec_(origin.record.run().spec()),
      requested_(origin.record.requested()),
      policy_(PolicyOf(origin.record)),
      keeper_(keeper),
      log_(std::move(origin.log)),
      work_(std::move(work)),
      record_(std::move(*origin.record.mutable_run())),
      diagnoses_(std::move(origin.diagnoses)),
      storage_(std::move(storage)),
      attached_(attached ? 1 : 0),
      attachments_(attached_) {
  record_.clear_spec();
  record_.clear_last_sequence();
  if (origin.latest_epoch.has_value()) {
    *record_.mutable_latest_epoch() = *std::move(origin.latest_epoch);
  }
  if (origin.latest_checkpoint.has_value()) {
    *record_.mutable_latest_checkpoint() = *std::move(origin.latest_checkpoint);
  }
}

v1::Run Run::Snapshot() const {
  v1::Run run;
  {
    MutexLock lock(mutex_);
    run = record_;
    run.set_last_sequence(log_->last_sequence());
  }
  *run.mutable_spec() = spec_;
  return run;
}

v1::RunState Run::state() const {
  MutexLock lock(mutex_);
  return record_.state();
}

absl::Time Run::end_time() const {
  MutexLock lock(mutex_);
  return FromTimestamp(record_.end_time());
}

// ---- Changes of state ---------------------------------------------------------------------------

storage::v1::RunRecord Run::RecordFor(v1::RunState to, Change change) const {
  storage::v1::RunRecord record;
  {
    MutexLock lock(mutex_);
    *record.mutable_run() = record_;
  }
  v1::Run& run = *record.mutable_run();
  // Of a run that has not ended its log tells these.
  if (!IsFinal(to)) {
    run.clear_latest_epoch();
    run.clear_latest_checkpoint();
  }
  run.set_state(to);
  *run.mutable_spec() = spec_;
  change(run);
  *record.mutable_requested() = requested_;
  record.set_has_data(has_data_);
  record.set_age(age_);
  if (policy_.has_value()) {
    record.mutable_disconnect()->set_cancel(policy_->cancel);
    *record.mutable_disconnect()->mutable_grace() = ToProto(policy_->grace);
  }
  return record;
}

void Run::Enter(v1::RunState to) {
  MutexLock lock(mutex_);
  EnterLocked(to);
}

void Run::EnterLocked(v1::RunState to) {
  v1::RunEvent event;
  event.mutable_state_changed()->set_from(record_.state());
  event.mutable_state_changed()->set_to(to);
  record_.set_state(to);
  log_->Append(std::move(event));
}

absl::Status Run::Commit(v1::RunState to, Change change) {
  CatalogueBatch batch;
  RunKeeper::Put(RecordFor(to, change), batch);
  if (absl::Status status = keeper_->Commit(batch); !status.ok()) return status;
  Enter(to);
  return absl::OkStatus();
}

// The end of a run as its record has it: with the two events that end its log.
void Run::SetEnd(v1::Run& run) const {
  *run.mutable_end_time() = CurrentTimestamp();
  run.set_last_sequence(log_->last_sequence() + 2);
}

absl::Status Run::Finish(v1::RunState to, Change change) {
  // What came before is on the disk before the end is.
  if (absl::Status status = log_->Publish(); !status.ok()) return status;
  const storage::v1::RunRecord record = RecordFor(to, [&](v1::Run& run) {
    change(run);
    SetEnd(run);
  });
  CatalogueBatch batch;
  RunKeeper::Put(record, batch);
  if (absl::Status status = keeper_->Commit(batch); !status.ok()) return status;
  Finished(record.run());
  return absl::OkStatus();
}

void Run::Finished(const v1::Run& run) {
  // Before the end is seen: then the model may be deleted.
  std::optional<RunWork> dropped = std::exchange(work_, std::nullopt);
  if (dropped.has_value()) dropped->pins = {};
  keeper_->RemoveWork(uid());
  v1::RunEvent event;
  event.mutable_finished()->set_state(run.state());
  event.mutable_finished()->set_model_version(run.model_version());
  if (run.has_error()) *event.mutable_finished()->mutable_error() = run.error();
  // At once: whoever sees the last state sees the rest of the end with it.
  MutexLock lock(mutex_);
  *record_.mutable_end_time() = run.end_time();
  record_.set_model_version(run.model_version());
  if (run.has_error()) *record_.mutable_error() = run.error();
  progress_ = {};
  EnterLocked(run.state());
  log_->Append(std::move(event));
  // Down to what stays; never more than was reserved.
  const int64_t kept = (keeper_->in_memory() ? log_->size_bytes() : 0) +
                       static_cast<int64_t>(spec_.SpaceUsedLong() + requested_.SpaceUsedLong());
  if (kept < storage_.bytes()) storage_.Resize(kept).IgnoreError();
}

void Run::Begin() {
  MutexLock transitions(transitions_);
  {
    MutexLock lock(mutex_);
    record_.clear_state();
  }
  Enter(v1::RUN_STATE_QUEUED);
}

std::optional<RunWork> Run::Start() {
  MutexLock transitions(transitions_);
  if (!IsAllowed(state(), v1::RUN_STATE_RUNNING) || !work_.has_value()) return std::nullopt;
  {
    MutexLock lock(mutex_);
    if (!record_.has_start_time()) *record_.mutable_start_time() = CurrentTimestamp();
  }
  Enter(v1::RUN_STATE_RUNNING);
  return std::exchange(work_, std::nullopt);
}

absl::Status Run::Cancel() {
  MutexLock transitions(transitions_);
  switch (state()) {
    case v1::RUN_STATE_QUEUED:
    case v1::RUN_STATE_PAUSED:
      return Finish(v1::RUN_STATE_CANCELLED, NoChange);
    case v1::RUN_STATE_RUNNING:
    case v1::RUN_STATE_PAUSING: {
      absl::Status status = Commit(v1::RUN_STATE_CANCELLING, NoChange);
      if (status.ok()) stop_.store(true, std::memory_order_relaxed);
      return status;
    }
    case v1::RUN_STATE_CANCELLING:
      // No worker has it: it was so when the server started, and the disk refused its end.
      if (work_.has_value()) return Finish(v1::RUN_STATE_CANCELLED, NoChange);
      return absl::OkStatus();
    default:
      return absl::OkStatus();
  }
}

absl::Status Run::Pause() {
  MutexLock transitions(transitions_);
  switch (const v1::RunState now = state()) {
    case v1::RUN_STATE_QUEUED:
      if (work_.has_value()) work_->job.reset();
      return Commit(v1::RUN_STATE_PAUSED, NoChange);
    case v1::RUN_STATE_RUNNING: {
      absl::Status status = Commit(v1::RUN_STATE_PAUSING, NoChange);
      if (status.ok()) pause_.store(true, std::memory_order_relaxed);
      return status;
    }
    case v1::RUN_STATE_PAUSING:
    case v1::RUN_STATE_PAUSED:
      return absl::OkStatus();
    default:
      return WrongState(name(), now, "paused");
  }
}

absl::Status Run::Resume() {
  MutexLock transitions(transitions_);
  switch (const v1::RunState now = state()) {
    case v1::RUN_STATE_PAUSED:
      return Commit(v1::RUN_STATE_QUEUED, NoChange);
    case v1::RUN_STATE_PAUSING: {
      CatalogueBatch batch;
      RunKeeper::Put(RecordFor(v1::RUN_STATE_QUEUED, NoChange), batch);
      if (absl::Status status = keeper_->Commit(batch); !status.ok()) return status;
      pause_.store(false, std::memory_order_relaxed);
      Enter(v1::RUN_STATE_RUNNING);
      return absl::OkStatus();
    }
    case v1::RUN_STATE_QUEUED:
    case v1::RUN_STATE_RUNNING:
      return absl::OkStatus();
    default:
      return WrongState(name(), now, "resumed");
  }
}

absl::Status Run::Park(RunWork& work) {
  MutexLock transitions(transitions_);
  switch (state()) {
    case v1::RUN_STATE_CANCELLING:
      return Finish(v1::RUN_STATE_CANCELLED, NoChange);
    case v1::RUN_STATE_PAUSING:
      if (absl::Status status = Commit(v1::RUN_STATE_PAUSED, NoChange); !status.ok()) return status;
      break;
    case v1::RUN_STATE_RUNNING:  // Its record says QUEUED already.
      Enter(v1::RUN_STATE_QUEUED);
      break;
    default:
      return absl::OkStatus();
  }
  pause_.store(false, std::memory_order_relaxed);
  work.job.reset();
  work_ = std::move(work);
  MutexLock lock(mutex_);
  progress_ = {};
  return absl::OkStatus();
}

absl::Status Run::Complete(RunWork& work, Publish publish) {
  MutexLock transitions(transitions_);
  const v1::RunState now = state();
  if (now == v1::RUN_STATE_CANCELLING) return Finish(v1::RUN_STATE_CANCELLED, NoChange);
  if (!IsAllowed(now, v1::RUN_STATE_SUCCEEDED)) return absl::OkStatus();
  // What came before is on the disk before the end is.
  if (absl::Status status = log_->Publish(); !status.ok()) return status;
  v1::Run ended;
  absl::StatusOr<v1::ModelVersion> version = publish(
      [&](const v1::ModelVersion& published, CatalogueBatch& batch) ABSL_NO_THREAD_SAFETY_ANALYSIS {
        const storage::v1::RunRecord record = RecordFor(v1::RUN_STATE_SUCCEEDED, [&](v1::Run& run) {
          run.set_model_version(published.name());
          SetEnd(run);
        });
        RunKeeper::Put(record, batch);
        ended = record.run();
      });
  if (version.ok()) {
    work.pins = {};
    Finished(ended);
    return absl::OkStatus();
  }
  if (IsDiskTrouble(version.status())) return version.status();
  return Finish(v1::RUN_STATE_FAILED, [&](v1::Run& run) {
    run.mutable_error()->set_reason(ErrorReason(version.status()).value_or("INTERNAL"));
    run.mutable_error()->set_message(std::string(version.status().message()));
    run.mutable_error()->set_epoch(run.latest_epoch().epoch());
  });
}

absl::Status Run::Abort(v1::RunState to, v1::RunError error) {
  MutexLock transitions(transitions_);
  const v1::RunState now = state();
  if (now == v1::RUN_STATE_CANCELLING) return Finish(v1::RUN_STATE_CANCELLED, NoChange);
  if (!IsAllowed(now, to)) return absl::OkStatus();
  return Finish(to, [&](v1::Run& run) { *run.mutable_error() = error; });
}

void Run::ReleaseStorage() {
  MutexLock lock(mutex_);
  storage_ = Reservation();
}

void Run::AppendEpoch(const v1::EpochReport& report) {
  v1::RunEvent event;
  *event.mutable_epoch() = report;
  MutexLock lock(mutex_);
  *record_.mutable_latest_epoch() = report;
  diagnoses_.clear();
  progress_.message.Clear();
  log_->Append(std::move(event));
}

void Run::AppendDiagnosis(const v1::Diagnosis& diagnosis) {
  v1::RunEvent event;
  *event.mutable_diagnosis() = diagnosis;
  MutexLock lock(mutex_);
  diagnoses_.push_back(diagnosis.kind());
  log_->Append(std::move(event));
}

std::vector<v1::DiagnosisKind> Run::diagnoses() const {
  MutexLock lock(mutex_);
  return diagnoses_;
}

void Run::AppendCheckpoint(const v1::CheckpointSaved& checkpoint) {
  v1::RunEvent event;
  *event.mutable_checkpoint() = checkpoint;
  MutexLock lock(mutex_);
  *record_.mutable_latest_checkpoint() = checkpoint;
  log_->Append(std::move(event));
}

// ---- Progress -----------------------------------------------------------------------------------

void Run::OnBatch(int64_t epoch, int64_t batch, int64_t batches, double running_loss) {
  if (!progress_wanted_.load(std::memory_order_relaxed)) return;
  progress_wanted_.store(false, std::memory_order_relaxed);
  MutexLock lock(mutex_);
  ++progress_.version;
  progress_.message.set_epoch(epoch);
  progress_.message.set_batch(batch);
  progress_.message.set_batches(batches);
  progress_.message.set_running_loss(running_loss);
}

Run::Progress Run::progress() const {
  MutexLock lock(mutex_);
  // Epochs count from 1: what an epoch's end has cleared is none.
  return progress_.message.epoch() == 0 ? Progress{} : progress_;
}

// ---- Train streams ------------------------------------------------------------------------------

bool Run::Attach() {
  if (!policy_.has_value()) return false;
  MutexLock lock(mutex_);
  ++attached_;
  ++attachments_;
  return true;
}

std::optional<Run::Disconnected> Run::Detach() {
  {
    MutexLock lock(mutex_);
    --attached_;
  }
  return Unattached();
}

std::optional<Run::Disconnected> Run::Unattached() const {
  MutexLock lock(mutex_);
  if (!policy_.has_value() || attached_ > 0 || !policy_->cancel || IsFinal(record_.state())) {
    return std::nullopt;
  }
  return Disconnected{policy_->grace, attachments_};
}

bool Run::AbandonedSince(int64_t ticket) const {
  MutexLock lock(mutex_);
  return attached_ == 0 && attachments_ == ticket;
}

}  // namespace fnn::server
