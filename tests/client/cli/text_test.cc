#include "client/cli/text.h"

#include <gtest/gtest.h>

#include <cmath>

#include "client/cli/epoch_table.h"
#include "client/cli/json.h"
#include "client/cli/progress_line.h"
#include "client/cli/table.h"
#include "tests/client/mock_connection.h"

namespace fnn::cli {
namespace {

TEST(TextTest, Numbers) {
  EXPECT_EQ(Number(0.1234567), "0.123457");
  EXPECT_EQ(Number(-0.0 + 2.5e-8), "2.5e-08");
  EXPECT_EQ(Number(std::nan("")), "nan");
  EXPECT_EQ(Number(-std::nan("")), "nan");
  EXPECT_EQ(Number(INFINITY), "inf");
}

TEST(TextTest, Counts) {
  EXPECT_EQ(Count(0), "0");
  EXPECT_EQ(Count(999), "999");
  EXPECT_EQ(Count(1000), "1,000");
  EXPECT_EQ(Count(-123456), "-123,456");
  EXPECT_EQ(Count(INT64_MIN), "-9,223,372,036,854,775,808");
}

TEST(TextTest, ByteSizes) {
  EXPECT_EQ(Bytes(1), "1 byte");
  EXPECT_EQ(Bytes(1023), "1023 bytes");
  EXPECT_EQ(Bytes(1536), "1.5 KiB");
  EXPECT_EQ(Bytes((1 << 20) - 1), "1.0 MiB");
  EXPECT_EQ(Bytes(INT64_MAX), "8.0 EiB");
}

TEST(TextTest, Clocks) {
  EXPECT_EQ(Clock(absl::Milliseconds(6100)), "0:07");
  EXPECT_EQ(Clock(absl::Seconds(725)), "12:05");
  EXPECT_EQ(Clock(absl::Hours(3)), "3:00:00");
  EXPECT_EQ(Clock(absl::InfiniteDuration()), "-");
  EXPECT_EQ(Clock(absl::Seconds(-1)), "-");
}

TEST(TextTest, TimesAreUtc) {
  google::protobuf::Timestamp time;
  EXPECT_EQ(Time(time), "");
  time.set_seconds(1935403200);
  EXPECT_EQ(Time(time), "2031-05-01 12:00:00 UTC");
}

TEST(TextTest, NothingSteersTheTerminal) {
  EXPECT_EQ(Printable("a\x1b]0;x\x07\n\x7f z\xc3\xa4"), "a?]0;x??? z\xc3\xa4");
}

TEST(TextTest, ResourceNames) {
  EXPECT_EQ(ResourceName("models", "m"), "models/m");
  EXPECT_EQ(ResourceName("models", "models/m/versions/1"), "models/m/versions/1");
  EXPECT_EQ(ResourceName("models", ""), "");
}

TEST(TableTest, AlignsColumnsAndTrimsLines) {
  Table table({{"NAME"}, {"N", Table::Align::kRight}, {"X"}});
  table.AddRow({"\xc3\xa4", "10", ""});
  table.AddRow({"abcde", "7", "y"});
  EXPECT_EQ(table.ToString(),
            "NAME    N  X\n"
            "\xc3\xa4      10\n"
            "abcde   7  y\n");
}

TEST(TableTest, WithoutRowsItIsItsHeaders) {
  EXPECT_EQ(Table({{"A"}, {"B"}}).ToString(), "A  B\n");
}

TEST(TableTest, NamesAndValuesLeavesOutWhatIsEmpty) {
  EXPECT_EQ(NamesAndValues({{"a", "1"}, {"longest", ""}, {"bcd", "2\n"}}), "a    1\nbcd  2?\n");
}

TEST(JsonTest, ShowsDefaultsAndIsOneLineUnlessIndented) {
  v1::EpochReport report;
  EXPECT_NE(ToJson(report, false).find("\"epoch\":\"0\""), std::string::npos);
  EXPECT_EQ(ToJson(report, false).find('\n'), ToJson(report, false).size() - 1);
  report.set_train_loss(std::nan(""));
  EXPECT_NE(ToJson(report, true).find("\"trainLoss\": \"NaN\""), std::string::npos);
}

TEST(JsonTest, BuildsValuesInOrder) {
  EXPECT_EQ(Json::Object({{"b", Json::String("x\"\n")},
                          {"a", Json::Numbers({0.1, std::nan(""), 1e300})},
                          {"c", Json::Array({Json::Number(int64_t{7}), Json::Object({})})}})
                .text(),
            "{\"b\":\"x\\\"\\n\",\"a\":[0.1,\"NaN\",1e+300],\"c\":[7,{}]}");
}

TEST(EpochTableTest, ChoosesColumnsByTheFirstReport) {
  EpochTable table(1000000);
  EXPECT_EQ(table.Add(Text<v1::EpochReport>("epoch: 0 train_loss: 2.5")),
            "  epoch  train loss   samples/s\n"
            "      0    2.500000           -\n");
  EXPECT_EQ(table.Add(Text<v1::EpochReport>(
                "epoch: 1 train_loss: nan timing { samples_per_second: 1234.5 }")),
            "      1         nan       1,234\n");
  EXPECT_EQ(table.Add(Text<v1::EpochReport>("epoch: 2 train_loss: 2.5e-9")),
            "      2   2.500e-09           -\n");
}

TEST(EpochTableTest, WhatIsMissingLaterIsADash) {
  EpochTable table(1);
  table.Add(Text<v1::EpochReport>("epoch: 0 train_loss: 1 validation_loss: 1"));
  EXPECT_EQ(table.Add(Text<v1::EpochReport>("epoch: 1 train_loss: 1")),
            "    1    1.000000                -           -\n");
}

TrainingProgress Progress() {
  TrainingProgress progress;
  progress.epochs = 4;
  progress.report = Text<v1::EpochReport>(R"(
    epoch: 2 train_loss: 0.21119 validation_loss: 0.25 validation_metrics { name: "accuracy" value: 0.934 }
    timing { samples_per_second: 48210 time_left { seconds: 6 nanos: 1 } })");
  return progress;
}

TEST(ProgressLineTest, ShowsBarAndFigures) {
  EXPECT_EQ(FormatProgressLine(Progress(), 200),
            "[===============>              ]  2/4  loss 0.2112  validation 0.25  accuracy 0.934  "
            "48,210 samples/s  0:07 left");
}

TEST(ProgressLineTest, TheBarMovesInsideAnEpochAndTheLossWithIt) {
  TrainingProgress progress = Progress();
  progress.inside_epoch =
      Text<v1::RunProgress>("epoch: 3 batch: 5 batches: 10 running_loss: 0.125");
  EXPECT_EQ(FormatProgressLine(progress, 200).substr(0, 52),
            "[==================>           ]  2/4  loss 0.125  v");
}

TEST(ProgressLineTest, AnOldHintIsPassedOver) {
  TrainingProgress progress = Progress();
  progress.inside_epoch = Text<v1::RunProgress>("epoch: 2 batch: 5 batches: 10 running_loss: 9");
  EXPECT_EQ(FormatProgressLine(progress, 200), FormatProgressLine(Progress(), 200));
}

TEST(ProgressLineTest, TheBarShrinksAndGoes) {
  const std::string figures = FormatProgressLine(Progress(), 0);
  EXPECT_EQ(figures.substr(0, 5), "2/4  ");
  const int width = static_cast<int>(figures.size()) + 4;
  EXPECT_EQ(FormatProgressLine(Progress(), width + 4), figures);
  EXPECT_EQ(FormatProgressLine(Progress(), width + 5), "[==>  ]  " + figures);
}

TEST(ProgressLineTest, BeforeTheFirstReportAndAtTheEnd) {
  TrainingProgress progress;
  EXPECT_EQ(FormatProgressLine(progress, 0), "0/1  waiting to train");
  progress.report = Text<v1::EpochReport>("epoch: 1 train_loss: 1 timing { time_left {} }");
  EXPECT_EQ(FormatProgressLine(progress, 30), "[===============]  1/1  loss 1");
  progress.epochs = 0;  // A server that says nothing of the number.
  EXPECT_FALSE(FormatProgressLine(progress, 80).empty());
}

TEST(TextTest, TimesAreReadInUnitsOrSeconds) {
  absl::Duration time;
  EXPECT_TRUE(ParseTime("1h30m0.5s", &time));
  EXPECT_EQ(time, absl::Minutes(90) + absl::Milliseconds(500));
  EXPECT_TRUE(ParseTime("0.5", &time));
  EXPECT_EQ(time, absl::Milliseconds(500));
  EXPECT_EQ(ToProto(time).nanos(), 500'000'000);
  EXPECT_EQ(ToDuration(ToProto(absl::Seconds(-1.5))), absl::Seconds(-1.5));
  for (const char* text : {"", "soon", "inf", "-inf", "nan", "1e300", "1000000000h"}) {
    EXPECT_FALSE(ParseTime(text, &time)) << text;
  }
}

TEST(TextTest, AShellReadsWordsBack) {
  EXPECT_EQ(ShellWord("data/d-1.csv"), "data/d-1.csv");
  EXPECT_EQ(ShellWord("my data.csv"), "'my data.csv'");
  EXPECT_EQ(ShellWord("it's"), "'it'\\''s'");
  EXPECT_EQ(ShellWord(""), "''");
}

}  // namespace
}  // namespace fnn::cli
