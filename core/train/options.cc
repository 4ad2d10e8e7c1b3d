#include "core/train/options.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "core/plan/arguments.h"

namespace fnn::core {
namespace {

constexpr int64_t kDefaultEpochs = 10;
constexpr int64_t kMostEpochs = 1'000'000'000;
constexpr int64_t kDefaultBatchSize = 32;
constexpr Argument kLearningRate{
    .name = "learning_rate", .default_value = 0, .min = 0, .min_excluded = true};
constexpr Argument kL2{.name = "l2", .default_value = 0, .min = 0};
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

}  // namespace

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
  if (!message.has_batch_size()) message.set_batch_size(std::min(kDefaultBatchSize, training_rows));
  out.step.batch_size = message.batch_size();
  if (out.step.batch_size < 1 || out.step.batch_size > training_rows) {
    violations.Add(path / "batch_size", "OUT_OF_RANGE",
                   absl::StrCat("must be 1 to the number of training rows, ", training_rows,
                                ", not ", out.step.batch_size));
  }

  if (!message.has_shuffle()) message.set_shuffle(true);
  out.shuffle = message.shuffle();
  out.seed = message.seed();
  out.step.l2 = message.regularization().l2();
  CheckRange(kL2, out.step.l2, path / "regularization", violations);
  out.metrics = ResolveMetrics(*message.mutable_metrics(), classes, path / "metrics", violations);

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
