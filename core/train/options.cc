#include "core/train/options.h"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "core/base/saturating.h"
#include "core/plan/arguments.h"
#include "core/train/health_options.h"

namespace fnn::core {
namespace {

constexpr int64_t kDefaultEpochs = 10;
constexpr int64_t kMostEpochs = 1'000'000'000;
constexpr int64_t kDefaultBatchSize = 32;
constexpr Argument kLearningRate{
    .name = "learning_rate", .default_value = 0, .min = 0, .min_excluded = true};
constexpr Argument kL2{.name = "l2", .default_value = 0, .min = 0};
constexpr Argument kL1{.name = "l1", .default_value = 0, .min = 0};
constexpr Argument kMaxNorm{.name = "max_norm", .default_value = 0, .min = 0, .min_excluded = true};
constexpr Argument kClipping{.name = "", .default_value = 0, .min = 0, .min_excluded = true};
constexpr Argument kPatience{.name = "patience", .default_value = 10, .min = 1, .max = kMostEpochs};
constexpr Argument kMinDelta{.name = "min_delta", .default_value = 0, .min = 0};
constexpr Argument kTargetLoss{.name = "target_loss", .default_value = 0};
constexpr Argument kValidationFraction{.name = "validation_fraction",
                                       .default_value = 0,
                                       .min = 0,
                                       .max = 1,
                                       .min_excluded = true,
                                       .max_excluded = true};

void CheckRange(const Argument& argument, double value, const FieldPath& path,
                Violations& violations) {
  const std::string fault = RangeFault(argument, value);
  if (!fault.empty()) violations.Add(path / argument.name, "OUT_OF_RANGE", fault);
}

void ResolveOptimizer(v1::Optimizer& optimizer, const FieldPath& path, ResolvedOptions& out,
                      Violations& violations) {
  const auto resolved =
      ResolveOp<OptimizerOp>(Optimizers(), optimizer, "an optimizer", path, violations);
  out.step.optimizer = resolved.op;
  out.step.optimizer_arguments = resolved.arguments;
  if (resolved.op != nullptr) {
    const absl::string_view fault = resolved.op->fault(resolved.arguments);
    if (!fault.empty()) violations.Add(path / resolved.op->name, "OUT_OF_RANGE", fault);
    if (!optimizer.has_learning_rate()) optimizer.set_learning_rate(resolved.op->learning_rate);
  }
  out.learning_rate = optimizer.learning_rate();
  if (optimizer.has_learning_rate()) CheckRange(kLearningRate, out.learning_rate, path, violations);
}

void ResolveRegularization(const v1::Regularization& regularization, const FieldPath& path,
                           StepOptions& out, Violations& violations) {
  out.l2 = regularization.l2();
  CheckRange(kL2, out.l2, path, violations);
  out.l1 = regularization.l1();
  CheckRange(kL1, out.l1, path, violations);
  if (!regularization.has_max_norm()) return;
  out.max_norm = regularization.max_norm();
  CheckRange(kMaxNorm, out.max_norm, path, violations);
}

void ResolveClipping(const v1::GradientClipping& clipping, const FieldPath& path, StepOptions& out,
                     Violations& violations) {
  const auto* kind = ChosenKind(clipping);
  if (kind == nullptr) {
    violations.Add(path, "REQUIRED", absl::StrCat("must choose ", KindNames(clipping)));
    return;
  }
  double& limit = clipping.has_norm() ? out.clip_norm : out.clip_value;
  limit = clipping.has_norm() ? clipping.norm() : clipping.value();
  const std::string fault = RangeFault(kClipping, limit);
  if (!fault.empty()) violations.Add(path / kind->name(), "OUT_OF_RANGE", fault);
}

void ResolveEarlyStopping(v1::EarlyStopping& early, const std::vector<Resolved<MetricOp>>& metrics,
                          const FieldPath& path, StoppingOptions& out, Violations& violations) {
  out.early = true;
  if (!early.has_patience()) early.set_patience(static_cast<int64_t>(kPatience.default_value));
  out.patience = early.patience();
  CheckRange(kPatience, static_cast<double>(out.patience), path, violations);
  out.min_delta = early.min_delta();
  CheckRange(kMinDelta, out.min_delta, path, violations);
  out.restore_best = early.restore_best();
  if (!early.has_metric()) return;
  const MetricOp* op = ResolveOp<MetricOp>(Metrics(), *early.mutable_metric(), "a metric",
                                           path / "metric", violations)
                           .op;
  if (op == nullptr) return;
  const auto place = std::find_if(metrics.begin(), metrics.end(),
                                  [op](const auto& metric) { return metric.op == op; });
  if (place == metrics.end()) {
    violations.Add(path / "metric" / op->name, "NOT_MEASURED", "must be among the metrics");
    return;
  }
  out.metric = static_cast<int>(place - metrics.begin());
  out.more_is_better = op->more_is_better;
}

// Names what goes with no optimiser that searches along a line: the loss it sees must be smooth and
// the same throughout, and the steps its own.
void CheckWholeBatch(const v1::TrainingOptions& message, int64_t training_rows,
                     const FieldPath& path, const ResolvedOptions& out, Violations& violations) {
  const absl::string_view name = out.step.optimizer->name;
  const auto refuse = [&](const FieldPath& at, absl::string_view why) {
    violations.Add(at, "NOT_WITH_OPTIMIZER", absl::StrCat("does not go with ", name, ": ", why));
  };
  if (out.step.batch_size != training_rows) {
    violations.Add(path / "batch_size", "NOT_WHOLE_BATCH",
                   absl::StrCat("must be the number of training rows, ", training_rows, ", with ",
                                name, ", not ", out.step.batch_size));
  }
  const FieldPath regularization = path / "regularization";
  if (out.step.l1 != 0) refuse(regularization / "l1", "its line search takes a smooth loss");
  if (message.regularization().has_max_norm()) {
    refuse(regularization / "max_norm", "it would undo steps that the next ones learn from");
  }
  if (message.has_gradient_clipping()) {
    refuse(path / "gradient_clipping", "its line search takes the loss's own gradient");
  }
  if (out.schedule.op != nullptr && out.schedule.op->name != "constant") {
    refuse(path / "schedule" / out.schedule.op->name, "its line search finds the size of a step");
  }
  if (out.schedule.warm_up) {
    refuse(path / "schedule" / "warm_up", "its line search finds the size of a step");
  }
}

void ResolveDuration(const google::protobuf::Duration& duration, const FieldPath& path,
                     StoppingOptions& out, Violations& violations) {
  constexpr int64_t kMostSeconds = int64_t{100} * 366 * 86400;
  if (duration.seconds() < 0 || duration.seconds() > kMostSeconds || duration.nanos() < 0 ||
      duration.nanos() > 999'999'999 || duration.seconds() + duration.nanos() == 0) {
    violations.Add(path, "OUT_OF_RANGE", "must be > 0 and at most a hundred years");
    return;
  }
  out.max_duration =
      std::chrono::seconds(duration.seconds()) + std::chrono::nanoseconds(duration.nanos());
}

}  // namespace

void ResolveSchedule(v1::Schedule& schedule, int64_t length, const FieldPath& path,
                     ScheduleOptions& out, Violations& violations) {
  if (ChosenKind(schedule) == nullptr) schedule.mutable_constant();
  if (schedule.has_polynomial() && !schedule.polynomial().has_total()) {
    schedule.mutable_polynomial()->set_total(length);
  }
  if (schedule.has_cosine() && !schedule.cosine().has_period()) {
    schedule.mutable_cosine()->set_period(length);
  }
  const auto resolved =
      ResolveOp<ScheduleOp>(Schedules(), schedule, "a schedule", path, violations);
  out.op = resolved.op;
  out.arguments = resolved.arguments;
  out.per_step = schedule.per_step();
  out.warm_up = schedule.has_warm_up();
  if (!out.warm_up) return;
  out.warm_up_arguments = ResolveArguments(WarmUp().arguments, *schedule.mutable_warm_up(),
                                           path / "warm_up", violations);
}

std::vector<Resolved<MetricOp>> ResolveMetrics(
    google::protobuf::RepeatedPtrField<v1::Metric>& metrics, bool classes, const FieldPath& path,
    Violations& violations) {
  if (metrics.empty()) ChooseKind(*metrics.Add(), classes ? "accuracy" : "mean_squared_error");
  std::vector<Resolved<MetricOp>> out;
  for (int i = 0; i < metrics.size(); ++i) {
    const auto metric = ResolveOp<MetricOp>(Metrics(), metrics[i], "a metric", path[i], violations);
    const MetricOp* op = metric.op;
    if (op == nullptr) continue;
    if (op->needs_classes && !classes) {
      violations.Add(path[i] / op->name, "NOT_CLASSES",
                     "is defined only where the targets are classes");
    }
    if (std::any_of(out.begin(), out.end(), [op](const auto& m) { return m.op == op; })) {
      violations.Add(path[i] / op->name, "DUPLICATE", "is asked for twice");
    }
    out.push_back(metric);
  }
  return out;
}

absl::StatusOr<ResolvedOptions> ResolveOptions(const v1::TrainingOptions& options, int64_t rows,
                                               bool classes, const FieldPath& path,
                                               int64_t max_threads) {
  ResolvedOptions out;
  out.message = options;
  v1::TrainingOptions& message = out.message;
  Violations violations;

  if (!message.has_optimizer()) message.mutable_optimizer()->mutable_adam();
  ResolveOptimizer(*message.mutable_optimizer(), path / "optimizer", out, violations);

  if (!message.has_epochs()) message.set_epochs(kDefaultEpochs);
  out.epochs = message.epochs();
  if (out.epochs < 1 || out.epochs > kMostEpochs) {
    violations.Add(path / "epochs", "OUT_OF_RANGE",
                   absl::StrCat("must be 1 to ", kMostEpochs, ", not ", out.epochs));
  }

  if (message.has_validation_fraction()) {
    const double fraction = message.validation_fraction();
    CheckRange(kValidationFraction, fraction, path, violations);
    if (rows < 2) {
      violations.Add(path / "validation_fraction", "TOO_FEW_ROWS",
                     "there is only one row, and none is left to validate on");
    } else if (fraction > 0 && fraction < 1) {
      out.validation_rows =
          std::clamp<int64_t>(std::llround(fraction * static_cast<double>(rows)), 1, rows - 1);
    }
  }

  const int64_t training_rows = rows - out.validation_rows;
  const bool whole_batch = out.step.optimizer != nullptr && out.step.optimizer->whole_batch;
  if (!message.has_batch_size()) {
    message.set_batch_size(whole_batch ? training_rows
                                       : std::min(kDefaultBatchSize, training_rows));
  }
  out.step.batch_size = message.batch_size();
  if (!whole_batch && (out.step.batch_size < 1 || out.step.batch_size > training_rows)) {
    violations.Add(path / "batch_size", "OUT_OF_RANGE",
                   absl::StrCat("must be 1 to the number of training rows, ", training_rows,
                                ", not ", out.step.batch_size));
  }

  if (!message.has_shuffle()) message.set_shuffle(true);
  out.shuffle = message.shuffle();
  out.seed = message.seed();
  ResolveRegularization(message.regularization(), path / "regularization", out.step, violations);
  if (message.has_gradient_clipping()) {
    ResolveClipping(message.gradient_clipping(), path / "gradient_clipping", out.step, violations);
  }
  if (message.has_schedule()) {
    const int64_t batch = std::max<int64_t>(out.step.batch_size, 1);
    const int64_t steps = (std::max<int64_t>(training_rows, 1) - 1) / batch + 1;
    const SaturatingSize length = SaturatingSize(std::max<int64_t>(out.epochs, 1)) *
                                  (message.schedule().per_step() ? steps : 1);
    ResolveSchedule(*message.mutable_schedule(), length.value(), path / "schedule", out.schedule,
                    violations);
  }
  if (whole_batch) CheckWholeBatch(message, training_rows, path, out, violations);
  out.metrics = ResolveMetrics(*message.mutable_metrics(), classes, path / "metrics", violations);

  if (message.has_early_stopping()) {
    ResolveEarlyStopping(*message.mutable_early_stopping(), out.metrics, path / "early_stopping",
                         out.stopping, violations);
    out.step.keeps = out.stopping.restore_best;
  }
  if (message.has_target_loss()) {
    CheckRange(kTargetLoss, message.target_loss(), path, violations);
    out.stopping.target_loss = message.target_loss();
  }
  if (message.has_max_duration()) {
    ResolveDuration(message.max_duration(), path / "max_duration", out.stopping, violations);
  }

  out.step.health = ResolveHealth(*message.mutable_health(), path / "health", violations);

  // What the default comes to depends on the machine, so it is not filled in.
  out.threads = message.threads();
  if (message.has_threads() && (out.threads < 1 || out.threads > max_threads)) {
    violations.Add(path / "threads", "OUT_OF_RANGE",
                   absl::StrCat("must be 1 to the threads that trainings share here, ", max_threads,
                                ", not ", out.threads));
  }
  if (!violations.empty()) return violations.ToStatus();
  return out;
}

}  // namespace fnn::core
