// What the tests of reading CSV share.

#ifndef FNN_TESTS_CORE_DATA_CSV_TESTING_H_
#define FNN_TESTS_CORE_DATA_CSV_TESTING_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "core/data/table.h"
#include "fnn/v1/dataset.pb.h"

namespace fnn::core {

// Options in a line, as text: `delimiter: ';' missing_values: MISSING_VALUES_MEAN`.
v1::Csv CsvOptions(const std::string& text = "");

// The table of `text`. A fault in it fails the test.
std::shared_ptr<const Table> ReadCsvOrFail(absl::string_view text, const std::string& options = "");
std::vector<float> CsvValues(absl::string_view text, const std::string& options = "");

// The reason and the description of the fault in `text`.
std::string CsvFault(absl::string_view text, const std::string& options = "");

}  // namespace fnn::core

#endif  // FNN_TESTS_CORE_DATA_CSV_TESTING_H_
