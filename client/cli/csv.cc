#include "client/cli/csv.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <iterator>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "client/cli/exit_code.h"

namespace fnn::cli {
namespace {

// Goes through a text record by record.
class Reader {
 public:
  Reader(absl::string_view text, char delimiter) : text_(text), delimiter_(delimiter) {
    absl::ConsumePrefix(&text_, "\xef\xbb\xbf");  // A byte order mark.
  }

  // The cells of the next record that is not blank; false at the end.
  bool Next(std::vector<std::string>* cells) {
    while (!text_.empty()) {
      line_ = next_line_;
      ReadRecord(cells);
      if (cells->size() > 1 || !(*cells)[0].empty()) return true;
    }
    return false;
  }

  // The line that the record began on, from 1.
  int64_t line() const { return line_; }

 private:
  void ReadRecord(std::vector<std::string>* cells) {
    cells->assign(1, "");
    bool quoted = false;
    while (!text_.empty()) {
      const char c = text_[0];
      text_.remove_prefix(1);
      if (c == '\n') ++next_line_;
      if (quoted) {
        if (c != '"') {
          cells->back().push_back(c);
        } else if (!absl::ConsumePrefix(&text_, "\"")) {
          quoted = false;
        } else {
          cells->back().push_back('"');
        }
      } else if (c == '"' && absl::StripAsciiWhitespace(cells->back()).empty()) {
        cells->back().clear();
        quoted = true;
      } else if (c == delimiter_) {
        cells->emplace_back();
      } else if (c == '\n') {
        break;
      } else {
        cells->back().push_back(c);
      }
    }
    for (std::string& cell : *cells) absl::StripAsciiWhitespace(&cell);
  }

  absl::string_view text_;
  const char delimiter_;
  int64_t line_ = 0;
  int64_t next_line_ = 1;
};

bool IsHeader(const std::vector<std::string>& cells, const CsvArgs& args) {
  if (args.header != "auto") return args.header == "present";
  return std::none_of(cells.begin(), cells.end(), [](const std::string& cell) {
    double ignored = 0;
    return absl::SimpleAtod(cell, &ignored);
  });
}

absl::Status AddRow(const std::vector<std::string>& cells, int64_t line, CsvTable& table) {
  if (cells.size() != table.names.size()) {
    return UsageError(absl::StrCat("line ", line, " has ", cells.size(), " cells where ",
                                   table.names.size(), " are expected"));
  }
  for (size_t i = 0; i < cells.size(); ++i) {
    double value = 0;
    if (!absl::SimpleAtod(cells[i], &value) || !std::isfinite(value)) {
      return UsageError(absl::StrCat("line ", line, ", column ", i + 1, " (", table.names[i],
                                     "): '", cells[i].substr(0, 64), "' is no finite number"));
    }
    table.values.push_back(value);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<CsvTable> ParseCsv(absl::string_view text, const CsvArgs& args) {
  const std::string delimiter = args.delimiter == "\\t" ? "\t" : args.delimiter;
  if (delimiter.size() > 1) return UsageError("--delimiter takes one character");
  Reader reader(text, delimiter.empty() ? ',' : delimiter[0]);
  CsvTable table;
  std::vector<std::string> cells;
  if (!reader.Next(&cells)) return table;
  if (IsHeader(cells, args)) {
    table.names = std::move(cells);
  } else {
    for (size_t i = 0; i < cells.size(); ++i) table.names.push_back(absl::StrCat("c", i));
    if (absl::Status status = AddRow(cells, reader.line(), table); !status.ok()) return status;
  }
  while (reader.Next(&cells)) {
    if (absl::Status status = AddRow(cells, reader.line(), table); !status.ok()) return status;
  }
  return table;
}

std::string CsvRecord(const std::vector<std::string>& cells) {
  return absl::StrCat(
      absl::StrJoin(
          cells, ",",
          [](std::string* out, const std::string& cell) {
            if (cell.find_first_of(",\"\r\n") == std::string::npos) {
              out->append(cell);
            } else {
              absl::StrAppend(out, "\"", absl::StrReplaceAll(cell, {{"\"", "\"\""}}), "\"");
            }
          }),
      "\n");
}

std::string CsvNumber(double value) {
  char text[32];  // The longest has 24 characters.
  return std::string(text, std::to_chars(std::begin(text), std::end(text), value).ptr);
}

}  // namespace fnn::cli
