#include "core/data/csv.h"

#include <limits>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/core/data/array_files.h"
#include "tests/core/data/csv_testing.h"
#include "tests/core/testing.h"
#include "tests/status_matchers.h"

namespace fnn::core {
namespace {

using fnn::testing::HasReason;
using fnn::testing::IsOk;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(CsvTest, ReadsNumbers) {
  const auto table = ReadCsvOrFail("1,2\n3,4.5\n-6,7e2\n");
  EXPECT_THAT(table->names(), ElementsAre("c0", "c1"));
  EXPECT_EQ(table->rows(), 3);
  EXPECT_EQ(table->columns(), 2);
  EXPECT_THAT(Values(*table), ElementsAre(1, 2, 3, 4.5, -6, 700));
}

TEST(CsvTest, LinesMayEndAnyWay) {
  for (const char* text : {"1,2\n3,4\n", "1,2\n3,4", "1,2\r\n3,4\r\n", "1,2\r\n3,4", "1,2\r3,4\r",
                           "\n\n1,2\n\r\n  \n3,4\n\n\n",
                           "\xEF\xBB\xBF"
                           "1,2\n3,4\n"}) {
    EXPECT_THAT(CsvValues(text), ElementsAre(1, 2, 3, 4)) << text;
  }
}

TEST(CsvTest, FindsTheHeader) {
  EXPECT_THAT(ReadCsvOrFail("a,b\n1,2\n")->names(), ElementsAre("a", "b"));
  EXPECT_THAT(ReadCsvOrFail(" a , \"b\"\"c\"\n1,2\n")->names(), ElementsAre("a", "\"b\"\"c\""));
  EXPECT_THAT(ReadCsvOrFail("a,\"b,\"\"c\"\n1,2\n")->names(), ElementsAre("a", "b,\"c"));
  EXPECT_THAT(ReadCsvOrFail("\xEF\xBB\xBFlabel\n1\n")->names(), ElementsAre("label"));
  // One number is enough for the first line to be data.
  EXPECT_THAT(CsvFault("a,1\n2,3\n"), HasSubstr("line 1, column 1"));
}

TEST(CsvTest, ObeysTheHeaderOption) {
  EXPECT_THAT(ReadCsvOrFail("1,2\n3,4\n", "header: HEADER_PRESENT")->names(),
              ElementsAre("1", "2"));
  EXPECT_THAT(CsvFault("a,b\n3,4\n", "header: HEADER_ABSENT"),
              HasSubstr("NOT_A_NUMBER: line 1, column 1 (\"c0\"): \"a\" is no number"));
}

TEST(CsvTest, ReadsQuotedCells) {
  EXPECT_THAT(CsvValues("\"1\",\"2\"\n\" 3 \",4\n"), ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(ReadCsvOrFail("\"two\nlines\",b\n1,2\n")->names(), ElementsAre("two\nlines", "b"));
  EXPECT_THAT(CsvFault("\"two\nlines\",b\n1,x\n"), HasSubstr("line 3, column 2 (\"b\"): \"x\""));
}

TEST(CsvTest, NamesBadQuotes) {
  EXPECT_THAT(CsvFault("a,b\n1,\"2\n3,4\n"), HasSubstr("BAD_QUOTE: line 2, column 2: a quote is"));
  EXPECT_THAT(CsvFault("a,b\n1,\"2\"x\n"), HasSubstr("BAD_QUOTE: line 2, column 2: there is text"));
  EXPECT_THAT(CsvFault("\""), HasSubstr("BAD_QUOTE: line 1, column 1"));
  EXPECT_THAT(CsvFault("1,2\n3,\""), HasSubstr("BAD_QUOTE: line 2, column 2"));
}

TEST(CsvTest, TakesAnotherDelimiter) {
  EXPECT_THAT(CsvValues("1;2\n3;4\n", "delimiter: ';'"), ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(CsvValues("1\t2\n3\t4\n", "delimiter: '\\t'"), ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(CsvValues("1 2\n3 4\n", "delimiter: ' '"), ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(CsvFault("1;2\n3;4\n"), HasSubstr("line 2, column 1"));  // A header and a text.
}

TEST(CsvTest, RefusesRaggedRows) {
  EXPECT_THAT(CsvFault("a,b\n1,2\n\n3\n"),
              HasSubstr("RAGGED_ROW: line 4 has 1 columns, but the first has 2"));
  EXPECT_THAT(CsvFault("1,2\n3,4,5\n"), HasSubstr("line 2 has 3 columns"));
  EXPECT_THAT(CsvFault("a,b\n1,2,\n"), HasSubstr("line 2 has 3 columns"));
  EXPECT_THAT(CsvFault("a,b\n1,2,"), HasSubstr("line 2 has 3 columns"));
}

TEST(CsvTest, NamesMissingValues) {
  EXPECT_THAT(CsvFault("a,b\n1,\n"), HasSubstr("MISSING_VALUE: line 2, column 2 (\"b\")"));
  EXPECT_THAT(CsvFault("a,b\n1,"), HasSubstr("MISSING_VALUE: line 2, column 2 (\"b\")"));
  EXPECT_THAT(CsvFault("a,b\n ,1\n"), HasSubstr("MISSING_VALUE: line 2, column 1 (\"a\")"));
  EXPECT_THAT(CsvFault("a,b\n1,\"\"\n"), HasSubstr("MISSING_VALUE: line 2, column 2 (\"b\")"));
}

TEST(CsvTest, NamesTextCells) {
  EXPECT_THAT(CsvFault("a,b\n1,2\n3,x y\n"),
              HasSubstr("NOT_A_NUMBER: line 3, column 2 (\"b\"): \"x y\" is no number"));
  for (const char* text :
       {"1..2",     "1e",        "e5",   "0x1F", "0x1p3", "1_000", "1,5", "--1", "+-1",
        "++1",      "+ 1",       "- 1",  "1 2",  ".",     "+",     "-",   "1f",  "\xff\xfe",
        "\xc2\xa0", "1\xc2\xa0", "nanx", "infx", "true",  "1/2",   "$1",  "1%"}) {
    EXPECT_THAT(CsvFault(absl::StrCat("a\n1\n\"", text, "\"\n")),
                HasSubstr("line 3, column 1 (\"a\")"))
        << text;
  }
  EXPECT_THAT(CsvFault(absl::string_view("a\n1\0002\n", 6)), HasSubstr("NOT_A_NUMBER"));
}

TEST(CsvTest, ReadsEveryWayToWriteANumber) {
  EXPECT_THAT(CsvValues("x\n1\n+1\n-1\n.5\n5.\n1e3\n1E-3\n1e+2\n -0 \n007\n"),
              ElementsAre(1, 1, -1, .5, 5, 1000, 1e-3F, 100, 0, 7));
  EXPECT_THAT(CsvValues("x\n3.4028234e38\n-3.4028235e38\n1.17549435e-38\n0.1\n16777217\n"),
              ElementsAre(std::numeric_limits<float>::max(), -std::numeric_limits<float>::max(),
                          std::numeric_limits<float>::min(), 0.1F, 16777216.0F));
  EXPECT_THAT(CsvValues(absl::StrCat("x\n0.", std::string(10'000, '3'), "\n")),
              ElementsAre(1.0F / 3));
}

TEST(CsvTest, TooSmallIsZero) {
  EXPECT_THAT(CsvValues("x\n1e-50\n-1e-400\n1e-99999999999999999999\n"), ElementsAre(0, 0, 0));
}

TEST(CsvTest, NamesWhatIsNotFinite) {
  for (const char* text : {"nan", "NaN", "-nan", "inf", "-Inf", "infinity", "+inf", "1e39", "-1e39",
                           "3.5e38", "1e400", "-1e99999999999999999999"}) {
    EXPECT_THAT(CsvFault(absl::StrCat("a,b\n1,2\n3,", text, "\n")),
                HasSubstr("NOT_FINITE: line 3, column 2 (\"b\")"))
        << text;
  }
  EXPECT_THAT(CsvFault(absl::StrCat("a\n", std::string(500, '9'), "\n")), HasSubstr("NOT_FINITE"));
}

TEST(CsvTest, ErrorsSayWhatMayBeDone) {
  EXPECT_THAT(CsvFault("a\nred\n"), HasSubstr("text_columns ONE_HOT or INDEX"));
  EXPECT_THAT(CsvFault("a\nred\n"), HasSubstr("missing_markers"));
  EXPECT_THAT(CsvFault("a\n1..2\n"), Not(HasSubstr("text_columns")));
  EXPECT_THAT(CsvFault("a,b\n1,\n"), HasSubstr("DROP_ROW leaves such rows out, and MEAN"));
  EXPECT_THAT(CsvFault("a\nnan\n"), HasSubstr("missing_markers"));
}

// What is kept of a column while reading is asked for before the column's names are taken.
TEST(CsvTest, AsksForMemoryBeforeItIsTaken) {
  const std::string text = std::string(1000, ',') + "\n" + std::string(1000, ',') + "\n";
  MemorySink sink;
  sink.reserve_gives = absl::ResourceExhaustedError("no memory");
  EXPECT_EQ(ReadCsv(text, CsvOptions(), sink, FieldPath("upload")).status(), sink.reserve_gives);
  EXPECT_EQ(sink.reserved, 1001 * (TableSink::kColumnBytes + 4));
  sink.reserve_gives = absl::OkStatus();
  ASSERT_THAT(ReadCsv("ab\n1\n", CsvOptions(), sink, FieldPath("upload")), IsOk());
  const int64_t numbers = sink.reserved;
  const v1::Csv index = CsvOptions("text_columns: TEXT_COLUMNS_INDEX");
  ASSERT_THAT(ReadCsv("ab\nx\ny\n", index, sink, FieldPath("upload")), IsOk());
  EXPECT_GT(sink.reserved, numbers);
  const int64_t text_bytes = sink.reserved;
  const v1::Csv one_hot = CsvOptions("text_columns: TEXT_COLUMNS_ONE_HOT");
  ASSERT_THAT(ReadCsv("ab\nx\ny\n", one_hot, sink, FieldPath("upload")), IsOk());
  EXPECT_GE(sink.reserved, text_bytes + 2 * TableSink::kColumnBytes);
}

TEST(CsvTest, KeepsBytesWhereTheyDo) {
  EXPECT_EQ(ReadCsvOrFail("1,255\n")->type(), ElementType::kUint8);
  EXPECT_EQ(ReadCsvOrFail("1,256\n")->type(), ElementType::kFloat32);
  EXPECT_EQ(ReadCsvOrFail("1,-0\n")->type(), ElementType::kFloat32);
}

// A column for each value may be far more than the file.
TEST(CsvTest, OneHotColumnsHaveALimit) {
  std::string text = "name\n";
  for (int i = 0; i < 500; ++i) absl::StrAppend(&text, "v", i, "\n");
  MemorySink sink(100'000);
  const v1::Csv options = CsvOptions("text_columns: TEXT_COLUMNS_ONE_HOT");
  EXPECT_THAT(ReadCsv(text, options, sink, FieldPath("upload")), HasReason("DATASET_TOO_LARGE"));
  EXPECT_EQ(sink.tables, 0);
}

TEST(CsvTest, NeedsData) {
  for (const char* text : {"", "\n\n", "a,b\n", "a,b", "\xEF\xBB\xBF", " "}) {
    EXPECT_THAT(CsvFault(text), HasSubstr("EMPTY")) << text;
  }
}

TEST(CsvTest, RefusesAHeaderThatNamesNothing) {
  EXPECT_THAT(CsvFault("a,,c\n1,2,3\n"), HasSubstr("EMPTY_COLUMN_NAME: line 1, column 2"));
  EXPECT_THAT(CsvFault("a,b,a\n1,2,3\n"), HasSubstr("DUPLICATE_COLUMN_NAME: line 1, column 3"));
  EXPECT_THAT(CsvFault("\na,b, a \n1,2,3\n"), HasSubstr("DUPLICATE_COLUMN_NAME: line 2, column 3"));
}

// Names travel as proto3 strings, which are UTF-8.
TEST(CsvTest, RefusesAHeaderThatIsNotUtf8) {
  for (const char* name : {"\xff", "caf\xe9", "\xc3", "\xe2\x82", "\xc0\xaf", "\xed\xa0\x80",
                           "\xf4\x90\x80\x80", "\xf8\x88\x80\x80\x80", "a\x80"}) {
    EXPECT_THAT(CsvFault(absl::StrCat("a,", name, "\n1,2\n")),
                HasSubstr("NOT_UTF8: line 1, column 2"));
  }
  EXPECT_THAT(ReadCsvOrFail("\xc3\xa9,\xe2\x82\xac,\xf0\x9f\x99\x82\n1,2,3\n")->names(),
              ElementsAre("\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x99\x82"));
}

TEST(CsvTest, ErrorsOfLongCellsAreShort) {
  EXPECT_THAT(CsvFault(absl::StrCat("a\n", std::string(1'000'000, 'x'), "\n")),
              HasSubstr("(1000000 characters)"));
  EXPECT_THAT(CsvFault(absl::StrCat(std::string(1'000'000, 'x'), "\n", std::string(99, '\x01'))),
              HasSubstr("NOT_A_NUMBER"));
}

TEST(CsvTest, ManyColumnsAndRowsTakeTimeInProportion) {
  constexpr int kColumns = 100'000;
  std::string text;
  for (int c = 0; c < kColumns; ++c) absl::StrAppend(&text, c == 0 ? "" : ",", "name", c);
  for (int r = 0; r < 3; ++r) {
    text += '\n';
    for (int c = 0; c < kColumns; ++c) absl::StrAppend(&text, c == 0 ? "" : ",", c);
  }
  const CpuTimer timer;
  EXPECT_EQ(ReadCsvOrFail(text)->columns(), kColumns);
  EXPECT_LT(timer.Seconds(), 8);
}

}  // namespace
}  // namespace fnn::core
