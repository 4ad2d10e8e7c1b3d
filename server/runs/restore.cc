// What the run manager does with the runs of the server before.

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/errors.h"
#include "server/base/log.h"
#include "server/base/timestamp.h"
#include "server/runs/log_repair.h"
#include "server/runs/run_manager.h"
#include "server/runs/run_state.h"

namespace fnn::server {
namespace {

// A client whose server was away is given as long as one that asked for nothing.
constexpr absl::Duration kLeastGrace = absl::Seconds(30);

// The state in which a run goes on that a server left in `state`.
v1::RunState StateAfterRestart(v1::RunState state) {
  return state == v1::RUN_STATE_PAUSING ? v1::RUN_STATE_PAUSED : state;
}

}  // namespace

absl::Status RunManager::Restore() {
  absl::StatusOr<std::vector<storage::v1::RunRecord>> records = keeper_->Load();
  if (!records.ok()) return records.status();
  int64_t unfinished = 0;
  for (storage::v1::RunRecord& record : *records) {
    const int64_t age = record.age();
    const bool ended = IsFinal(record.run().state());
    const std::shared_ptr<Run> run =
        ended ? RestoreEnded(std::move(record)) : RestoreUnfinished(std::move(record));
    if (!ended) ++unfinished;
    MutexLock lock(mutex_);
    next_age_ = std::max(next_age_, age + 1);
    runs_.emplace(run->name(), run);
    if (IsFinal(run->state())) finished_.Add(run);
    if (run->state() == v1::RUN_STATE_QUEUED) queue_.Add(run);
  }
  for (const std::shared_ptr<Run>& run : All()) {
    if (const std::optional<Run::Disconnected> gone = run->Unattached(); gone.has_value()) {
      CancelAfterGrace(run, *gone, kLeastGrace);
    }
  }
  if (!records->empty()) {
    LogInfo(absl::StrCat(records->size(), " runs are known, ", unfinished, " of them go on"));
  }
  Sweep();
  return absl::OkStatus();
}

std::shared_ptr<Run> RunManager::RestoreEnded(storage::v1::RunRecord record) {
  Run::Origin origin;
  const v1::Run& run = record.run();
  keeper_->RemoveWork(run.uid());
  // The end is in the catalogue before it is in the log; all else was in the log before.
  const int64_t known = std::max<int64_t>(run.last_sequence() - 2, 0);
  origin.log = std::make_shared<EventLog>(
      publisher_,
      [open = keeper_->LogOpener(run.uid(), known), ended = run] {
        return OpenEndedLog(open, ended);
      },
      run.last_sequence());
  if (run.has_latest_epoch()) origin.latest_epoch = run.latest_epoch();
  if (run.has_latest_checkpoint()) origin.latest_checkpoint = run.latest_checkpoint();
  origin.record = std::move(record);
  return std::make_shared<Run>(std::move(origin), std::nullopt, false, Reservation(), keeper_);
}

std::shared_ptr<Run> RunManager::RestoreUnfinished(storage::v1::RunRecord record) {
  v1::Run& run = *record.mutable_run();
  absl::StatusOr<std::unique_ptr<RecordLog>> file = keeper_->LogOpener(run.uid())();
  if (!file.ok()) return RestoreDamaged(std::move(record), file.status());
  absl::StatusOr<LoggedRun> logged = ReadLog(**file);
  if (!logged.ok()) return RestoreDamaged(std::move(record), logged.status());

  absl::StatusOr<RunPins> pins = PinAgain(record, store_);
  if (!pins.ok()) return RestoreDamaged(std::move(record), pins.status());

  const v1::RunState state = StateAfterRestart(run.state());
  run.set_state(state);
  if (logged->start_time.has_value()) *run.mutable_start_time() = *logged->start_time;
  Run::Origin origin{.record = std::move(record),
                     .log = std::make_shared<EventLog>(publisher_, *std::move(file)),
                     .latest_epoch = std::move(logged->epoch),
                     .latest_checkpoint = std::move(logged->checkpoint),
                     .diagnoses = std::move(logged->diagnoses)};
  for (v1::RunEvent& event : RouteEvents(logged->state, state))
    origin.log->Append(std::move(event));
  auto restored = std::make_shared<Run>(std::move(origin), RunWork{.pins = *std::move(pins)}, false,
                                        Reservation(), keeper_);
  if (state == v1::RUN_STATE_CANCELLING) {
    if (absl::Status end = restored->Abort(v1::RUN_STATE_CANCELLED, {}); !end.ok()) {
      LogWarning(absl::StrCat(restored->name(), " can't be ended yet: ", end.message()));
    }
  }
  return restored;
}

// A run that can't go on, because a file of its own is damaged or what it needs is gone. What its
// log still says of it stays readable where it is sound.
std::shared_ptr<Run> RunManager::RestoreDamaged(storage::v1::RunRecord record,
                                                const absl::Status& damage) {
  v1::Run& run = *record.mutable_run();
  LogError(absl::StrCat(run.name(), " can't be continued: ", damage.message()));
  run.set_state(v1::RUN_STATE_FAILED);
  run.mutable_error()->set_reason(ErrorReason(damage).value_or("INTERNAL"));
  run.mutable_error()->set_message(std::string(damage.message()));
  *run.mutable_end_time() = CurrentTimestamp();
  absl::StatusOr<std::unique_ptr<RecordLog>> file = keeper_->LogOpener(run.uid())();
  int64_t route = 0;
  if (file.ok()) {
    if (absl::StatusOr<LoggedRun> logged = ReadLog(**file); logged.ok()) {
      route = static_cast<int64_t>(Route(logged->state, v1::RUN_STATE_FAILED).size());
      if (logged->epoch.has_value()) *run.mutable_latest_epoch() = *logged->epoch;
    }
    run.set_last_sequence((*file)->size() + route + 1);
  }
  CatalogueBatch batch;
  RunKeeper::Put(record, batch);
  if (const absl::Status status = keeper_->Commit(batch); !status.ok()) {
    LogWarning(absl::StrCat(run.name(), ": its end can't be kept: ", status.message()));
  }
  return RestoreEnded(std::move(record));
}

}  // namespace fnn::server
