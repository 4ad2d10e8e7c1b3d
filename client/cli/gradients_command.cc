#include "client/cli/gradients_command.h"

#include <ostream>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "client/cli/exit_code.h"
#include "client/cli/json.h"
#include "client/cli/live_line.h"
#include "client/cli/table.h"
#include "client/cli/text.h"
#include "client/cli/upload_data.h"

namespace fnn::cli {
namespace {

constexpr auto kRight = Table::Align::kRight;

// As people call it.
std::string MethodName(v1::GradientMethod method) {
  switch (method) {
    case v1::GRADIENT_METHOD_ENGINE:
      return "engine";
    case v1::GRADIENT_METHOD_BACK_PROPAGATION:
      return "back-propagation";
    case v1::GRADIENT_METHOD_TAPE:
      return "tape";
    case v1::GRADIENT_METHOD_DUAL:
      return "dual numbers";
    case v1::GRADIENT_METHOD_CENTRAL_DIFFERENCE:
      return "differences";
    default:
      return absl::StrCat("method ", static_cast<int>(method));
  }
}

// The error of a method on a tensor, marked where it failed and where it was not judged.
std::string ErrorOf(const v1::TensorGradients& tensor, v1::GradientMethod method) {
  for (const v1::GradientComparison& c : tensor.comparisons()) {
    if (c.method() != method) continue;
    return absl::StrCat(absl::StrFormat("%.1e", c.norm_error()), !c.passed()          ? " !"
                                                                 : c.below_rounding() ? " ~"
                                                                                      : "");
  }
  return "";
}

std::string TensorTable(const std::vector<v1::LayerGradients>& layers) {
  const std::vector<v1::GradientMethod> methods = {
      v1::GRADIENT_METHOD_ENGINE, v1::GRADIENT_METHOD_BACK_PROPAGATION, v1::GRADIENT_METHOD_DUAL,
      v1::GRADIENT_METHOD_CENTRAL_DIFFERENCE};
  std::vector<Table::Column> columns = {
      {"tensor"}, {"shape"}, {"norm", kRight}, {"samples", kRight}, {"kinks", kRight}};
  for (const v1::GradientMethod method : methods) columns.push_back({MethodName(method), kRight});
  Table table(std::move(columns));
  for (const v1::LayerGradients& layer : layers) {
    for (const v1::TensorGradients& tensor : layer.tensors()) {
      std::vector<std::string> cells = {
          tensor.name(), absl::StrCat("[", absl::StrJoin(tensor.shape(), ", "), "]"),
          Number(tensor.norm(), 4), Count(tensor.samples()), Count(tensor.kinks())};
      for (const v1::GradientMethod method : methods) cells.push_back(ErrorOf(tensor, method));
      table.AddRow(std::move(cells));
    }
  }
  return table.ToString();
}

// Times span orders of magnitude: 12 us, 3.5 ms, 7 s, 2 h.
std::string TimeOf(const google::protobuf::Duration& duration) {
  const double seconds = absl::ToDoubleSeconds(ToDuration(duration));
  if (seconds < 1e-3) return absl::StrFormat("%.0f us", seconds * 1e6);
  if (seconds < 1) return absl::StrFormat("%.1f ms", seconds * 1e3);
  if (seconds < 120) return absl::StrFormat("%.1f s", seconds);
  if (seconds < 7200) return absl::StrFormat("%.0f min", seconds / 60);
  return absl::StrFormat("%.0f h", seconds / 3600);
}

std::string CostTable(const v1::GradientVerdict& verdict) {
  Table table({{"method"}, {"passes", kRight}, {"time", kRight}, {"for all parameters", kRight}});
  for (const v1::GradientCost& cost : verdict.costs()) {
    table.AddRow({MethodName(cost.method()), Count(cost.evaluations()), TimeOf(cost.duration()),
                  TimeOf(cost.full_duration())});
  }
  return table.ToString();
}

// On how many tensors methods were not judged; empty: none.
std::string NotJudged(const std::vector<v1::LayerGradients>& layers) {
  int64_t count = 0;
  for (const v1::LayerGradients& layer : layers) {
    for (const v1::TensorGradients& tensor : layer.tensors()) {
      for (const v1::GradientComparison& c : tensor.comparisons()) {
        count += c.passed() && c.below_rounding() ? 1 : 0;
      }
    }
  }
  return count == 0 ? "" : absl::StrCat(Count(count), " (~, the gradient is below rounding)");
}

void Print(Context& context, const std::vector<v1::LayerGradients>& layers,
           const v1::GradientVerdict& verdict) {
  if (context.format == Format::kNdjson) {
    for (const v1::LayerGradients& layer : layers) PrintJson(context, layer);
    PrintJson(context, verdict);
    return;
  }
  if (context.format == Format::kJson) {
    std::vector<Json> all;
    for (const v1::LayerGradients& layer : layers) all.push_back(Json::Message(layer));
    PrintJson(context,
              Json::Object({{"layers", Json::Array(all)}, {"verdict", Json::Message(verdict)}}));
    return;
  }
  std::vector<std::pair<std::string, std::string>> about = {
      {"rows", Count(verdict.rows())},
      {"parameters", Count(verdict.parameters())},
      {"loss", Number(verdict.loss())},
      {"verdict", verdict.passed() ? "passed" : "FAILED"}};
  if (std::string count = NotJudged(layers); !count.empty()) {
    about.emplace_back("not judged", std::move(count));
  }
  context.env.out << TensorTable(layers) << "\n"
                  << CostTable(verdict) << "\n"
                  << NamesAndValues(about);
}

absl::StatusOr<v1::VerifyGradientsRequest> MakeRequest(Context& context,
                                                       const GradientsVerifyArgs& args) {
  v1::VerifyGradientsRequest request;
  absl::StatusOr<v1::NetworkPoint> point = MakeNetworkPoint(context, args.point);
  if (!point.ok()) return point.status();
  *request.mutable_point() = *std::move(point);
  if (args.seed.has_value()) request.mutable_point()->set_seed(*args.seed);
  *request.mutable_data()->mutable_binding() = MakeBinding(args.point.binding);
  if (args.rows.has_value()) request.set_rows(*args.rows);
  if (args.samples.has_value()) request.set_samples_per_tensor(*args.samples);
  if (args.exact_tolerance.has_value()) request.set_exact_tolerance(*args.exact_tolerance);
  if (args.difference_tolerance.has_value()) {
    request.set_difference_tolerance(*args.difference_tolerance);
  }
  if (args.float_tolerance.has_value()) request.set_float_tolerance(*args.float_tolerance);
  return request;
}

}  // namespace

absl::Status GradientsVerify(Context& context, const GradientsVerifyArgs& args) {
  absl::StatusOr<v1::VerifyGradientsRequest> request = MakeRequest(context, args);
  if (!request.ok()) return request.status();
  const absl::StatusOr<std::string> dataset = ResolveDataset(context, args.point.data);
  if (!dataset.ok()) return dataset.status();
  request->mutable_data()->set_dataset(*dataset);
  std::vector<v1::LayerGradients> layers;
  absl::StatusOr<v1::GradientVerdict> verdict = absl::UnknownError("");
  {
    LiveLine line(context.env);
    verdict = context.client.VerifyGradients(
        *request,
        [&line](const v1::GradientProgress& progress) {
          line.Show(absl::StrCat("verifying: ", Count(progress.evaluations_done()), " of ",
                                 Count(progress.evaluations()), " passes"));
        },
        [&layers](const v1::LayerGradients& layer) { layers.push_back(layer); });
  }
  const absl::Status deleted = DeleteTemporary(context, args.point.data, *dataset);
  if (!verdict.ok()) return verdict.status();
  Print(context, layers, *verdict);
  if (!verdict->passed()) {
    return absl::FailedPreconditionError(
        absl::StrCat("the gradients disagree in ", absl::StrJoin(verdict->failed_tensors(), ", ")));
  }
  return deleted;
}

}  // namespace fnn::cli
