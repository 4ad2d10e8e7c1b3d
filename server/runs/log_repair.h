// What a run's log says of it, and adding what a server that died had no time to add.
//
// The catalogue is committed before the log, so a log may lack the newest changes of state; it
// never has one that the catalogue does not know, but RUNNING, which only the log has.

#ifndef FNN_SERVER_RUNS_LOG_REPAIR_H_
#define FNN_SERVER_RUNS_LOG_REPAIR_H_

#include <memory>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "fnn/storage/v1/run_record.pb.h"
#include "fnn/v1/training.pb.h"
#include "server/runs/event_log.h"
#include "server/runs/prepare.h"
#include "server/storage/record_log.h"
#include "server/store/store.h"

namespace fnn::server {

// What a log says.
struct LoggedRun {
  v1::RunState state = v1::RUN_STATE_UNSPECIFIED;  // The newest.
  std::optional<google::protobuf::Timestamp> start_time;
  std::optional<v1::EpochReport> epoch;           // The newest.
  std::vector<v1::DiagnosisKind> diagnoses;       // After it.
  std::optional<v1::CheckpointSaved> checkpoint;  // The newest.
  bool finished = false;
};

// Goes through all of `log`. DATA_LOSS where a record is no event in its place; errors of the disk.
absl::StatusOr<LoggedRun> ReadLog(const RecordLog& log);

// The states on the shortest way that is allowed from `from` to `to`, without `from`; empty where
// they are the same.
std::vector<v1::RunState> Route(v1::RunState from, v1::RunState to);

// The events of that way.
std::vector<v1::RunEvent> RouteEvents(v1::RunState from, v1::RunState to);

// The log of a run that has ended as `ended` says, with its end added where it lacks that.
absl::StatusOr<std::unique_ptr<RecordLog>> OpenEndedLog(const EventLog::Opener& open,
                                                        const v1::Run& ended);

// What an unfinished run held in the stores. NOT_FOUND where something is gone.
absl::StatusOr<RunPins> PinAgain(const storage::v1::RunRecord& record, const Store& store);

}  // namespace fnn::server

#endif  // FNN_SERVER_RUNS_LOG_REPAIR_H_
