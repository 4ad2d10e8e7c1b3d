// Missing values and text, and what becomes of them in the table.

#include "core/data/csv_survey.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/core/data/csv_testing.h"
#include "tests/core/testing.h"

namespace fnn::core {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::string kDrop = "missing_values: MISSING_VALUES_DROP_ROW missing_markers: ['NA', '?'] ";
const std::string kMean = "missing_values: MISSING_VALUES_MEAN missing_markers: ['NA', '?'] ";
const std::string kIndex = "text_columns: TEXT_COLUMNS_INDEX ";
const std::string kOneHot = "text_columns: TEXT_COLUMNS_ONE_HOT ";

std::vector<std::string> Categories(const Table& table, int64_t column) {
  const auto categories = table.categories(column);
  return {categories.begin(), categories.end()};
}

// ---- Missing values -----------------------------------------------------------------------------

TEST(CsvSurveyTest, MarkersAreMissingValues) {
  const std::string options = "missing_markers: ['NA', '?']";
  EXPECT_THAT(CsvFault("a,b\n1,NA\n", options),
              HasSubstr("MISSING_VALUE: line 2, column 2 (\"b\"): \"NA\" stands for a missing"));
  EXPECT_THAT(CsvFault("a,b\n1,\"?\"\n", options), HasSubstr("MISSING_VALUE: line 2"));
  // They are what they are, letter for letter.
  EXPECT_THAT(CsvFault("a,b\n1,na\n", options), HasSubstr("NOT_A_NUMBER"));
}

TEST(CsvSurveyTest, RowsAreLeftOut) {
  const auto table = ReadCsvOrFail("a,b\n1,2\n,4\n5,NA\n7, ? \n9,\"\"\n11,12\n", kDrop);
  EXPECT_THAT(Values(*table), ElementsAre(1, 2, 11, 12));
}

TEST(CsvSurveyTest, NothingOfARowThatIsLeftOutCounts) {
  // Neither its text, nor what is not finite, nor its large number.
  const auto table = ReadCsvOrFail("a,b,c\n1,2,3\nx,NA,3\n1e99,NA,3\n999,NA,3\n", kDrop);
  EXPECT_THAT(Values(*table), ElementsAre(1, 2, 3));
  EXPECT_EQ(table->type(), ElementType::kUint8);
  EXPECT_THAT(CsvFault("a,b\n1,NA,3\n", kDrop), HasSubstr("RAGGED_ROW"));
  EXPECT_THAT(Categories(*ReadCsvOrFail("a,b\nx,1\ny,\n", kDrop + kIndex), 0), ElementsAre("x"));
}

TEST(CsvSurveyTest, SomeRowMustBeLeft) {
  EXPECT_THAT(CsvFault("a,b\n1,NA\n,2\n", kDrop), HasSubstr("EMPTY: each of its 2 rows has a"));
  EXPECT_THAT(CsvFault("a,b\n", kDrop), HasSubstr("EMPTY: the file has no row"));
}

TEST(CsvSurveyTest, TheMeanStandsForWhatIsMissing) {
  const auto table = ReadCsvOrFail("a,b\n1,2\nNA,2\n2,?\n,5\n", kMean);
  EXPECT_THAT(Values(*table), ElementsAre(1, 2, 1.5, 2, 2, 3, 1.5, 5));
  EXPECT_EQ(table->type(), ElementType::kFloat32);
  // In double, then rounded: in floats the ones would be lost.
  EXPECT_THAT(CsvValues("a,b\n16777216,1\n1,1\n1,1\n,1\n", kMean),
              ElementsAre(16777216, 1, 1, 1, 1, 1, static_cast<float>(16777218.0 / 3), 1));
  EXPECT_EQ(ReadCsvOrFail("a,b\n1,2\n3,2\n,4\n", kMean)->type(), ElementType::kUint8);
  EXPECT_THAT(CsvValues("a,b\n3e38,0\n3e38,0\n,0\n", kMean)[4], 3e38F);
}

TEST(CsvSurveyTest, OfNothingThereIsNoMean) {
  EXPECT_THAT(CsvFault("a,b\n1,NA\n2,\n", kMean), HasSubstr("NO_VALUE: column 2 (\"b\")"));
  EXPECT_THAT(CsvFault("a,b\n1,NA\n2,\n", kMean + kIndex), HasSubstr("NO_VALUE: column 2"));
}

TEST(CsvSurveyTest, TheMostFrequentTextStandsForWhatIsMissing) {
  const std::string text = "a,b\ny,1\nx,1\n,1\nz,1\nx,1\ny,1\n";
  EXPECT_THAT(CsvValues(text, kMean + kIndex),
              ElementsAre(1, 1, 0, 1, 0, 1, 2, 1, 0, 1, 1, 1));  // x as often as y, and before it.
  EXPECT_THAT(CsvValues("a,b\ny,1\n,2\n", kMean + kOneHot), ElementsAre(1, 1, 1, 2));
}

// ---- Text ---------------------------------------------------------------------------------------

TEST(CsvSurveyTest, TextBecomesItsPlace) {
  const auto table = ReadCsvOrFail("color,n\nred,7\n green ,8\n\"red\",9\nblue,7\n", kIndex);
  EXPECT_THAT(table->names(), ElementsAre("color", "n"));
  EXPECT_THAT(Values(*table), ElementsAre(2, 7, 1, 8, 2, 9, 0, 7));
  EXPECT_THAT(Categories(*table, 0), ElementsAre("blue", "green", "red"));
  EXPECT_THAT(Categories(*table, 1), IsEmpty());
  EXPECT_GT(table->size_bytes(), ReadCsvOrFail("color,n\n2,7\n1,8\n2,9\n0,7\n")->size_bytes());
}

TEST(CsvSurveyTest, TextBecomesAColumnForEachValue) {
  const auto table = ReadCsvOrFail("n,color,m\n7,red,1\n8,blue,2\n9,red,3\n", kOneHot);
  EXPECT_THAT(table->names(), ElementsAre("n", "color=blue", "color=red", "m"));
  EXPECT_THAT(Values(*table), ElementsAre(7, 0, 1, 1, 8, 1, 0, 2, 9, 0, 1, 3));
  for (int64_t c = 0; c < 4; ++c) EXPECT_THAT(Categories(*table, c), IsEmpty());
}

TEST(CsvSurveyTest, QuotesInTextAreMeant) {
  const auto table =
      ReadCsvOrFail("a,b\n\"x, \"\"y\"\"\",1\n\"two\nlines\",2\n\"x, \"\"y\"\"\",3\n", kIndex);
  EXPECT_THAT(Categories(*table, 0), ElementsAre("two\nlines", "x, \"y\""));
  EXPECT_THAT(Values(*table), ElementsAre(1, 1, 0, 2, 1, 3));
}

TEST(CsvSurveyTest, ANumberIsANumberWithQuotesOrNot) {
  EXPECT_THAT(CsvValues("a\n\"1\"\n2\n", kIndex), ElementsAre(1, 2));
}

// As they are written, also those that came before the first text.
TEST(CsvSurveyTest, NumbersInAColumnOfTextAreText) {
  for (const char* text : {"a,b\n1,0\n1.0,0\nx,0\n1,0\n", "a,b\n1,0\n1.0,0\n1,0\nx,0\n"}) {
    EXPECT_THAT(Categories(*ReadCsvOrFail(text, kIndex), 0), ElementsAre("1", "1.0", "x")) << text;
  }
  const auto table = ReadCsvOrFail("a,b\n5,nan\n5,q\n5,-1e99\n", kIndex + kMean);
  EXPECT_THAT(Categories(*table, 1), ElementsAre("-1e99", "nan", "q"));
  EXPECT_THAT(Values(*table), ElementsAre(5, 1, 5, 2, 5, 0));
}

TEST(CsvSurveyTest, WhatIsNotFiniteIsNoText) {
  EXPECT_THAT(CsvFault("a,b\nx,1\ny,nan\nz,2\n", kIndex),
              HasSubstr("NOT_FINITE: line 3, column 2 (\"b\"): \"nan\""));
  EXPECT_THAT(
      CsvValues("a\nnan\n2\n4\n", "missing_markers: 'nan' missing_values: MISSING_VALUES_MEAN"),
      ElementsAre(3, 2, 4));
}

TEST(CsvSurveyTest, AColumnHasAtMostAThousandValues) {
  std::string text = "id,n\n";
  for (int i = 0; i < 1000; ++i) absl::StrAppend(&text, "v", i, ",1\nv", i, ",1\n");
  const auto table = ReadCsvOrFail(text, kIndex);
  EXPECT_EQ(table->categories(0).size(), 1000u);
  EXPECT_EQ(table->type(), ElementType::kFloat32);
  EXPECT_THAT(CsvFault(text + "w,1\n", kIndex),
              HasSubstr("TOO_MANY_VALUES: line 2002, column 1 (\"id\"): the column has more than "
                        "1000 different values of text; it is text because \"v0\" on line 2"));
  // One odd cell makes a column of numbers text; the error shows it.
  std::string numbers;
  for (int i = 0; i < 3000; ++i)
    absl::StrAppend(&numbers, i == 1500 ? "n/a" : absl::StrCat(i), "\n");
  EXPECT_THAT(CsvFault(numbers, kOneHot), HasSubstr("because \"n/a\" on line 1501 is no number"));
}

TEST(CsvSurveyTest, TextIsShortAndUtf8) {
  EXPECT_EQ(ReadCsvOrFail("a\n" + std::string(256, 'x') + "\n", kIndex)->categories(0).size(), 1u);
  EXPECT_THAT(CsvFault("a\n" + std::string(257, 'x') + "\n", kIndex),
              HasSubstr("TEXT_TOO_LONG: line 2, column 1 (\"a\"): text may have at most 256"));
  EXPECT_THAT(CsvFault("a,b\n1,2\n1,caf\xe9\n", kIndex), HasSubstr("NOT_UTF8: line 3, column 2"));
}

TEST(CsvSurveyTest, ColumnsThatWouldHaveOneNameAreRefused) {
  EXPECT_THAT(CsvFault("a=x,a\n1,x\n", kOneHot), HasSubstr("DUPLICATE_COLUMN_NAME: two columns "
                                                           "would be named \"a=x\""));
  EXPECT_THAT(CsvFault("a=x,a\nz,x=z\n", kOneHot), HasSubstr("DUPLICATE_COLUMN_NAME"));
}

TEST(CsvSurveyTest, TheFirstLineIsData) {
  const auto table = ReadCsvOrFail("x,y\nz,y\n", kIndex + "header: HEADER_ABSENT");
  EXPECT_THAT(table->names(), ElementsAre("c0", "c1"));
  EXPECT_THAT(Values(*table), ElementsAre(0, 0, 1, 0));
  // Where one cell is a number, it is found to be.
  EXPECT_THAT(ReadCsvOrFail("x,1\nz,2\n", kIndex)->names(), ElementsAre("c0", "c1"));
  EXPECT_THAT(CsvValues("?,1\n3,2\n", kMean), ElementsAre(3, 1, 3, 2));
}

}  // namespace
}  // namespace fnn::core
