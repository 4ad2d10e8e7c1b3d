#include "client/cli/predict_command.h"

#include <algorithm>
#include <ostream>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/cli/column_choice.h"
#include "client/cli/csv.h"
#include "client/cli/exit_code.h"
#include "client/cli/files.h"
#include "client/cli/json.h"
#include "client/cli/model_name.h"
#include "client/cli/table.h"
#include "client/cli/text.h"
#include "fnn/error_details.h"
#include "fnn/tensor.h"

namespace fnn::cli {
namespace {

// How much of the input one request carries: well under the 4 MiB that servers take, and few enough
// rows that their outputs come back in one message as well.
constexpr size_t kRequestBytes = size_t{1} << 20;
constexpr size_t kRequestRows = 4096;

// The rows to predict, and what was found in them so far.
class Prediction {
 public:
  Prediction(Context& context, CsvTable table, ColumnChoice choice)
      : context_(context), table_(std::move(table)), choice_(std::move(choice)) {}

  absl::Status Run(const std::string& model, size_t rows) {
    const size_t row_bytes = std::max<size_t>(choice_.features.size(), 1) * sizeof(double);
    const size_t batch = std::clamp<size_t>(kRequestBytes / row_bytes, 1, kRequestRows);
    for (size_t row = 0; row < rows; row += batch) {
      const size_t end = std::min(row + batch, rows);
      const absl::StatusOr<v1::PredictResponse> response =
          context_.client.Predict(Request(model, row, end));
      if (!response.ok()) return response.status();
      if (absl::Status status = Add(*response, row, end); !status.ok()) return status;
    }
    Finish();
    return absl::OkStatus();
  }

 private:
  double Cell(size_t row, size_t column) const {
    return table_.values[row * table_.names.size() + column];
  }

  v1::PredictRequest Request(const std::string& model, size_t begin, size_t end) const {
    std::vector<double> values;
    for (size_t row = begin; row < end; ++row) {
      for (const size_t column : choice_.features) values.push_back(Cell(row, column));
    }
    v1::PredictRequest request;
    request.set_model(model);
    *request.add_inputs() = MakeTensor<double>(
        values, {static_cast<int64_t>(end - begin), static_cast<int64_t>(choice_.features.size())});
    return request;
  }

  absl::Status Add(const v1::PredictResponse& response, size_t begin, size_t end) {
    version_ = response.model_version();
    if (response.outputs().empty()) return absl::InternalError("the server sent no outputs");
    const absl::StatusOr<std::vector<double>> outputs = TensorToDoubles(response.outputs(0));
    if (!outputs.ok()) return outputs.status();
    const size_t width = outputs->size() / (end - begin);
    const auto classes = static_cast<size_t>(response.classes_size());
    if (width * (end - begin) != outputs->size() || (classes != 0 && classes != end - begin)) {
      return absl::InternalError("the server sent another number of rows than it was asked for");
    }
    for (size_t i = 0; i < end - begin; ++i) {
      const v1::PredictedClass* predicted =
          classes == 0 ? nullptr : &response.classes(static_cast<int>(i));
      const auto first = outputs->begin() + static_cast<std::ptrdiff_t>(i * width);
      AddRow(begin + i, predicted, {first, first + static_cast<std::ptrdiff_t>(width)});
    }
    return absl::OkStatus();
  }

  void AddRow(size_t row, const v1::PredictedClass* predicted, const std::vector<double>& outputs) {
    if (context_.format == Format::kTable) {
      AddTableRow(row, predicted, outputs);
      return;
    }
    std::vector<std::pair<std::string, Json>> members = {
        {"row", Json::Number(static_cast<int64_t>(row))}};
    if (!choice_.targets.empty()) {
      std::vector<std::pair<std::string, Json>> targets;
      for (const size_t column : choice_.targets) {
        targets.emplace_back(table_.names[column], Json::Number(Cell(row, column)));
      }
      members.emplace_back("targets", Json::Object(targets));
    }
    if (predicted != nullptr) {
      members.emplace_back("class",
                           Json::Object({{"index", Json::Number(predicted->index())},
                                         {"name", Json::String(predicted->name())},
                                         {"probability", Json::Number(predicted->probability())}}));
    }
    members.emplace_back("outputs", Json::Numbers(outputs));
    if (context_.format == Format::kNdjson) {
      PrintJson(context_, Json::Object(members));
    } else {
      document_.push_back(Json::Object(members));
    }
  }

  void AddTableRow(size_t row, const v1::PredictedClass* predicted,
                   const std::vector<double>& outputs) {
    constexpr auto kRight = Table::Align::kRight;
    std::vector<std::string> cells = {absl::StrCat(row)};
    for (const size_t column : choice_.targets) cells.push_back(Number(Cell(row, column)));
    if (predicted != nullptr) {
      cells.push_back(predicted->name().empty() ? absl::StrCat(predicted->index())
                                                : predicted->name());
      cells.push_back(absl::StrFormat("%.4f", predicted->probability()));
    } else {
      for (const double output : outputs) cells.push_back(Number(output));
    }
    if (columns_.empty()) {
      columns_.push_back({"ROW", kRight});
      for (const size_t column : choice_.targets) {
        columns_.push_back({absl::StrCat("TARGET ", Printable(table_.names[column])), kRight});
      }
      if (predicted != nullptr) {
        columns_.push_back({"CLASS", kRight});
        columns_.push_back({"PROBABILITY", kRight});
      } else {
        for (size_t i = 0; i < outputs.size(); ++i) {
          columns_.push_back({absl::StrCat("OUTPUT ", i), kRight});
        }
      }
    }
    rows_.push_back(std::move(cells));
  }

  void Finish() {
    if (context_.format == Format::kTable) {
      Table table(std::move(columns_));
      for (auto& cells : rows_) table.AddRow(std::move(cells));
      context_.env.out << table.ToString();
    } else if (context_.format == Format::kJson) {
      PrintJson(context_, Json::Object({{"modelVersion", Json::String(version_)},
                                        {"rows", Json::Array(document_)}}));
    }
  }

  Context& context_;
  const CsvTable table_;
  const ColumnChoice choice_;
  std::string version_;
  std::vector<Table::Column> columns_;          // For a table.
  std::vector<std::vector<std::string>> rows_;  // For a table.
  std::vector<Json> document_;                  // For one JSON document.
};

}  // namespace

namespace {

// Says what most often is behind it when the rows do not fit the model.
absl::Status WithAdvice(const absl::Status& status, const BindingArgs& binding) {
  const std::vector<FieldViolation> violations = GetFieldViolations(status);
  const bool rows_at_fault = std::any_of(
      violations.begin(), violations.end(),
      [](const FieldViolation& violation) { return absl::StartsWith(violation.field, "inputs"); });
  if (!rows_at_fault || !binding.targets.empty() || !binding.features.empty()) return status;
  return absl::Status(status.code(),
                      absl::StrCat(status.message(),
                                   "\nIf the file holds targets too, name them with --target, or "
                                   "with --skip-target where it is the last column."));
}

}  // namespace

absl::Status Predict(Context& context, const PredictArgs& args) {
  const absl::StatusOr<std::string> text = ReadFile(context.env, args.data);
  if (!text.ok()) return text.status();
  absl::StatusOr<CsvTable> table = ParseCsv(*text, args.csv);
  if (!table.ok()) {
    return UsageError(absl::StrCat(args.data == "-" ? "standard input" : args.data, ": ",
                                   table.status().message()));
  }
  if (table->rows() == 0) return UsageError("there are no rows to predict");
  absl::StatusOr<ColumnChoice> choice = ChooseColumns(table->names, args.binding);
  if (!choice.ok()) return choice.status();
  size_t rows = table->rows();
  if (args.rows.has_value()) rows = std::min(rows, static_cast<size_t>(*args.rows));
  return WithAdvice(Prediction(context, *std::move(table), *std::move(choice))
                        .Run(ModelVersionName(args.model), rows),
                    args.binding);
}

}  // namespace fnn::cli
