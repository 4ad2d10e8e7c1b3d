#include "client/cli/training_args.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "client/cli/describe.h"
#include "client/cli/exit_code.h"
#include "client/cli/text.h"

namespace fnn::cli {
namespace {

absl::Status SetTarget(Context& context, const TrainingArgs& args, v1::RunSpec& spec) {
  const bool has_network = !args.network.layers.empty() || !args.network.file.empty();
  if (has_network == !args.model.empty()) {
    return UsageError("give what to train as --layers, --network or --model, one of the three");
  }
  if (!has_network) {
    if (!args.model_id.empty() || !args.network.loss.empty() || !args.network.class_names.empty()) {
      return UsageError(
          "--model names a model that exists: --model-id, --loss and --class-names go with "
          "--layers or --network");
    }
    spec.set_model(ResourceName("models", args.model));
    return absl::OkStatus();
  }
  absl::StatusOr<v1::Network> network = MakeNetwork(context.env, args.network);
  if (!network.ok()) return network.status();
  *spec.mutable_network() = *std::move(network);
  return absl::OkStatus();
}

// The field of that name in an optimiser's message, or null.
const google::protobuf::FieldDescriptor* MomentumField(
    const google::protobuf::FieldDescriptor& optimizer) {
  return optimizer.message_type()->FindFieldByName("momentum");
}

// The optimisers that take a momentum: `momentum, nesterov or rmsprop`.
std::string OptimizersWithMomentum() {
  std::vector<std::string> names;
  for (const std::string& name : OptimizerNames()) {
    if (MomentumField(*v1::Optimizer::descriptor()->FindFieldByName(name)) != nullptr) {
      names.push_back(name);
    }
  }
  return JoinWithOr(names);
}

absl::Status SetOptimizer(const TrainingArgs& args, v1::TrainingOptions& options) {
  if (args.optimizer.empty() && !args.learning_rate.has_value() && !args.momentum.has_value()) {
    return absl::OkStatus();
  }
  v1::Optimizer& optimizer = *options.mutable_optimizer();
  if (args.learning_rate.has_value()) optimizer.set_learning_rate(*args.learning_rate);
  const auto* field = v1::Optimizer::descriptor()->FindFieldByName(
      args.optimizer.empty() ? std::string("adam") : args.optimizer);
  google::protobuf::Message& chosen = *optimizer.GetReflection()->MutableMessage(&optimizer, field);
  if (!args.momentum.has_value()) return absl::OkStatus();
  const auto* momentum = MomentumField(*field);
  if (momentum == nullptr) {
    return UsageError(absl::StrCat("--momentum goes with --optimizer ", OptimizersWithMomentum()));
  }
  chosen.GetReflection()->SetDouble(&chosen, momentum, *args.momentum);
  return absl::OkStatus();
}

absl::Status SetClassWeights(const std::vector<std::string>& texts, v1::ClassWeights& out) {
  if (texts.size() == 1 && texts[0] == "balanced") {
    out.set_balanced(true);
    return absl::OkStatus();
  }
  for (const std::string& text : texts) {
    const size_t end = text.rfind('=');
    double weight = 0;
    if (end == std::string::npos || !absl::SimpleAtod(text.substr(end + 1), &weight)) {
      return UsageError(
          absl::StrCat("--class-weight takes CLASS=WEIGHT, as often as needed, or "
                       "balanced alone, not '",
                       text, "'"));
    }
    const std::string name = text.substr(0, end);
    if (!out.mutable_weights()->insert({name, weight}).second) {
      return UsageError(absl::StrCat("--class-weight names the class '", name, "' twice"));
    }
  }
  return absl::OkStatus();
}

absl::Status SetOptions(const TrainingArgs& args, v1::TrainingOptions& options) {
  if (absl::Status status = SetOptimizer(args, options); !status.ok()) return status;
  if (args.epochs.has_value()) options.set_epochs(*args.epochs);
  if (args.batch_size.has_value()) options.set_batch_size(*args.batch_size);
  if (args.threads.has_value()) options.set_threads(*args.threads);
  if (args.no_shuffle) options.set_shuffle(false);
  options.set_seed(args.seed);
  if (args.l2.has_value()) options.mutable_regularization()->set_l2(*args.l2);
  if (!args.class_weights.empty()) {
    const absl::Status status =
        SetClassWeights(args.class_weights, *options.mutable_class_weights());
    if (!status.ok()) return status;
  }
  if (args.validation_split.has_value()) {
    if (!args.validation_data.empty()) {
      return UsageError("give --validation-split or --validation-data, not both");
    }
    options.set_validation_fraction(*args.validation_split);
  }
  for (v1::Metric& metric : MakeMetrics(args.metrics)) *options.add_metrics() = std::move(metric);
  return absl::OkStatus();
}

absl::Status SetData(Context& context, const DatasetArgs& data, const BindingArgs& binding,
                     v1::DataSource& source) {
  absl::StatusOr<std::string> dataset = ResolveDataset(context, data);
  if (!dataset.ok()) return dataset.status();
  source.set_dataset(*std::move(dataset));
  *source.mutable_binding() = MakeBinding(binding);
  return absl::OkStatus();
}

}  // namespace

const std::vector<std::string>& OptimizerNames() {
  static const auto* const kNames = new std::vector<std::string>(KindNames(v1::Optimizer()));
  return *kNames;
}

std::string JoinWithOr(const std::vector<std::string>& names) {
  std::string out = names.front();
  for (size_t i = 1; i < names.size(); ++i) {
    absl::StrAppend(&out, i + 1 == names.size() ? " or " : ", ", names[i]);
  }
  return out;
}

const std::vector<std::string>& MetricNames() {
  static const auto* const kNames = new std::vector<std::string>(KindNames(v1::Metric()));
  return *kNames;
}

std::vector<v1::Metric> MakeMetrics(const std::vector<std::string>& names) {
  std::vector<v1::Metric> metrics;
  for (const std::string& name : names) SetKind(metrics.emplace_back(), name);
  return metrics;
}

absl::StatusOr<v1::CreateRunRequest> MakeRunRequest(Context& context, const TrainingArgs& args) {
  v1::CreateRunRequest request;
  request.set_run_id(args.run_id);
  request.set_model_id(args.model_id);
  v1::RunSpec& spec = *request.mutable_spec();
  if (absl::Status status = SetTarget(context, args, spec); !status.ok()) return status;
  v1::TrainingOptions& options = *spec.mutable_options();
  if (absl::Status status = SetOptions(args, options); !status.ok()) return status;

  absl::Status status = SetData(context, args.data, args.binding, *spec.mutable_data());
  if (!status.ok()) return status;
  if (!args.validation_data.empty()) {
    DatasetArgs validation = args.data;
    validation.data = args.validation_data;
    validation.dataset_id.clear();
    status = SetData(context, validation, args.binding, *options.mutable_validation_data());
    if (!status.ok()) return status;
  }
  return request;
}

}  // namespace fnn::cli
