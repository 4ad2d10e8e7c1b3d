// The rows of a text of comma-separated values: its columns' names, and what each cell holds.
//
//   absl::StatusOr<CsvRows> rows = CsvRows::Create(text, options, columns, path);
//   for (absl::StatusOr<bool> more = rows->Next(); *more; more = rows->Next()) {
//     ... rows->cells() ...
//   }

#ifndef FNN_CORE_DATA_CSV_ROWS_H_
#define FNN_CORE_DATA_CSV_ROWS_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/base/errors.h"
#include "core/data/csv_records.h"
#include "fnn/v1/dataset.pb.h"

namespace fnn::core {

struct CsvCell {
  enum class Kind { kNumber, kNotFinite, kText, kMissing };

  Kind kind;
  float number;    // Of kNumber.
  CsvField field;  // Without blanks around it; lives as long as the text.
};

// The first record, which is the header or a row: what the memory for reading rows grows with.
struct CsvWidth {
  size_t columns;
  size_t bytes;  // At least as many as the names of the columns have.
};

// INVALID_ARGUMENT for `path` where there is no record, or as CsvRecords.
absl::StatusOr<CsvWidth> MeasureCsv(absl::string_view text, const v1::Csv& options,
                                    const FieldPath& path);

// Goes through the rows, but for those that are left out for a missing value. Cells that the
// options refuse never come: kMissing only where missing values get the mean, kText and kNotFinite
// only where text is taken.
class CsvRows {
 public:
  // Reads the names of the `columns` columns, as MeasureCsv counts them. `text` and `options`,
  // which are validated, outlive it. INVALID_ARGUMENT for `path` where the header has a name that
  // is empty, repeated or not UTF-8.
  static absl::StatusOr<CsvRows> Create(absl::string_view text, const v1::Csv& options,
                                        size_t columns, const FieldPath& path);

  // Goes to the next row; false at the end. INVALID_ARGUMENT names line and column of a cell that
  // is refused, of a ragged row and of a quote at fault.
  absl::StatusOr<bool> Next();

  const std::vector<std::string>& names() const { return names_; }
  // Of this row: as many as there are names; and the line that it begins on.
  const std::vector<CsvCell>& cells() const { return cells_; }
  int64_t line() const { return records_.line(); }
  // How many rows have been left out so far.
  int64_t left_out() const { return left_out_; }

  // INVALID_ARGUMENT about a cell: of this row, or of the one on `line`.
  absl::Status Fault(size_t column, absl::string_view reason, absl::string_view what) const {
    return Fault(line(), column, reason, what);
  }
  absl::Status Fault(int64_t line, size_t column, absl::string_view reason,
                     absl::string_view what) const;
  // The same about a cell of kind kNotFinite or kText, shown as `value`.
  absl::Status NotFinite(int64_t line, size_t column, absl::string_view value) const;
  absl::Status NotANumber(int64_t line, size_t column, absl::string_view value) const;

 private:
  CsvRows(absl::string_view text, const v1::Csv& options, size_t columns, const FieldPath& path);

  absl::Status ReadNames();
  absl::Status CheckCells() const;
  bool IsMissing(absl::string_view text) const;

  const v1::Csv* options_;
  FieldPath path_;
  CsvRecords records_;
  std::vector<std::string> names_;
  std::vector<CsvCell> cells_;
  bool first_is_data_ = false;  // The record that ReadNames went to is a row still to come.
  int64_t left_out_ = 0;
};

}  // namespace fnn::core

#endif  // FNN_CORE_DATA_CSV_ROWS_H_
