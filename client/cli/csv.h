#ifndef FNN_CLIENT_CLI_CSV_H_
#define FNN_CLIENT_CLI_CSV_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "client/cli/data_args.h"

namespace fnn::cli {

// Rows of numbers to predict.
struct CsvTable {
  // From the header, or `c0`, `c1`, ... where there is none.
  std::vector<std::string> names;
  // Row-major, as many in each row as there are names.
  std::vector<double> values;
  size_t rows() const { return names.empty() ? 0 : values.size() / names.size(); }
};

// Reads CSV the way the server reads an upload: RFC 4180, blank lines passed over; unless `args`
// says, the first line is a header when no cell of it is a number. A file at fault is a usage error
// that names the line and the column.
absl::StatusOr<CsvTable> ParseCsv(absl::string_view text, const CsvArgs& args);

// A record as RFC 4180 writes it, but ended by a newline alone.
std::string CsvRecord(const std::vector<std::string>& cells);

// The shortest decimal number that reads back as `value`; `nan`, `inf` and `-inf` for what is none.
std::string CsvNumber(double value);

}  // namespace fnn::cli

#endif  // FNN_CLIENT_CLI_CSV_H_
