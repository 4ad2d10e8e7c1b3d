#include "client/cli/evaluate_command.h"

#include <ostream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/cli/json.h"
#include "client/cli/live_line.h"
#include "client/cli/model_name.h"
#include "client/cli/operator_flag.h"
#include "client/cli/table.h"
#include "client/cli/text.h"
#include "client/cli/upload_data.h"

namespace fnn::cli {
namespace {

// A row for each true class, a column for each predicted one.
std::string ConfusionTable(const v1::ConfusionMatrix& matrix) {
  constexpr auto kRight = Table::Align::kRight;
  const int classes = matrix.classes_size();
  if (matrix.counts_size() != classes * classes) return "";
  std::vector<Table::Column> columns = {{"", kRight}};
  for (const std::string& name : matrix.classes()) columns.push_back({Printable(name), kRight});
  Table table(std::move(columns));
  for (int row = 0; row < classes; ++row) {
    std::vector<std::string> cells = {matrix.classes(row)};
    for (int column = 0; column < classes; ++column) {
      cells.push_back(absl::StrCat(matrix.counts(row * classes + column)));
    }
    table.AddRow(std::move(cells));
  }
  return table.ToString();
}

// A row for each class.
std::string ReportTable(const google::protobuf::RepeatedPtrField<v1::ClassReport>& reports) {
  constexpr auto kRight = Table::Align::kRight;
  Table table(
      {{"class"}, {"precision", kRight}, {"recall", kRight}, {"f1", kRight}, {"support", kRight}});
  const auto share = [](double x) { return absl::StrFormat("%.3f", x); };
  for (const v1::ClassReport& report : reports) {
    table.AddRow({report.name(), share(report.precision()), share(report.recall()),
                  share(report.f1()), Number(report.support())});
  }
  return table.ToString();
}

void Print(Context& context, const v1::Evaluation& evaluation) {
  if (context.format != Format::kTable) {
    PrintJson(context, evaluation);
    return;
  }
  std::vector<std::pair<std::string, std::string>> lines = {{"model", evaluation.model_version()},
                                                            {"rows", Count(evaluation.rows())},
                                                            {"loss", Number(evaluation.loss())}};
  for (const v1::MetricValue& metric : evaluation.metrics()) {
    lines.emplace_back(Printable(metric.name()), Number(metric.value(), 5));
  }
  context.env.out << NamesAndValues(lines);
  if (evaluation.class_reports_size() > 0) {
    context.env.out << "\n" << ReportTable(evaluation.class_reports());
  }
  if (evaluation.has_confusion_matrix()) {
    context.env.out
        << "\nconfusion matrix: a row for each true class, a column for each predicted\n"
        << ConfusionTable(evaluation.confusion_matrix());
  }
}

absl::StatusOr<v1::Evaluation> Measure(Context& context, const EvaluateArgs& args,
                                       const std::string& dataset,
                                       const std::vector<v1::Metric>& metrics) {
  v1::EvaluateRequest request;
  request.set_model(ModelVersionName(args.model));
  request.mutable_data()->set_dataset(dataset);
  *request.mutable_data()->mutable_binding() = MakeBinding(args.binding);
  request.mutable_metrics()->Assign(metrics.begin(), metrics.end());
  LiveLine line(context.env);
  return context.client.Evaluate(request, [&line](const v1::EvaluateProgress& progress) {
    line.Show(absl::StrCat("evaluating: ", Count(progress.rows_done()), " of ",
                           Count(progress.rows()), " rows"));
  });
}

}  // namespace

absl::Status Evaluate(Context& context, const EvaluateArgs& args) {
  const absl::StatusOr<std::vector<v1::Metric>> metrics = ReadMetrics(args.metrics);
  if (!metrics.ok()) return metrics.status();
  std::string dataset = args.data.data.at(0);
  if (!IsOnServer(args.data)) {
    const absl::StatusOr<v1::Dataset> uploaded = UploadData(context, args.data);
    if (!uploaded.ok()) return uploaded.status();
    dataset = uploaded->name();
  }
  const absl::StatusOr<v1::Evaluation> evaluation = Measure(context, args, dataset, *metrics);
  const absl::Status deleted = DeleteTemporary(context, args.data, dataset);
  if (!evaluation.ok()) return evaluation.status();
  Print(context, *evaluation);
  return deleted;
}

}  // namespace fnn::cli
