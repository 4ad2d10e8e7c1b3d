#include "core/data/csv.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "absl/strings/charconv.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "core/base/utf8.h"

namespace fnn::core {
namespace {

// One line's cells; a view into the text, or into `unquoted` for a cell with doubled quotes.
class LineReader {
 public:
  LineReader(absl::string_view text, char delimiter) : rest_(text), delimiter_(delimiter) {
    constexpr absl::string_view kByteOrderMark = "\xEF\xBB\xBF";
    if (absl::StartsWith(rest_, kByteOrderMark)) rest_.remove_prefix(kByteOrderMark.size());
  }

  // The next line that is not blank; false at the end. A fault is told by fault().
  bool Next() {
    cells_.clear();
    while (!rest_.empty()) {
      line_ = next_line_;
      ReadRecord();
      if (!fault_.empty()) return false;
      const bool blank = cells_.size() == 1 && absl::StripAsciiWhitespace(cells_[0]).empty();
      if (!blank) return true;
      cells_.clear();
    }
    return false;
  }

  int64_t line() const { return line_; }  // From 1.
  const std::vector<std::string>& cells() const { return cells_; }
  const std::string& fault() const { return fault_; }

 private:
  void ReadRecord() {
    while (true) {
      ReadCell();
      if (!fault_.empty() || rest_.empty()) return;
      const char c = rest_.front();
      rest_.remove_prefix(1);
      if (c == delimiter_) {
        continue;  // To one more cell, an empty one where the file ends here.
      }
      // The end of a line: LF, CR LF or CR.
      if (c == '\r' && !rest_.empty() && rest_.front() == '\n') rest_.remove_prefix(1);
      ++next_line_;
      return;
    }
  }

  // Leaves rest_ at the delimiter or the line's end.
  void ReadCell() {
    if (!rest_.empty() && rest_.front() == '"') {
      ReadQuoted();
      return;
    }
    size_t end = 0;
    while (end < rest_.size() && !EndsCell(rest_[end])) ++end;
    cells_.emplace_back(rest_.substr(0, end));
    rest_.remove_prefix(end);
  }

  void ReadQuoted() {
    std::string cell;
    size_t i = 1;
    while (true) {
      if (i >= rest_.size()) {
        fault_ = absl::StrCat("line ", line_, ", column ", cells_.size() + 1,
                              ": a quote is opened and never closed");
        return;
      }
      const char c = rest_[i++];
      if (c == '"') {
        if (i >= rest_.size() || rest_[i] != '"') break;
        ++i;
      } else if (c == '\n') {
        ++next_line_;
      }
      cell += c;
    }
    rest_.remove_prefix(i);
    if (!rest_.empty() && !EndsCell(rest_.front())) {
      fault_ = absl::StrCat("line ", line_, ", column ", cells_.size() + 1,
                            ": there is text after the closing quote");
      return;
    }
    cells_.push_back(std::move(cell));
  }

  bool EndsCell(char c) const { return c == delimiter_ || c == '\n' || c == '\r'; }

  absl::string_view rest_;
  char delimiter_;
  int64_t line_ = 0;
  int64_t next_line_ = 1;
  std::vector<std::string> cells_;
  std::string fault_;
};

// The number in a cell, blanks around it allowed; nothing where it is no decimal number. Numbers
// too large for a float come back infinite.
std::optional<float> ParseNumber(absl::string_view cell) {
  cell = absl::StripAsciiWhitespace(cell);
  if (absl::StartsWith(cell, "+")) {
    cell.remove_prefix(1);
    if (absl::StartsWith(cell, "-")) return std::nullopt;
  }
  float value = 0;
  const auto [end, error] = absl::from_chars(cell.data(), cell.data() + cell.size(), value);
  if (cell.empty() || end != cell.data() + cell.size() || error == std::errc::invalid_argument ||
      absl::StrContains(cell, 'x') || absl::StrContains(cell, 'X')) {  // Hexadecimal.
    return std::nullopt;
  }
  // Out of range, absl::from_chars gives the largest number, or 0 for what is too small.
  if (error == std::errc::result_out_of_range && value != 0) value *= HUGE_VALF;
  return value;
}

bool IsHeader(const std::vector<std::string>& cells, v1::Header header) {
  if (header == v1::HEADER_PRESENT) return true;
  if (header == v1::HEADER_ABSENT) return false;
  return std::none_of(cells.begin(), cells.end(),
                      [](const std::string& cell) { return ParseNumber(cell).has_value(); });
}

// The file's columns, by header or by number.
absl::StatusOr<std::vector<std::string>> NamesFrom(const LineReader& reader, bool header,
                                                   const FieldPath& path) {
  std::vector<std::string> names;
  absl::flat_hash_set<std::string> seen;
  for (size_t c = 0; c < reader.cells().size(); ++c) {
    if (!header) {
      names.push_back(absl::StrCat("c", c));
      continue;
    }
    names.emplace_back(absl::StripAsciiWhitespace(reader.cells()[c]));
    const std::string where = absl::StrCat("line ", reader.line(), ", column ", c + 1, ": ");
    if (!IsUtf8(names.back())) {
      return InvalidField(path, "NOT_UTF8",
                          absl::StrCat(where, Echo(names.back()), " is not UTF-8"));
    }
    if (names.back().empty()) {
      return InvalidField(path, "EMPTY_COLUMN_NAME", where + "the header names no column here");
    }
    if (!seen.insert(names.back()).second) {
      return InvalidField(path, "DUPLICATE_COLUMN_NAME",
                          absl::StrCat(where, "the header names ", Echo(names.back()), " twice"));
    }
  }
  return names;
}

}  // namespace

absl::Status ValidateCsv(const v1::Csv& options, const FieldPath& path) {
  Violations violations;
  const std::string& delimiter = options.delimiter();
  if (!delimiter.empty() &&
      (delimiter.size() > 1 || !absl::ascii_isascii(delimiter[0]) || delimiter[0] == '"' ||
       delimiter[0] == '\n' || delimiter[0] == '\r' || absl::ascii_isalnum(delimiter[0]) ||
       delimiter[0] == '.' || delimiter[0] == '+' || delimiter[0] == '-')) {
    violations.Add(path / "delimiter", "INVALID",
                   absl::StrCat("must be one ASCII character that is no part of a number, not ",
                                Echo(delimiter)));
  }
  if (!v1::Header_IsValid(options.header())) {
    violations.Add(path / "header", "UNKNOWN",
                   absl::StrCat("there is no value ", static_cast<int>(options.header())));
  }
  return violations.ToStatus();
}

absl::StatusOr<std::shared_ptr<const Table>> ReadCsv(absl::string_view text, const v1::Csv& options,
                                                     const FieldPath& path) {
  LineReader reader(text, options.delimiter().empty() ? ',' : options.delimiter()[0]);
  const auto fault = [&](absl::string_view reason, absl::string_view what) {
    return InvalidField(path, reason, what);
  };
  std::vector<std::string> names;
  std::vector<float> values;
  bool first = true;
  while (reader.Next()) {
    const std::vector<std::string>& cells = reader.cells();
    if (first) {
      first = false;
      const bool header = IsHeader(cells, options.header());
      auto read = NamesFrom(reader, header, path);
      if (!read.ok()) return read.status();
      names = *std::move(read);
      if (header) continue;
    }
    if (cells.size() != names.size()) {
      return fault("RAGGED_ROW", absl::StrCat("line ", reader.line(), " has ", cells.size(),
                                              " columns, but the first has ", names.size()));
    }
    for (size_t c = 0; c < cells.size(); ++c) {
      const std::optional<float> value = ParseNumber(cells[c]);
      if (value.has_value() && std::isfinite(*value)) {
        values.push_back(*value);
        continue;
      }
      const std::string where =
          absl::StrCat("line ", reader.line(), ", column ", c + 1, " (", Echo(names[c]), "): ");
      if (absl::StripAsciiWhitespace(cells[c]).empty()) {
        return fault("MISSING_VALUE", where + "there is no value");
      }
      if (!value.has_value()) {
        return fault("NOT_A_NUMBER", absl::StrCat(where, Echo(cells[c]), " is no number"));
      }
      return fault("NOT_FINITE",
                   absl::StrCat(where, Echo(cells[c]), " is not finite as a 32-bit float"));
    }
  }
  if (!reader.fault().empty()) return fault("BAD_QUOTE", reader.fault());
  if (values.empty()) return fault("EMPTY", "the file has no row of data");
  values.shrink_to_fit();
  return Table::Create(std::move(names), std::move(values));
}

}  // namespace fnn::core
