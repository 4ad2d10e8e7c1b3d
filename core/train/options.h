// Training options, resolved: every default filled in, every range checked.

#ifndef FNN_CORE_TRAIN_OPTIONS_H_
#define FNN_CORE_TRAIN_OPTIONS_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "core/base/errors.h"
#include "core/ops/schedules/schedule.h"
#include "core/ops/step_options.h"
#include "core/ops/table.h"
#include "core/plan/arguments.h"
#include "core/plan/plan.h"
#include "core/train/stopping.h"
#include "fnn/v1/training.pb.h"

namespace fnn::core {

struct ResolvedOptions {
  v1::TrainingOptions message;  // With the defaults filled in.
  StepOptions step;
  double learning_rate = 0;
  ScheduleOptions schedule;
  StoppingOptions stopping;
  int64_t epochs = 0;
  bool shuffle = true;
  uint64_t seed = 0;
  int64_t validation_rows = 0;  // Held out of the data's rows by validation_fraction.
  std::vector<Resolved<MetricOp>> metrics;
  int64_t threads = 0;  // The most that may be used; 0: as many as the network profits from.
};

// `rows` are those of the training data before any are held out; `classes` says whether the targets
// are classes; `max_threads` is the most that may be asked for. INVALID_ARGUMENT under `path` names
// every fault.
absl::StatusOr<ResolvedOptions> ResolveOptions(const v1::TrainingOptions& options, int64_t rows,
                                               bool classes, const FieldPath& path,
                                               int64_t max_threads = 1);

// The metrics asked for, or the default where there are none; faults go to `violations`. `metrics`
// gets the default written into it.
std::vector<Resolved<MetricOp>> ResolveMetrics(
    google::protobuf::RepeatedPtrField<v1::Metric>& metrics, bool classes, const FieldPath& path,
    Violations& violations);

// The schedule that is asked for, into `out`; faults go to `violations`. `schedule` gets its
// defaults written into it, some of which are `length`: that of the training in the schedule's
// unit.
void ResolveSchedule(v1::Schedule& schedule, int64_t length, const FieldPath& path,
                     ScheduleOptions& out, Violations& violations);

}  // namespace fnn::core

#endif  // FNN_CORE_TRAIN_OPTIONS_H_
