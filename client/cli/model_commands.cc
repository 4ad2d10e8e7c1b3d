#include "client/cli/model_commands.h"

#include <map>
#include <ostream>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/cli/describe.h"
#include "client/cli/exit_code.h"
#include "client/cli/json.h"
#include "client/cli/labels.h"
#include "client/cli/model_name.h"
#include "client/cli/print_list.h"
#include "client/cli/table.h"
#include "client/cli/text.h"
#include "client/cli/version_commands.h"
#include "fnn/operator_form.h"
#include "fnn/tensor.h"

namespace fnn::cli {
namespace {

// `best=3, latest=4`, by name.
std::string AliasesText(const google::protobuf::Map<std::string, int64_t>& aliases) {
  const std::map<std::string, int64_t> ordered(aliases.begin(), aliases.end());
  return absl::StrJoin(ordered, ", ", absl::PairFormatter("="));
}

std::vector<std::pair<std::string, std::string>> Describe(const v1::Model& model) {
  const v1::Network& network = model.network();
  const v1::Output output = network.outputs().empty() ? v1::Output() : network.outputs(0);
  const v1::ModelVersion& version = model.latest_version();
  const bool trained = model.has_latest_version();
  return {{"name", model.name()},
          {"network", DescribeNetwork(network)},
          {"loss", ToOperatorForm(output.loss(), Detail::kSummary)},
          {"classes", absl::StrJoin(output.class_names(), ", ")},
          {"parameters", model.parameter_count() > 0 ? Count(model.parameter_count())
                                                     : "not known before the first training"},
          {"newest version", trained ? version.name() : "none, it has not been trained"},
          {"trained by", version.run()},
          {"train loss", trained ? Number(version.epoch().train_loss()) : ""},
          {"validation loss",
           version.epoch().has_validation_loss() ? Number(version.epoch().validation_loss()) : ""},
          {"versions", model.version_count() > 0 ? Count(model.version_count()) : ""},
          {"aliases", AliasesText(model.aliases())},
          {"description", model.description()},
          {"labels", LabelsText(model.labels())},
          {"created", Time(model.create_time())}};
}

// {"modelVersion": ..., "tensors": [{"name", "shape", "values"}]}, or a tensor a line.
void PrintParametersJson(Context& context, const std::string& version,
                         const std::vector<std::pair<v1::Tensor, std::vector<double>>>& tensors) {
  std::vector<Json> list;
  for (const auto& [tensor, values] : tensors) {
    std::vector<Json> shape;
    for (const int64_t dimension : tensor.shape()) shape.push_back(Json::Number(dimension));
    list.push_back(Json::Object({{"name", Json::String(tensor.name())},
                                 {"shape", Json::Array(shape)},
                                 {"values", Json::Numbers(values)}}));
  }
  if (context.format == Format::kNdjson) {
    for (const Json& entry : list) PrintJson(context, entry);
  } else {
    PrintJson(context, Json::Object({{"modelVersion", Json::String(version)},
                                     {"tensors", Json::Array(list)}}));
  }
}

// One line for each tensor and each of its rows.
void PrintParametersTable(Context& context, const v1::Tensor& tensor,
                          const std::vector<double>& values) {
  std::ostream& out = context.env.out;
  out << Printable(tensor.name()) << " [" << absl::StrJoin(tensor.shape(), ", ") << "]\n";
  const auto width =
      tensor.shape().empty() ? 1 : static_cast<size_t>(tensor.shape(tensor.shape_size() - 1));
  for (size_t i = 0; i < values.size(); ++i) {
    out << (i % width == 0 ? "  " : " ") << Number(values[i]);
    if ((i + 1) % width == 0) out << "\n";
  }
}

}  // namespace

absl::Status ModelCreate(Context& context, const ModelCreateArgs& args) {
  absl::StatusOr<v1::Network> network = MakeNetwork(context.env, args.network);
  if (!network.ok()) return network.status();
  v1::CreateModelRequest request;
  request.set_model_id(args.id);
  *request.mutable_network() = *std::move(network);
  request.set_validate_only(args.validate_only);
  request.set_description(args.description);
  const absl::StatusOr<Labels> labels = ReadLabels(args.labels);
  if (!labels.ok()) return labels.status();
  request.mutable_labels()->insert(labels->begin(), labels->end());
  const absl::StatusOr<v1::CreateModelResponse> response = context.client.CreateModel(request);
  if (!response.ok()) return response.status();
  if (context.format != Format::kTable) {
    PrintJson(context, *response);
    return absl::OkStatus();
  }
  auto lines = Describe(response->model());
  if (response->training_memory_bytes() > 0) {
    lines.emplace_back("memory to train", Bytes(response->training_memory_bytes()));
  }
  context.env.out << (args.validate_only ? "The network is valid; nothing was created.\n" : "")
                  << NamesAndValues(lines);
  return absl::OkStatus();
}

void Print(Context& context, const v1::Model& model) {
  if (context.format == Format::kTable) {
    context.env.out << NamesAndValues(Describe(model));
  } else {
    PrintJson(context, model);
  }
}

absl::Status ModelGet(Context& context, const std::string& name) {
  const std::string full = ModelVersionName(name);
  if (NamesVersion(full)) return VersionGet(context, full);
  const absl::StatusOr<v1::Model> model = context.client.GetModel(full);
  if (!model.ok()) return model.status();
  Print(context, *model);
  return absl::OkStatus();
}

absl::Status ModelList(Context& context, const ListArgs& args) {
  Table table({{"NAME"},
               {"NETWORK"},
               {"PARAMETERS", Table::Align::kRight},
               {"NEWEST VERSION"},
               {"CREATED"}});
  return PrintList<v1::ListModelsResponse>(
      context, context.client.ListModels(MakeListRequest<v1::ListModelsRequest>(args)),
      std::move(table), [](v1::ListModelsResponse& page) { return page.add_models(); },
      [](const v1::Model& model) -> std::vector<std::string> {
        return {model.name(), DescribeNetwork(model.network()),
                model.parameter_count() > 0 ? Count(model.parameter_count()) : "-",
                model.has_latest_version() ? model.latest_version().name() : "-",
                Time(model.create_time())};
      });
}

absl::Status ModelUpdate(Context& context, const ModelUpdateArgs& args) {
  const absl::StatusOr<Labels> labels = ReadLabels(args.labels);
  if (!labels.ok()) return labels.status();
  const bool changes_labels = !args.labels.empty() || !args.removed_labels.empty();
  if (!changes_labels && !args.description.has_value()) {
    return UsageError("give what to change: --description, --label or --remove-label");
  }
  v1::UpdateModelRequest request;
  v1::Model& model = *request.mutable_model();
  model.set_name(ResourceName("models", args.name));
  if (args.description.has_value()) {
    model.set_description(*args.description);
    request.mutable_update_mask()->add_paths("description");
  }
  if (changes_labels) {
    // The server takes all labels at once; by the etag nobody else's are lost.
    absl::StatusOr<v1::Model> now = context.client.GetModel(model.name());
    if (!now.ok()) return now.status();
    model.set_etag(now->etag());
    *model.mutable_labels() = now->labels();
    for (const auto& [key, value] : *labels) (*model.mutable_labels())[key] = value;
    for (const std::string& key : args.removed_labels) model.mutable_labels()->erase(key);
    request.mutable_update_mask()->add_paths("labels");
  }
  const absl::StatusOr<v1::Model> updated = context.client.UpdateModel(request);
  if (!updated.ok()) return updated.status();
  Print(context, *updated);
  return absl::OkStatus();
}

absl::Status ModelParameters(Context& context, const std::string& name) {
  const auto parameters = context.client.GetParameters(ModelVersionName(name));
  if (!parameters.ok()) return parameters.status();
  std::vector<std::pair<v1::Tensor, std::vector<double>>> tensors;
  for (const v1::Tensor& tensor : parameters->tensors) {
    absl::StatusOr<std::vector<double>> values = TensorToDoubles(tensor);
    if (!values.ok()) return values.status();
    tensors.emplace_back(tensor, *std::move(values));
  }
  if (context.format != Format::kTable) {
    PrintParametersJson(context, parameters->model_version, tensors);
    return absl::OkStatus();
  }
  context.env.out << "# " << Printable(parameters->model_version) << "\n";
  for (const auto& [tensor, values] : tensors) PrintParametersTable(context, tensor, values);
  return absl::OkStatus();
}

absl::Status ModelDelete(Context& context, const std::string& name) {
  const std::string full = ModelVersionName(name);
  if (NamesVersion(full)) return context.client.DeleteModelVersion(full);
  const absl::StatusOr<v1::DeleteModelResponse> deleted = context.client.DeleteModel(full);
  if (!deleted.ok()) return deleted.status();
  if (context.format != Format::kTable) {
    PrintJson(context, *deleted);
  } else if (deleted->deleted_versions() > 0) {
    context.env.out << "deleted with " << Count(deleted->deleted_versions())
                    << (deleted->deleted_versions() == 1 ? " version" : " versions");
    if (deleted->deleted_aliases_size() > 0) {
      context.env.out << " and the aliases "
                      << Printable(absl::StrJoin(deleted->deleted_aliases(), ", "));
    }
    context.env.out << "\n";
  }
  return absl::OkStatus();
}

}  // namespace fnn::cli
