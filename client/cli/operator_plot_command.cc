// fnn operator plot.

#include <ostream>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/cli/exit_code.h"
#include "client/cli/files.h"
#include "client/cli/json.h"
#include "client/cli/operator_commands.h"
#include "client/cli/plot/operator_plot.h"
#include "client/cli/text.h"

namespace fnn::cli {
namespace {

// The kind of which --all means all.
std::string KindOfAll(const OperatorPlotArgs& args) {
  return args.sample.kind.empty() ? "activation" : args.sample.kind;
}

// The names to draw: those given, or all of a kind that the server lists.
absl::StatusOr<std::vector<std::string>> Names(Context& context, const OperatorPlotArgs& args) {
  if (args.all != args.names.empty()) {
    return UsageError("give the names of operators, or --all, one of the two");
  }
  if (!args.all) return args.names;
  const absl::StatusOr<v1::ListOperatorsResponse> list =
      context.client.ListOperators(OperatorKindCalled(KindOfAll(args)));
  if (!list.ok()) return list.status();
  std::vector<std::string> names;
  for (const v1::Operator& entry : list->operators()) {
    const bool factor = entry.schedule().is_factor();  // Not a schedule by itself.
    if (!factor) names.push_back(entry.name());
  }
  return names;
}

absl::StatusOr<std::vector<SampledOperator>> Sample(Context& context,
                                                    const OperatorPlotArgs& args) {
  absl::StatusOr<std::vector<std::string>> names = Names(context, args);
  if (!names.ok()) return names.status();
  std::vector<SampledOperator> operators;
  SampleArgs sample = args.sample;
  if (args.all) sample.kind = KindOfAll(args);
  v1::SampleOperatorRequest first;
  for (const std::string& name : *names) {
    absl::StatusOr<v1::SampleOperatorRequest> request = MakeSampleRequest(name, sample);
    if (!request.ok()) return request.status();
    if (first.subject_case() == v1::SampleOperatorRequest::SUBJECT_NOT_SET) first = *request;
    if (request->subject_case() != first.subject_case()) {
      return UsageError(
          "operators of different kinds don't share a picture; --kind says which is meant");
    }
    absl::StatusOr<v1::SampleOperatorResponse> samples = context.client.SampleOperator(*request);
    if (args.all && absl::IsUnimplemented(samples.status())) continue;
    if (!samples.ok()) return samples.status();
    operators.push_back({name, *std::move(samples)});
  }
  return operators;
}

std::vector<double> ToVector(const google::protobuf::RepeatedField<double>& numbers) {
  return {numbers.begin(), numbers.end()};
}

void PrintSamples(Context& context, const std::vector<SampledOperator>& operators) {
  std::vector<Json> documents;
  documents.reserve(operators.size());
  for (const SampledOperator& one : operators) {
    documents.push_back(Json::Object({{"name", Json::String(one.name)},
                                      {"x", Json::Numbers(ToVector(one.samples.x()))},
                                      {"value", Json::Numbers(ToVector(one.samples.value()))},
                                      {"slope", Json::Numbers(ToVector(one.samples.slope()))}}));
  }
  if (context.format == Format::kJson) documents = {Json::Array(documents)};
  for (const Json& document : documents) PrintJson(context, document);
}

}  // namespace

absl::Status OperatorPlotCommand(Context& context, const OperatorPlotArgs& args) {
  if (absl::EndsWithIgnoreCase(args.file, ".png")) {
    return UsageError(
        "pictures are written as SVG; 'rsvg-convert -o FILE.png FILE.svg' makes a PNG of one");
  }
  const absl::StatusOr<std::vector<SampledOperator>> operators = Sample(context, args);
  if (!operators.ok()) return operators.status();
  if (context.format != Format::kTable) {
    PrintSamples(context, *operators);
    return absl::OkStatus();
  }
  const std::string title =
      args.all ? absl::StrCat("Every ", KindOfAll(args)) : absl::StrJoin(args.names, ", ");
  return WriteFile(context.env, args.file, OperatorPlot(title, *operators));
}

}  // namespace fnn::cli
