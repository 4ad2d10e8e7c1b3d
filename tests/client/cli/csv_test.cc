#include "client/cli/csv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/cli/column_choice.h"
#include "client/cli/exit_code.h"

namespace fnn::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(CsvTest, WithoutHeaderColumnsAreNumbered) {
  const auto table = ParseCsv("1,2.5\n-3e2,4\n", {});
  ASSERT_TRUE(table.ok()) << table.status();
  EXPECT_THAT(table->names, ElementsAre("c0", "c1"));
  EXPECT_THAT(table->values, ElementsAre(1, 2.5, -300, 4));
  EXPECT_EQ(table->rows(), 2u);
}

TEST(CsvTest, ALineWithoutANumberIsAHeader) {
  EXPECT_THAT(ParseCsv("a,b\n1,2\n", {})->names, ElementsAre("a", "b"));
  EXPECT_FALSE(ParseCsv("a,1\n1,2\n", {}).ok());
  EXPECT_THAT(ParseCsv("7,1\n1,2\n", {.delimiter = "", .header = "present"})->names,
              ElementsAre("7", "1"));
  EXPECT_FALSE(ParseCsv("a,b\n1,2\n", {.delimiter = "", .header = "absent"}).ok());
}

TEST(CsvTest, TakesQuotesBlankLinesAndEveryLineEnd) {
  const auto table = ParseCsv("\xef\xbb\xbf\"a \"\"b\"\"\nc\" , d\r\n\r\n\"1\",2\r\n\n 3 ,4", {});
  ASSERT_TRUE(table.ok()) << table.status();
  EXPECT_THAT(table->names, ElementsAre("a \"b\"\nc", "d"));
  EXPECT_THAT(table->values, ElementsAre(1, 2, 3, 4));
}

TEST(CsvTest, TakesOtherDelimiters) {
  EXPECT_THAT(ParseCsv("1;2", {.delimiter = ";"})->values, ElementsAre(1, 2));
  EXPECT_THAT(ParseCsv("1\t2", {.delimiter = "\\t"})->values, ElementsAre(1, 2));
  EXPECT_EQ(ToExitCode(ParseCsv("1", {.delimiter = "ab"}).status()), ExitCode::kUsage);
}

TEST(CsvTest, NamesLineAndColumn) {
  const auto message = [](const char* text) {
    return std::string(ParseCsv(text, {}).status().message());
  };
  EXPECT_THAT(message("1,2\n\n3\n"), HasSubstr("line 3 has 1 cells where 2 are expected"));
  EXPECT_THAT(message("1,2\n3,\n"), HasSubstr("line 2, column 2 (c1): '' is no finite number"));
  EXPECT_THAT(message("1,nan\n"), HasSubstr("line 1, column 2"));
  EXPECT_THAT(message("1\ninf\n"), HasSubstr("line 2, column 1"));
  EXPECT_THAT(message("\"a\nb\"\n1\nx\n"), HasSubstr("line 4, column 1"));
}

TEST(CsvTest, NothingHasNoRows) {
  EXPECT_EQ(ParseCsv("", {})->rows(), 0u);
  EXPECT_EQ(ParseCsv("\n\n", {})->rows(), 0u);
  EXPECT_EQ(ParseCsv("a,b\n", {})->rows(), 0u);
}

TEST(ColumnChoiceTest, EveryColumnIsAFeatureUnlessSaid) {
  const std::vector<std::string> names = {"a", "b", "2", "d"};
  EXPECT_THAT(ChooseColumns(names, {})->features, ElementsAre(0, 1, 2, 3));
  const auto choice = ChooseColumns(names, {.targets = {"-1"}, .features = {}, .ignored = {"b"}});
  EXPECT_THAT(choice->features, ElementsAre(0, 2));
  EXPECT_THAT(choice->targets, ElementsAre(3));
  EXPECT_THAT(
      ChooseColumns(names, {.targets = {}, .features = {"name=2", "0"}, .ignored = {}})->features,
      ElementsAre(2, 0));
}

TEST(ColumnChoiceTest, TheWeightIsNoFeature) {
  BindingArgs binding;
  binding.targets = {"-1"};
  binding.weight = "b";
  EXPECT_THAT(ChooseColumns({"a", "b", "c"}, binding)->features, ElementsAre(0));
  binding.weight = "z";
  EXPECT_FALSE(ChooseColumns({"a", "b", "c"}, binding).ok());
}

TEST(ColumnChoiceTest, UnknownColumnsAreUsageErrors) {
  for (const char* column : {"x", "2", "-3", "name=0"}) {
    const auto choice =
        ChooseColumns({"a", "b"}, {.targets = {column}, .features = {}, .ignored = {}});
    EXPECT_EQ(ToExitCode(choice.status()), ExitCode::kUsage) << column;
  }
}

}  // namespace
}  // namespace fnn::cli
