#include "tests/core/data/csv_testing.h"

#include "absl/strings/str_cat.h"
#include "core/data/csv.h"
#include "core/data/csv_options.h"
#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "tests/core/data/array_files.h"
#include "tests/core/testing.h"

namespace fnn::core {

v1::Csv CsvOptions(const std::string& text) {
  v1::Csv options;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &options)) << text;
  EXPECT_TRUE(ValidateCsv(options, FieldPath("csv")).ok()) << text;
  return options;
}

std::shared_ptr<const Table> ReadCsvOrFail(absl::string_view text, const std::string& options) {
  MemorySink sink;
  const auto table = ReadCsv(text, CsvOptions(options), sink, FieldPath("upload"));
  EXPECT_TRUE(table.ok()) << text << ": " << table.status();
  return table.ok() ? *table : Table::Create({"broken"}, {0});
}

std::vector<float> CsvValues(absl::string_view text, const std::string& options) {
  const auto table = ReadCsvOrFail(text, options);
  return Values(*table);
}

std::string CsvFault(absl::string_view text, const std::string& options) {
  MemorySink sink;
  const auto table = ReadCsv(text, CsvOptions(options), sink, FieldPath("upload"));
  EXPECT_FALSE(table.ok()) << text;
  if (table.ok()) return "none";
  EXPECT_EQ(sink.tables, 0);
  EXPECT_EQ(table.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(Faults(table.status()), ::testing::ElementsAre("upload " + Reason(table.status())));
  EXPECT_LT(SizeOnTheWire(table.status()), 4096u);
  return absl::StrCat(Reason(table.status()), ": ", Descriptions(table.status()));
}

}  // namespace fnn::core
