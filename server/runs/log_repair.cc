#include "server/runs/log_repair.h"

#include <algorithm>
#include <deque>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/timestamp.h"
#include "server/runs/run_state.h"
#include "server/storage/file_header.h"

namespace fnn::server {
namespace {

constexpr int64_t kRecordsAtOnce = 1024;
constexpr int64_t kBytesAtOnce = int64_t{1} << 20;

void Note(const v1::RunEvent& event, LoggedRun& run) {
  switch (event.kind_case()) {
    case v1::RunEvent::kStateChanged:
      run.state = event.state_changed().to();
      if (run.state == v1::RUN_STATE_RUNNING && !run.start_time.has_value()) {
        run.start_time = event.time();
      }
      break;
    case v1::RunEvent::kEpoch:
      run.epoch = event.epoch();
      run.diagnoses.clear();
      break;
    case v1::RunEvent::kDiagnosis:
      run.diagnoses.push_back(event.diagnosis().kind());
      break;
    case v1::RunEvent::kCheckpoint:
      run.checkpoint = event.checkpoint();
      break;
    case v1::RunEvent::kFinished:
      run.finished = true;
      break;
    case v1::RunEvent::KIND_NOT_SET:
      break;
  }
}

absl::Status Append(RecordLog& log, v1::RunEvent event) {
  event.set_sequence(log.size() + log.unsynced() + 1);
  *event.mutable_time() = CurrentTimestamp();
  return log.Append(event.SerializeAsString());
}

}  // namespace

absl::StatusOr<LoggedRun> ReadLog(const RecordLog& log) {
  LoggedRun run;
  for (int64_t read = 0; read < log.size();) {
    absl::StatusOr<std::vector<std::string>> records =
        log.ReadRange(read, kRecordsAtOnce, kBytesAtOnce);
    if (!records.ok()) return records.status();
    for (const std::string& record : *records) {
      v1::RunEvent event;
      if (!event.ParseFromString(record) || event.sequence() != ++read) {
        return FileDamaged(FileDamage::kCorrupt, "a run's log", "it holds no events of a run");
      }
      Note(event, run);
    }
  }
  return run;
}

std::vector<v1::RunState> Route(v1::RunState from, v1::RunState to) {
  if (from == to) return {};
  std::map<v1::RunState, v1::RunState> before = {{from, from}};
  std::deque<v1::RunState> next = {from};
  while (!next.empty() && !before.contains(to)) {
    const v1::RunState state = next.front();
    next.pop_front();
    for (int i = v1::RunState_MIN; i <= v1::RunState_MAX; ++i) {
      const auto candidate = static_cast<v1::RunState>(i);
      if (IsAllowed(state, candidate) && before.emplace(candidate, state).second) {
        next.push_back(candidate);
      }
    }
  }
  std::vector<v1::RunState> route;
  if (!before.contains(to)) return route;
  for (v1::RunState state = to; state != from; state = before.at(state)) route.push_back(state);
  std::reverse(route.begin(), route.end());
  return route;
}

std::vector<v1::RunEvent> RouteEvents(v1::RunState from, v1::RunState to) {
  std::vector<v1::RunEvent> events;
  for (const v1::RunState state : Route(from, to)) {
    v1::StateChanged& change = *events.emplace_back().mutable_state_changed();
    change.set_from(from);
    change.set_to(state);
    from = state;
  }
  return events;
}

absl::StatusOr<std::unique_ptr<RecordLog>> OpenEndedLog(const EventLog::Opener& open,
                                                        const v1::Run& ended) {
  absl::StatusOr<std::unique_ptr<RecordLog>> log = open();
  if (!log.ok() || (*log)->size() == ended.last_sequence()) return log;
  absl::StatusOr<LoggedRun> logged = ReadLog(**log);
  if (!logged.ok()) return logged.status();
  if (!logged->finished) {
    std::vector<v1::RunEvent> events = RouteEvents(logged->state, ended.state());
    v1::RunFinished& finished = *events.emplace_back().mutable_finished();
    finished.set_state(ended.state());
    finished.set_model_version(ended.model_version());
    if (ended.has_error()) *finished.mutable_error() = ended.error();
    for (v1::RunEvent& event : events) {
      if (absl::Status status = Append(**log, std::move(event)); !status.ok()) return status;
    }
    if (absl::Status status = (*log)->Sync(); !status.ok()) return status;
  }
  if ((*log)->size() != ended.last_sequence()) {
    return FileDamaged(
        FileDamage::kTruncated, absl::StrCat("the log of ", ended.name()),
        absl::StrCat("it has ", (*log)->size(), " events instead of ", ended.last_sequence()));
  }
  return log;
}

absl::StatusOr<RunPins> PinAgain(const storage::v1::RunRecord& record, const Store& store) {
  RunPins pins;
  absl::StatusOr<PinnedModel> model = store.models->Pin(record.run().model());
  if (!model.ok()) return model.status();
  pins.model = std::move(model->pin);
  const v1::RunSpec& spec = record.requested();
  if (!spec.initial_version().empty()) {
    absl::StatusOr<ModelReference> reference =
        ParseModelReference(spec.initial_version(), core::FieldPath("initial_version"));
    if (!reference.ok()) return reference.status();
    absl::StatusOr<PinnedVersion> version = store.models->PinVersion(*reference);
    if (!version.ok()) return version.status();
    pins.sources.push_back(std::move(version->pin));
  }
  for (const v1::DataSource* source : {&spec.data(), &spec.options().validation_data()}) {
    if (!source->has_dataset()) continue;
    absl::StatusOr<PinnedDataset> dataset = store.datasets->Pin(source->dataset());
    if (!dataset.ok()) return dataset.status();
    pins.sources.push_back(std::move(dataset->pin));
  }
  return pins;
}

}  // namespace fnn::server
