#include "client/cli/model_commands.h"

#include <ostream>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/cli/describe.h"
#include "client/cli/json.h"
#include "client/cli/print_list.h"
#include "client/cli/table.h"
#include "client/cli/text.h"
#include "fnn/operator_form.h"
#include "fnn/tensor.h"

namespace fnn::cli {
namespace {

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

absl::Status ModelGet(Context& context, const std::string& name) {
  const absl::StatusOr<v1::Model> model = context.client.GetModel(ResourceName("models", name));
  if (!model.ok()) return model.status();
  if (context.format == Format::kTable) {
    context.env.out << NamesAndValues(Describe(*model));
  } else {
    PrintJson(context, *model);
  }
  return absl::OkStatus();
}

absl::Status ModelList(Context& context) {
  Table table({{"NAME"},
               {"NETWORK"},
               {"PARAMETERS", Table::Align::kRight},
               {"NEWEST VERSION"},
               {"CREATED"}});
  return PrintList<v1::ListModelsResponse>(
      context, context.client.ListModels(), std::move(table),
      [](v1::ListModelsResponse& page) { return page.add_models(); },
      [](const v1::Model& model) -> std::vector<std::string> {
        return {model.name(), DescribeNetwork(model.network()),
                model.parameter_count() > 0 ? Count(model.parameter_count()) : "-",
                model.has_latest_version() ? model.latest_version().name() : "-",
                Time(model.create_time())};
      });
}

absl::Status ModelParameters(Context& context, const std::string& name) {
  const auto parameters = context.client.GetParameters(ResourceName("models", name));
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
  return context.client.DeleteModel(ResourceName("models", name)).status();
}

}  // namespace fnn::cli
