#include "client/cli/training_args.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "client/cli/exit_code.h"
#include "client/cli/labels.h"
#include "client/cli/model_name.h"
#include "client/cli/text.h"
#include "client/cli/upload_data.h"

namespace fnn::cli {
namespace {

absl::Status SetTarget(Context& context, const TrainingArgs& args, v1::RunSpec& spec) {
  const bool has_network = !args.network.layers.empty() || !args.network.file.empty();
  if (has_network == !args.model.empty()) {
    return UsageError("give what to train as --layers, --network or --model, one of the three");
  }
  if (!has_network) {
    if (!args.model_id.empty() || !args.network.loss.empty() || !args.network.scaling.empty() ||
        !args.network.class_names.empty()) {
      return UsageError(
          "--model names a model that exists: --model-id, --loss, --scaling and --class-names go "
          "with --layers or --network");
    }
    spec.set_model(ResourceName("models", args.model));
    return absl::OkStatus();
  }
  absl::StatusOr<v1::Network> network = MakeNetwork(context.env, args.network);
  if (!network.ok()) return network.status();
  *spec.mutable_network() = *std::move(network);
  return absl::OkStatus();
}

// Where training starts from, and when it is saved.
void SetCheckpoints(const TrainingArgs& args, v1::RunSpec& spec) {
  if (!args.initial_version.empty()) {
    const std::string name = ModelVersionName(args.initial_version);
    spec.set_initial_version(NamesVersion(name) ? name : absl::StrCat(name, "/aliases/latest"));
  }
  if (args.checkpoint_every.has_value()) {
    spec.mutable_checkpoints()->set_every_epochs(*args.checkpoint_every);
  }
  if (args.checkpoint_interval.has_value()) {
    *spec.mutable_checkpoints()->mutable_interval() = ToProto(*args.checkpoint_interval);
  }
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

absl::StatusOr<v1::CreateRunRequest> MakeRunRequest(Context& context, const TrainingArgs& args) {
  v1::CreateRunRequest request;
  request.set_run_id(args.run_id);
  request.set_model_id(args.model_id);
  v1::RunSpec& spec = *request.mutable_spec();
  if (absl::Status status = SetTarget(context, args, spec); !status.ok()) return status;
  if (args.options.validation_split.has_value() && !args.validation_data.empty()) {
    return UsageError("give --validation-split or --validation-data, not both");
  }
  absl::StatusOr<v1::TrainingOptions> options = MakeTrainingOptions(args.options);
  if (!options.ok()) return options.status();

  SetCheckpoints(args, spec);
  request.set_priority(args.priority);
  request.set_request_id(args.request_id);
  const absl::StatusOr<Labels> labels = ReadLabels(args.labels);
  if (!labels.ok()) return labels.status();
  request.mutable_labels()->insert(labels->begin(), labels->end());

  DatasetArgs data = args.data;
  data.reconnect_for = args.reconnect_for;
  absl::Status status = SetData(context, data, args.binding, *spec.mutable_data());
  if (!status.ok()) return status;
  if (!args.validation_data.empty()) {
    DatasetArgs validation = data;
    validation.data = args.validation_data;
    validation.dataset_id.clear();
    status = SetData(context, validation, args.binding, *options->mutable_validation_data());
    if (!status.ok()) return status;
  }
  *spec.mutable_options() = *std::move(options);
  return request;
}

}  // namespace fnn::cli
