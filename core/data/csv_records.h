// The records of a text of comma-separated values, cell by cell, without copying it.

#ifndef FNN_CORE_DATA_CSV_RECORDS_H_
#define FNN_CORE_DATA_CSV_RECORDS_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/base/errors.h"

namespace fnn::core {

// What stands in a cell: a view of the text, without the quotes around it.
struct CsvField {
  absl::string_view text;
  bool doubled = false;  // Two quotes of `text` stand for one.

  // What is meant: `text`, or, where quotes are doubled, what is made of it in `buffer`.
  absl::string_view Value(std::string& buffer) const;
};

class CsvRecords {
 public:
  // `text` outlives it. Of each record at most `most_fields` fields are kept, at least one.
  CsvRecords(absl::string_view text, char delimiter, FieldPath path, size_t most_fields);

  // Goes to the next record that is not blank; false at the end. INVALID_ARGUMENT (BAD_QUOTE) names
  // line and column of a quote that never ends or with text behind it.
  absl::StatusOr<bool> Next();

  // Of this record: the line that it begins on, from 1; how many bytes it takes in the text; how
  // many fields it has; and those kept.
  int64_t line() const { return line_; }
  size_t bytes() const { return bytes_; }
  size_t field_count() const { return count_; }
  const std::vector<CsvField>& fields() const { return fields_; }

 private:
  absl::Status ReadRecord();
  absl::Status ReadQuoted();
  void Keep(CsvField field) {
    if (count_++ < most_fields_) fields_.push_back(field);
  }
  bool EndsField(char c) const { return c == delimiter_ || c == '\n' || c == '\r'; }

  absl::string_view rest_;
  char delimiter_;
  FieldPath path_;
  size_t most_fields_;
  int64_t line_ = 0;
  int64_t next_line_ = 1;
  size_t bytes_ = 0;
  size_t count_ = 0;
  std::vector<CsvField> fields_;
};

}  // namespace fnn::core

#endif  // FNN_CORE_DATA_CSV_RECORDS_H_
