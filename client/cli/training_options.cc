#include "client/cli/training_options.h"

#include <google/protobuf/descriptor.h>

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "client/cli/class_weights.h"
#include "client/cli/exit_code.h"
#include "client/cli/operator_flag.h"
#include "client/cli/text.h"

namespace fnn::cli {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// The field of that name in an optimiser's message, or null.
const FieldDescriptor* MomentumField(const google::protobuf::Descriptor& optimizer) {
  return optimizer.FindFieldByName("momentum");
}

// The optimisers that take a momentum: `momentum, nesterov or rmsprop`.
std::string OptimizersWithMomentum() {
  std::vector<std::string> names;
  const auto* kind = v1::Optimizer::descriptor()->FindOneofByName("kind");
  for (int i = 0; i < kind->field_count(); ++i) {
    if (MomentumField(*kind->field(i)->message_type()) != nullptr) {
      names.push_back(kind->field(i)->name());
    }
  }
  return JoinWithOr(names);
}

absl::Status SetMomentum(double momentum, v1::Optimizer& optimizer) {
  const auto* kind = v1::Optimizer::descriptor()->FindOneofByName("kind");
  const auto* set = v1::Optimizer::GetReflection()->GetOneofFieldDescriptor(optimizer, kind);
  Message& chosen = *v1::Optimizer::GetReflection()->MutableMessage(&optimizer, set);
  const FieldDescriptor* field = MomentumField(*chosen.GetDescriptor());
  if (field == nullptr) {
    return UsageError(absl::StrCat("--momentum goes with --optimizer ", OptimizersWithMomentum()));
  }
  if (chosen.GetReflection()->HasField(chosen, field)) {
    return UsageError("give the momentum as --momentum or in --optimizer, not both");
  }
  chosen.GetReflection()->SetDouble(&chosen, field, momentum);
  return absl::OkStatus();
}

absl::Status SetOptimizer(const TrainingOptionArgs& args, v1::TrainingOptions& options) {
  if (args.optimizer.empty() && !args.learning_rate.has_value() && !args.momentum.has_value()) {
    return absl::OkStatus();
  }
  v1::Optimizer& optimizer = *options.mutable_optimizer();
  const std::string name = args.optimizer.empty() ? "adam" : args.optimizer;
  absl::Status status = ReadOperator("--optimizer", name, optimizer);
  if (!status.ok()) return status;
  if (args.learning_rate.has_value()) {
    if (optimizer.has_learning_rate()) {
      return UsageError("give the learning rate as --learning-rate or in --optimizer, not both");
    }
    optimizer.set_learning_rate(*args.learning_rate);
  }
  return args.momentum.has_value() ? SetMomentum(*args.momentum, optimizer) : absl::OkStatus();
}

void SetRegularization(const TrainingOptionArgs& args, v1::TrainingOptions& options) {
  if (args.l1.has_value()) options.mutable_regularization()->set_l1(*args.l1);
  if (args.l2.has_value()) options.mutable_regularization()->set_l2(*args.l2);
  if (args.max_norm.has_value()) options.mutable_regularization()->set_max_norm(*args.max_norm);
}

absl::Status SetClipping(const TrainingOptionArgs& args, v1::TrainingOptions& options) {
  if (args.clip_norm.has_value() && args.clip_value.has_value()) {
    return UsageError("give --clip-norm or --clip-value, not both");
  }
  if (args.clip_norm.has_value()) options.mutable_gradient_clipping()->set_norm(*args.clip_norm);
  if (args.clip_value.has_value()) options.mutable_gradient_clipping()->set_value(*args.clip_value);
  return absl::OkStatus();
}

// What ends training before all epochs are done.
absl::Status SetStopping(const TrainingOptionArgs& args, v1::TrainingOptions& options) {
  if (args.target_loss.has_value()) options.set_target_loss(*args.target_loss);
  if (args.early_stopping.has_value()) {
    absl::Status status =
        ReadArguments("--early-stopping", *args.early_stopping, *options.mutable_early_stopping());
    if (!status.ok()) return status;
  }
  if (args.max_duration.has_value()) {
    *options.mutable_max_duration() = ToProto(*args.max_duration);
  }
  return absl::OkStatus();
}

void SetNumbers(const TrainingOptionArgs& args, v1::TrainingOptions& options) {
  if (args.epochs.has_value()) options.set_epochs(*args.epochs);
  if (args.batch_size.has_value()) options.set_batch_size(*args.batch_size);
  if (args.threads.has_value()) options.set_threads(*args.threads);
  if (args.validation_split.has_value()) options.set_validation_fraction(*args.validation_split);
  if (args.no_shuffle) options.set_shuffle(false);
  options.set_seed(args.seed);
}

absl::Status SetHealth(const TrainingOptionArgs& args, v1::TrainingOptions& options) {
  v1::HealthLevel level = v1::HEALTH_LEVEL_UNSPECIFIED;
  if (v1::HealthLevel_Parse(absl::StrCat("HEALTH_LEVEL_", absl::AsciiStrToUpper(args.health)),
                            &level)) {
    options.mutable_health()->set_level(level);
  }
  if (!args.health_thresholds.has_value()) return absl::OkStatus();
  return ReadArguments("--health-thresholds", *args.health_thresholds,
                       *options.mutable_health()->mutable_thresholds());
}

}  // namespace

absl::StatusOr<v1::TrainingOptions> MakeTrainingOptions(const TrainingOptionArgs& args) {
  v1::TrainingOptions options;
  SetNumbers(args, options);
  SetRegularization(args, options);
  absl::Status status = SetOptimizer(args, options);
  if (status.ok()) status = SetClipping(args, options);
  if (status.ok()) status = SetStopping(args, options);
  if (status.ok()) status = SetHealth(args, options);
  if (status.ok() && !args.schedule.empty()) {
    status = ReadOperator("--schedule", args.schedule, *options.mutable_schedule());
  }
  if (status.ok() && !args.class_weights.empty()) {
    status = ReadClassWeights(args.class_weights, *options.mutable_class_weights());
  }
  if (!status.ok()) return status;
  absl::StatusOr<std::vector<v1::Metric>> metrics = ReadMetrics(args.metrics);
  if (!metrics.ok()) return metrics.status();
  for (v1::Metric& metric : *metrics) *options.add_metrics() = std::move(metric);
  return options;
}

}  // namespace fnn::cli
