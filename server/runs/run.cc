#include "server/runs/run.h"

#include <utility>

#include "google/protobuf/util/time_util.h"
#include "server/base/errors.h"
#include "server/runs/run_state.h"

namespace fnn::server {
namespace {

using google::protobuf::util::TimeUtil;

// The reason in the ErrorInfo of `status`.
std::string ReasonOf(const absl::Status& status) {
  const std::optional<std::string> reason = ErrorReason(status);
  return reason.value_or("INTERNAL");
}

}  // namespace

Run::Run(v1::Run record, RunWork work, std::optional<DisconnectPolicy> policy, Reservation storage,
         Publisher* publisher)
    : name_(record.name()),
      model_(record.model()),
      memory_bytes_(record.memory_bytes()),
      spec_(std::move(*record.mutable_spec())),
      log_(std::make_shared<EventLog>(publisher)),
      record_(std::move(record)),
      work_(std::move(work)),
      storage_(std::move(storage)),
      policy_(policy),
      attached_(policy.has_value() ? 1 : 0),
      attachments_(attached_) {
  record_.clear_spec();
  *record_.mutable_create_time() = TimeUtil::GetCurrentTime();
  MutexLock lock(mutex_);
  Enter(v1::RUN_STATE_QUEUED);
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

void Run::Enter(v1::RunState to) {
  v1::RunEvent event;
  event.mutable_state_changed()->set_from(record_.state());
  event.mutable_state_changed()->set_to(to);
  record_.set_state(to);
  log_->Append(std::move(event));
}

void Run::Finish(v1::RunState state) {
  Enter(state);
  *record_.mutable_end_time() = TimeUtil::GetCurrentTime();
  progress_ = {};
  v1::RunEvent event;
  event.mutable_finished()->set_state(state);
  event.mutable_finished()->set_model_version(record_.model_version());
  if (record_.has_error()) *event.mutable_finished()->mutable_error() = record_.error();
  log_->Append(std::move(event));
  // Down to what stays; never more than was reserved.
  const auto kept = log_->size_bytes() + static_cast<int64_t>(spec_.SpaceUsedLong());
  if (kept < storage_.bytes()) storage_.Resize(kept).IgnoreError();
}

std::optional<RunWork> Run::Start() {
  MutexLock lock(mutex_);
  if (!IsAllowed(record_.state(), v1::RUN_STATE_RUNNING)) return std::nullopt;
  *record_.mutable_start_time() = TimeUtil::GetCurrentTime();
  Enter(v1::RUN_STATE_RUNNING);
  return std::exchange(work_, std::nullopt);
}

void Run::Cancel() {
  std::optional<RunWork> dropped;  // Destroyed after the lock is left.
  MutexLock lock(mutex_);
  if (IsAllowed(record_.state(), v1::RUN_STATE_CANCELLED) &&
      record_.state() != v1::RUN_STATE_CANCELLING) {
    dropped = std::exchange(work_, std::nullopt);
    dropped->pin.reset();  // Before the end is seen: then the model may be deleted.
    Finish(v1::RUN_STATE_CANCELLED);
  } else if (IsAllowed(record_.state(), v1::RUN_STATE_CANCELLING)) {
    stop_.store(true, std::memory_order_relaxed);
    Enter(v1::RUN_STATE_CANCELLING);
  }
}

void Run::Complete(absl::FunctionRef<absl::StatusOr<std::string>()> publish) {
  MutexLock lock(mutex_);
  if (record_.state() == v1::RUN_STATE_CANCELLING) {
    Finish(v1::RUN_STATE_CANCELLED);
    return;
  }
  if (!IsAllowed(record_.state(), v1::RUN_STATE_SUCCEEDED)) return;
  absl::StatusOr<std::string> version = publish();
  if (version.ok()) {
    record_.set_model_version(*std::move(version));
    Finish(v1::RUN_STATE_SUCCEEDED);
    return;
  }
  record_.mutable_error()->set_reason(ReasonOf(version.status()));
  record_.mutable_error()->set_message(std::string(version.status().message()));
  record_.mutable_error()->set_epoch(record_.latest_epoch().epoch());
  Finish(v1::RUN_STATE_FAILED);
}

void Run::Abort(v1::RunState state, v1::RunError error) {
  MutexLock lock(mutex_);
  if (record_.state() == v1::RUN_STATE_CANCELLING) {
    Finish(v1::RUN_STATE_CANCELLED);
  } else if (IsAllowed(record_.state(), state)) {
    *record_.mutable_error() = std::move(error);
    Finish(state);
  }
}

void Run::AppendEpoch(const v1::EpochReport& report) {
  v1::RunEvent event;
  *event.mutable_epoch() = report;
  MutexLock lock(mutex_);
  *record_.mutable_latest_epoch() = report;
  progress_.message.Clear();
  log_->Append(std::move(event));
}

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

bool Run::Attach() {
  if (!policy_.has_value()) return false;
  MutexLock lock(mutex_);
  ++attached_;
  ++attachments_;
  return true;
}

std::optional<Run::Disconnected> Run::Detach() {
  MutexLock lock(mutex_);
  --attached_;
  if (attached_ > 0 || !policy_->cancel || IsFinal(record_.state())) return std::nullopt;
  return Disconnected{policy_->grace, attachments_};
}

bool Run::AbandonedSince(int64_t ticket) const {
  MutexLock lock(mutex_);
  return attached_ == 0 && attachments_ == ticket;
}

}  // namespace fnn::server
