#include "core/data/csv_rows.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "core/base/utf8.h"
#include "core/data/csv_number.h"

namespace fnn::core {
namespace {

using Kind = CsvCell::Kind;

bool IsHeader(const std::vector<CsvField>& fields, v1::Header header) {
  if (header == v1::HEADER_PRESENT) return true;
  if (header == v1::HEADER_ABSENT) return false;
  return std::none_of(fields.begin(), fields.end(), [](const CsvField& field) {
    return ParseCsvNumber(absl::StripAsciiWhitespace(field.text)).has_value();
  });
}

bool RefusesMissing(const v1::Csv& options) {
  return options.missing_values() == v1::MISSING_VALUES_UNSPECIFIED ||
         options.missing_values() == v1::MISSING_VALUES_REFUSE;
}

bool RefusesText(const v1::Csv& options) {
  return options.text_columns() == v1::TEXT_COLUMNS_UNSPECIFIED ||
         options.text_columns() == v1::TEXT_COLUMNS_REFUSE;
}

// Whether somebody may have meant `value` as text: `x`, `Ünder`, but not `1..2`, `1,5` or `$1`.
bool LooksLikeText(absl::string_view value) {
  return !value.empty() && (absl::ascii_isalpha(value[0]) || !absl::ascii_isascii(value[0]));
}

char DelimiterOf(const v1::Csv& options) {
  return options.delimiter().empty() ? ',' : options.delimiter()[0];
}

}  // namespace

absl::StatusOr<CsvWidth> MeasureCsv(absl::string_view text, const v1::Csv& options,
                                    const FieldPath& path) {
  CsvRecords records(text, DelimiterOf(options), path, 1);
  const absl::StatusOr<bool> any = records.Next();
  if (!any.ok()) return any.status();
  if (!*any) return InvalidField(path, "EMPTY", "the file has no row of data");
  return CsvWidth{records.field_count(), records.bytes()};
}

absl::StatusOr<CsvRows> CsvRows::Create(absl::string_view text, const v1::Csv& options,
                                        size_t columns, const FieldPath& path) {
  CsvRows rows(text, options, columns, path);
  if (absl::Status status = rows.ReadNames(); !status.ok()) return status;
  return rows;
}

CsvRows::CsvRows(absl::string_view text, const v1::Csv& options, size_t columns,
                 const FieldPath& path)
    : options_(&options),
      path_(path),
      records_(text, DelimiterOf(options), path, columns),
      cells_(columns) {}

absl::Status CsvRows::ReadNames() {
  const absl::StatusOr<bool> any = records_.Next();
  if (!any.ok()) return any.status();
  const std::vector<CsvField>& fields = records_.fields();
  first_is_data_ = !IsHeader(fields, options_->header());
  if (first_is_data_) {
    for (size_t c = 0; c < fields.size(); ++c) names_.push_back(absl::StrCat("c", c));
    return absl::OkStatus();
  }
  absl::flat_hash_set<std::string> seen;
  for (size_t c = 0; c < fields.size(); ++c) {
    std::string buffer;
    const std::string name(absl::StripAsciiWhitespace(fields[c].Value(buffer)));
    const std::string where = absl::StrCat("line ", line(), ", column ", c + 1, ": ");
    if (!IsUtf8(name)) {
      return InvalidField(path_, "NOT_UTF8", absl::StrCat(where, Echo(name), " is not UTF-8"));
    }
    if (name.empty()) {
      return InvalidField(path_, "EMPTY_COLUMN_NAME", where + "the header names no column here");
    }
    if (!seen.insert(name).second) {
      return InvalidField(path_, "DUPLICATE_COLUMN_NAME",
                          absl::StrCat(where, "the header names ", Echo(name), " twice"));
    }
    names_.push_back(name);
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> CsvRows::Next() {
  while (true) {
    if (!first_is_data_) {
      const absl::StatusOr<bool> more = records_.Next();
      if (!more.ok() || !*more) return more;
    }
    first_is_data_ = false;
    if (records_.field_count() != names_.size()) {
      return InvalidField(path_, "RAGGED_ROW",
                          absl::StrCat("line ", line(), " has ", records_.field_count(),
                                       " columns, but the first has ", names_.size()));
    }
    bool plain = true;  // Numbers only.
    bool missing = false;
    for (size_t c = 0; c < names_.size(); ++c) {
      CsvCell& cell = cells_[c];
      cell.field = records_.fields()[c];
      cell.field.text = absl::StripAsciiWhitespace(cell.field.text);
      const std::optional<float> number = ParseCsvNumber(cell.field.text);
      cell.number = number.value_or(0);
      cell.kind = Kind::kNumber;
      if (number.has_value() && std::isfinite(*number)) continue;
      plain = false;
      cell.kind = IsMissing(cell.field.text) ? Kind::kMissing
                  : number.has_value()       ? Kind::kNotFinite
                                             : Kind::kText;
      missing = missing || cell.kind == Kind::kMissing;
    }
    if (plain) return true;
    if (missing && options_->missing_values() == v1::MISSING_VALUES_DROP_ROW) {
      ++left_out_;
      continue;
    }
    if (absl::Status status = CheckCells(); !status.ok()) return status;
    return true;
  }
}

bool CsvRows::IsMissing(absl::string_view text) const {
  return text.empty() ||
         std::find(options_->missing_markers().begin(), options_->missing_markers().end(), text) !=
             options_->missing_markers().end();
}

absl::Status CsvRows::CheckCells() const {
  const bool refuses_missing = RefusesMissing(*options_);
  const bool refuses_text = RefusesText(*options_);
  for (size_t c = 0; c < cells_.size(); ++c) {
    const CsvCell& cell = cells_[c];
    if (cell.kind == Kind::kMissing && refuses_missing) {
      const absl::string_view marker = cell.field.text;
      return Fault(c, "MISSING_VALUE",
                   absl::StrCat(marker.empty() ? "there is no value"
                                               : Echo(marker) + " stands for a missing value",
                                "; missing_values DROP_ROW leaves such rows out, and MEAN fills "
                                "them in"));
    }
    if (cell.kind == Kind::kText && refuses_text) {
      return NotANumber(line(), c, cell.field.text);
    }
    if (cell.kind == Kind::kNotFinite && refuses_text) {
      return NotFinite(line(), c, cell.field.text);
    }
  }
  return absl::OkStatus();
}

absl::Status CsvRows::Fault(int64_t line, size_t column, absl::string_view reason,
                            absl::string_view what) const {
  return InvalidField(path_, reason,
                      absl::StrCat("line ", line, ", column ", column + 1, " (",
                                   Echo(names_[column]), "): ", what));
}

absl::Status CsvRows::NotFinite(int64_t line, size_t column, absl::string_view value) const {
  return Fault(
      line, column, "NOT_FINITE",
      absl::StrCat(
          Echo(value), " is not finite as a 32-bit float",
          LooksLikeText(value) ? "; missing_markers says what stands for a missing value" : ""));
}

absl::Status CsvRows::NotANumber(int64_t line, size_t column, absl::string_view value) const {
  return Fault(
      line, column, "NOT_A_NUMBER",
      absl::StrCat(
          Echo(value),
          " is no number; missing_markers says what stands for a "
          "missing value",
          LooksLikeText(value) ? ", and text_columns ONE_HOT or INDEX takes columns of text" : ""));
}

}  // namespace fnn::core
