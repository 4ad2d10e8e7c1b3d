#include "core/data/csv_survey.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "core/base/saturating.h"
#include "core/base/utf8.h"
#include "core/data/csv_rows.h"

namespace fnn::core {
namespace {

using Kind = CsvCell::Kind;

constexpr size_t kMostValues = 1000;
constexpr size_t kMostValueBytes = 256;
// What a value of a column of text takes beside its bytes.
constexpr int64_t kValueBytes = 256;

// How many times a name or a value is kept at once, at most.
constexpr int64_t kNameCopies = 4;

// A cell by which something was decided.
struct Sight {
  int64_t line = 0;  // 0: none.
  std::string value;
};

// What has been seen of a column.
struct Seen {
  Sight text;
  Sight not_finite;
  absl::flat_hash_map<std::string, int64_t> counts;  // How often each value, once it is text.
  int64_t numbers = 0;
  double sum = 0;
  bool fits_uint8 = true;
  bool missing = false;

  bool is_text() const { return text.line > 0; }
};

class Surveyor {
 public:
  Surveyor(absl::string_view text, const v1::Csv& options, size_t columns, SaturatingSize memory,
           TableSink& sink, const FieldPath& path)
      : text_(text),
        options_(options),
        sink_(sink),
        path_(path),
        taken_(memory),
        columns_(columns) {}

  absl::StatusOr<CsvSurvey> Run() {
    // Again where cells had been taken for numbers before text came: values are counted as they are
    // written.
    while (true) {
      again_ = false;
      absl::StatusOr<CsvRows> rows = CsvRows::Create(text_, options_, columns_.size(), path_);
      if (!rows.ok()) return rows.status();
      if (absl::Status status = GoThrough(*rows); !status.ok()) return status;
      if (!again_) return Conclude(*rows);
      for (Seen& column : columns_) {
        Sight text = std::move(column.text);
        column = Seen();
        column.text = std::move(text);
      }
    }
  }

 private:
  absl::Status GoThrough(CsvRows& rows) {
    memory_ = taken_;
    rows_ = 0;
    while (true) {
      const absl::StatusOr<bool> more = rows.Next();
      if (!more.ok()) return more.status();
      if (!*more) return absl::OkStatus();
      ++rows_;
      for (size_t c = 0; c < columns_.size(); ++c) {
        const CsvCell& cell = rows.cells()[c];
        Seen& column = columns_[c];
        if (cell.kind == Kind::kNumber && !column.is_text()) {
          ++column.numbers;
          column.sum += cell.number;
          column.fits_uint8 = column.fits_uint8 && FitsUint8(cell.number);
        } else if (cell.kind == Kind::kMissing) {
          column.missing = true;
        } else if (absl::Status status = AddText(rows, c, cell); !status.ok()) {
          return status;
        }
      }
    }
  }

  // A cell of a column of text, or one that may make it one.
  absl::Status AddText(const CsvRows& rows, size_t c, const CsvCell& cell) {
    Seen& column = columns_[c];
    // What is too long, doubled quotes or not, is refused as it stands.
    std::string buffer;
    const absl::string_view value =
        cell.field.text.size() > 2 * kMostValueBytes ? cell.field.text : cell.field.Value(buffer);
    if (!column.is_text()) {
      Sight& sight = cell.kind == Kind::kText ? column.text : column.not_finite;
      if (sight.line == 0) sight = {rows.line(), std::string(CutUtf8(value, kMostValueBytes))};
      if (!column.is_text()) return absl::OkStatus();
      again_ = again_ || column.numbers > 0 || column.not_finite.line > 0;
    }
    if (const auto it = column.counts.find(value); it != column.counts.end()) {
      ++it->second;
      return absl::OkStatus();
    }
    if (value.size() > kMostValueBytes) {
      return rows.Fault(c, "TEXT_TOO_LONG",
                        absl::StrCat("text may have at most ", kMostValueBytes, " bytes, not ",
                                     value.size(), " as ", Echo(value)));
    }
    if (!IsUtf8(value)) return rows.Fault(c, "NOT_UTF8", Echo(value) + " is not UTF-8");
    if (column.counts.size() == kMostValues) {
      return rows.Fault(
          c, "TOO_MANY_VALUES",
          absl::StrCat("the column has more than ", kMostValues,
                       " different values of text; it is text because ", Echo(column.text.value),
                       " on line ", column.text.line, " is no number"));
    }
    column.counts.emplace(value, 1);
    memory_ = memory_ + kValueBytes + kNameCopies * value.size();
    if (options_.text_columns() == v1::TEXT_COLUMNS_ONE_HOT) {
      memory_ = memory_ + TableSink::kColumnBytes + kNameCopies * rows.names()[c].size();
    }
    return sink_.Reserve(memory_.value());
  }

  absl::StatusOr<CsvSurvey> Conclude(const CsvRows& rows) {
    if (rows_ == 0) {
      return InvalidField(path_, "EMPTY",
                          rows.left_out() == 0
                              ? "the file has no row of data"
                              : absl::StrCat("each of its ", rows.left_out(),
                                             " rows has a missing value and is left out, so none "
                                             "is left; missing_values MEAN fills them in"));
    }
    CsvSurvey survey;
    survey.rows = rows_;
    bool fits_uint8 = true;
    for (size_t c = 0; c < columns_.size(); ++c) {
      Seen& seen = columns_[c];
      CsvColumn& column = survey.columns.emplace_back();
      column.name = rows.names()[c];
      if (seen.is_text()) {
        TakeCategories(seen, column);
        fits_uint8 = fits_uint8 && (options_.text_columns() == v1::TEXT_COLUMNS_ONE_HOT ||
                                    FitsUint8(static_cast<float>(column.categories.size() - 1)));
      } else if (seen.not_finite.line > 0) {
        return rows.NotFinite(seen.not_finite.line, c, seen.not_finite.value);
      } else if (seen.numbers == 0) {
        return InvalidField(path_, "NO_VALUE",
                            absl::StrCat("column ", c + 1, " (", Echo(column.name),
                                         ") has missing values only, and so no mean"));
      } else {
        if (seen.missing) {
          column.fill = static_cast<float>(seen.sum / static_cast<double>(seen.numbers));
        }
        fits_uint8 = fits_uint8 && seen.fits_uint8 && FitsUint8(column.fill);
      }
    }
    if (!fits_uint8) survey.type = ElementType::kFloat32;
    return survey;
  }

  static void TakeCategories(Seen& seen, CsvColumn& column) {
    for (const auto& [value, count] : seen.counts) column.categories.push_back(value);
    std::sort(column.categories.begin(), column.categories.end());
    // The most frequent one, and of several the first.
    int64_t most = 0;
    for (size_t i = 0; i < column.categories.size(); ++i) {
      const int64_t count = seen.counts[column.categories[i]];
      if (count <= most) continue;
      most = count;
      column.fill = static_cast<float>(i);
    }
    seen.counts = {};
  }

  const absl::string_view text_;
  const v1::Csv& options_;
  TableSink& sink_;
  const FieldPath& path_;
  const SaturatingSize taken_;  // Of memory, whatever the cells hold.
  std::vector<Seen> columns_;
  SaturatingSize memory_ = 0;
  int64_t rows_ = 0;
  bool again_ = false;
};

}  // namespace

absl::StatusOr<CsvSurvey> SurveyCsv(absl::string_view text, const v1::Csv& options, TableSink& sink,
                                    const FieldPath& path) {
  const absl::StatusOr<CsvWidth> width = MeasureCsv(text, options, path);
  if (!width.ok()) return width.status();
  const SaturatingSize memory =
      SaturatingSize(width->columns) * TableSink::kColumnBytes + kNameCopies * width->bytes;
  if (absl::Status status = sink.Reserve(memory.value()); !status.ok()) return status;
  return Surveyor(text, options, width->columns, memory, sink, path).Run();
}

}  // namespace fnn::core
