#include "core/data/csv_records.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"

namespace fnn::core {

absl::string_view CsvField::Value(std::string& buffer) const {
  if (!doubled) return text;
  buffer = absl::StrReplaceAll(text, {{"\"\"", "\""}});
  return buffer;
}

CsvRecords::CsvRecords(absl::string_view text, char delimiter, FieldPath path, size_t most_fields)
    : rest_(text), delimiter_(delimiter), path_(std::move(path)), most_fields_(most_fields) {
  absl::ConsumePrefix(&rest_, "\xEF\xBB\xBF");  // A byte order mark.
}

absl::StatusOr<bool> CsvRecords::Next() {
  while (!rest_.empty()) {
    fields_.clear();
    count_ = 0;
    line_ = next_line_;
    bytes_ = rest_.size();
    if (absl::Status status = ReadRecord(); !status.ok()) return status;
    bytes_ -= rest_.size();
    const bool blank = count_ == 1 && absl::StripAsciiWhitespace(fields_[0].text).empty();
    if (!blank) return true;
  }
  return false;
}

absl::Status CsvRecords::ReadRecord() {
  while (true) {
    if (!rest_.empty() && rest_.front() == '"') {
      if (absl::Status status = ReadQuoted(); !status.ok()) return status;
    } else {
      size_t end = 0;
      while (end < rest_.size() && !EndsField(rest_[end])) ++end;
      Keep({rest_.substr(0, end)});
      rest_.remove_prefix(end);
    }
    if (rest_.empty()) return absl::OkStatus();
    const char c = rest_.front();
    rest_.remove_prefix(1);
    if (c == delimiter_) continue;  // To one more field, an empty one where the file ends here.
    // The end of a line: LF, CR LF or CR.
    if (c == '\r') absl::ConsumePrefix(&rest_, "\n");
    ++next_line_;
    return absl::OkStatus();
  }
}

// Leaves rest_ at what ends the field.
absl::Status CsvRecords::ReadQuoted() {
  const auto fault = [this](absl::string_view what) {
    return InvalidField(path_, "BAD_QUOTE",
                        absl::StrCat("line ", line_, ", column ", count_ + 1, ": ", what));
  };
  rest_.remove_prefix(1);
  CsvField field;
  size_t end = 0;
  while (true) {
    if (end == rest_.size()) return fault("a quote is opened and never closed");
    if (rest_[end] == '\n') ++next_line_;
    if (rest_[end] == '"') {
      if (end + 1 == rest_.size() || rest_[end + 1] != '"') break;
      field.doubled = true;
      ++end;
    }
    ++end;
  }
  field.text = rest_.substr(0, end);
  rest_.remove_prefix(end + 1);
  if (!rest_.empty() && !EndsField(rest_.front())) {
    return fault("there is text after the closing quote");
  }
  Keep(field);
  return absl::OkStatus();
}

}  // namespace fnn::core
