#include "core/data/csv.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "core/base/saturating.h"
#include "core/data/csv_rows.h"
#include "core/data/csv_survey.h"

namespace fnn::core {
namespace {

// Values appended at once, or those of one row where these are more.
constexpr size_t kBlock = 4096;

// The columns that the table gets.
struct TableColumns {
  std::vector<std::string> names;
  std::vector<std::vector<std::string>> categories;
};

TableColumns ColumnsOf(const CsvSurvey& survey, bool one_hot) {
  TableColumns out;
  for (const CsvColumn& column : survey.columns) {
    if (!one_hot || column.categories.empty()) {
      out.names.push_back(column.name);
      out.categories.push_back(column.categories);
      continue;
    }
    for (const std::string& value : column.categories) {
      out.names.push_back(absl::StrCat(column.name, "=", value));
    }
    out.categories.resize(out.names.size());
  }
  return out;
}

absl::Status CheckNames(const std::vector<std::string>& names, const FieldPath& path) {
  absl::flat_hash_set<absl::string_view> seen;
  for (const std::string& name : names) {
    if (!seen.insert(name).second) {
      return InvalidField(path, "DUPLICATE_COLUMN_NAME",
                          absl::StrCat("two columns would be named ", Echo(name)));
    }
  }
  return absl::OkStatus();
}

// What the table takes; where one column becomes many, that may be far more than the text.
absl::Status CheckSize(const CsvSurvey& survey, size_t columns, const TableSink& sink) {
  if (columns == survey.columns.size()) return absl::OkStatus();
  const int64_t bytes = (SaturatingSize(survey.rows) * static_cast<int64_t>(columns) *
                         static_cast<int64_t>(ElementSize(survey.type)))
                            .value();
  if (bytes <= sink.max_bytes()) return absl::OkStatus();
  return LimitExceeded("DATASET_TOO_LARGE",
                       "bytes of values, with a column for each value of text; text_columns INDEX "
                       "takes less",
                       bytes, sink.max_bytes());
}

// The values of a cell, appended.
void AppendCell(const CsvColumn& column, const CsvCell& cell, bool one_hot,
                std::vector<float>& values) {
  if (column.categories.empty()) {
    values.push_back(cell.kind == CsvCell::Kind::kMissing ? column.fill : cell.number);
    return;
  }
  auto place = static_cast<size_t>(column.fill);
  if (cell.kind != CsvCell::Kind::kMissing) {
    std::string buffer;
    const auto found = std::lower_bound(column.categories.begin(), column.categories.end(),
                                        cell.field.Value(buffer));
    place = found - column.categories.begin();
  }
  if (!one_hot) {
    values.push_back(static_cast<float>(place));
    return;
  }
  const size_t first = values.size();
  values.resize(first + column.categories.size(), 0);
  values[first + place] = 1;
}

// Fills the table, going through the text once more.
absl::Status Write(absl::string_view text, const v1::Csv& options, const CsvSurvey& survey,
                   size_t table_columns, TableWriter& writer, const FieldPath& path) {
  const bool one_hot = options.text_columns() == v1::TEXT_COLUMNS_ONE_HOT;
  absl::StatusOr<CsvRows> rows = CsvRows::Create(text, options, survey.columns.size(), path);
  if (!rows.ok()) return rows.status();
  std::vector<float> values;
  values.reserve(kBlock + table_columns);
  while (true) {
    const absl::StatusOr<bool> more = rows->Next();
    if (!more.ok()) return more.status();
    if (!*more) return writer.Append(values);
    for (size_t c = 0; c < survey.columns.size(); ++c) {
      AppendCell(survey.columns[c], rows->cells()[c], one_hot, values);
    }
    if (values.size() < kBlock) continue;
    if (absl::Status status = writer.Append(values); !status.ok()) return status;
    values.clear();
  }
}

}  // namespace

absl::StatusOr<std::shared_ptr<const Table>> ReadCsv(absl::string_view text, const v1::Csv& options,
                                                     TableSink& sink, const FieldPath& path) {
  const absl::StatusOr<CsvSurvey> survey = SurveyCsv(text, options, sink, path);
  if (!survey.ok()) return survey.status();
  TableColumns columns = ColumnsOf(*survey, options.text_columns() == v1::TEXT_COLUMNS_ONE_HOT);
  const size_t count = columns.names.size();
  if (absl::Status status = CheckNames(columns.names, path); !status.ok()) return status;
  if (absl::Status status = CheckSize(*survey, count, sink); !status.ok()) return status;
  absl::StatusOr<TableWriter> writer =
      sink.Begin(std::move(columns.names), survey->type, survey->rows);
  if (!writer.ok()) return writer.status();
  writer->SetCategories(std::move(columns.categories));
  if (absl::Status status = Write(text, options, *survey, count, *writer, path); !status.ok()) {
    return status;
  }
  return std::move(*writer).Finish();
}

}  // namespace fnn::core
