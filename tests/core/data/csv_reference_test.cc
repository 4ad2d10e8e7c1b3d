// Files that tests/core/data/csv_reference.py made, and the tables that they are to become.

#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "gtest/gtest.h"
#include "tests/core/data/array_files.h"
#include "tests/core/data/csv_testing.h"
#include "tests/core/testing.h"

namespace fnn::core {
namespace {

std::vector<std::string> Texts(absl::string_view cell) {
  std::vector<std::string> out;
  for (const absl::string_view text : absl::StrSplit(cell, ' ', absl::SkipEmpty())) {
    out.push_back(absl::HexStringToBytes(text));
  }
  return out;
}

TEST(CsvReferenceTest, MakesTheTablesThatPythonMakes) {
  for (const std::vector<std::string>& cells : ReadDataRows("csv_reference.csv")) {
    const std::string options = absl::HexStringToBytes(cells.at(0));
    SCOPED_TRACE(options);
    const std::string file = absl::HexStringToBytes(cells.at(1));
    SCOPED_TRACE(file);
    const auto table = ReadCsvOrFail(file, options);
    ASSERT_EQ(table->names(), Texts(cells.at(2)));
    const auto categories = table->categories(table->columns() - 2);
    EXPECT_EQ(std::vector<std::string>(categories.begin(), categories.end()), Texts(cells.at(3)));
    std::vector<float> values;
    for (const absl::string_view value : absl::StrSplit(cells.at(4), ' ')) {
      EXPECT_TRUE(absl::SimpleAtof(value, &values.emplace_back())) << value;
    }
    EXPECT_EQ(Values(*table), values);
  }
}

}  // namespace
}  // namespace fnn::core
