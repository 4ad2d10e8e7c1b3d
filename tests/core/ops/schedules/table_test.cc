// Every entry of Schedules(), against rates of PyTorch's schedulers (reference/schedules.py). A new
// schedule needs no line here, but rows in reference/schedules.csv.

#include <cmath>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/ops/schedules/schedule.h"
#include "core/ops/table.h"
#include "fnn/v1/training.pb.h"
#include "google/protobuf/descriptor.h"
#include "gtest/gtest.h"
#include "tests/core/testing.h"

namespace fnn::core {
namespace {

Arguments Of(const std::vector<double>& numbers) {
  Arguments out{};
  for (size_t i = 0; i < numbers.size(); ++i) out[i] = numbers[i];
  return out;
}

TEST(SchedulesTest, RatesAreThoseOfPyTorch) {
  std::map<std::string, int> covered;
  std::optional<LearningRate> by_epoch;
  for (const auto& row : ReadReference("schedules.csv")) {
    const std::vector<double> warm_up = Numbers(row.at(2));
    ScheduleOptions options{.op = FindOp(Schedules(), row.at(0)),
                            .arguments = Of(Numbers(row.at(1))),
                            .warm_up = !warm_up.empty(),
                            .warm_up_arguments = Of(warm_up)};
    ASSERT_NE(options.op, nullptr) << row[0];
    ASSERT_EQ(Numbers(row[1]).size(), options.op->arguments.size());
    const double start = std::stod(row.at(3));
    const int64_t t = std::stoll(row.at(4));
    const double rate = std::stod(row.at(5));
    if (t == 0) by_epoch.emplace(options, start);
    // The steps do not count here, and there the epochs.
    EXPECT_NEAR(by_epoch->At(t, 1000 + t), rate, 1e-14) << row[0] << " " << row[1] << " at " << t;
    by_epoch->Add(std::stod(row.at(6)));
    if (!options.op->on_plateau) {
      options.per_step = true;
      EXPECT_NEAR(LearningRate(options, start).At(3, t), rate, 1e-14) << row[0] << " at " << t;
    }
    ++covered[row[0]];
  }
  for (const ScheduleOp& op : Schedules()) {
    EXPECT_GE(covered[std::string(op.name)], 10) << op.name << " lacks rows";
  }
}

TEST(SchedulesTest, LateRatesAreFiniteAndFoundAtOnce) {
  const CpuTimer timer;
  for (const ScheduleOp& op : Schedules()) {
    for (const bool smallest : {false, true}) {
      Arguments arguments{};
      for (size_t i = 0; i < op.arguments.size(); ++i) {
        const Argument& argument = op.arguments[i];
        arguments[i] = !smallest               ? argument.default_value
                       : argument.min_excluded ? std::nextafter(argument.min, 1.0)
                                               : argument.min;
      }
      for (const int64_t t : {int64_t{0}, int64_t{1}, int64_t{1} << 40, INT64_MAX}) {
        const double rate = op.rate(arguments, 0.5, t);
        EXPECT_GE(rate, 0) << op.name << " " << t;
        EXPECT_LE(rate, 0.5) << op.name << " " << t;
      }
    }
  }
  EXPECT_LT(timer.Seconds(), 1);
}

TEST(SchedulesTest, EveryMessageHasAnEntry) {
  const auto* kind = v1::Schedule::descriptor()->FindOneofByName("kind");
  EXPECT_EQ(kind->field_count(), static_cast<int>(Schedules().size()));
  const auto expect_arguments = [](const ScheduleOp& op,
                                   const google::protobuf::Descriptor& message) {
    EXPECT_FALSE(op.formula.empty());
    EXPECT_EQ(static_cast<size_t>(message.field_count()), op.arguments.size()) << op.name;
    for (const Argument& argument : op.arguments) {
      EXPECT_NE(message.FindFieldByName(std::string(argument.name)), nullptr)
          << op.name << "." << argument.name;
    }
  };
  for (const ScheduleOp& op : Schedules()) {
    const auto* field = v1::Schedule::descriptor()->FindFieldByName(std::string(op.name));
    ASSERT_NE(field, nullptr) << op.name;
    expect_arguments(op, *field->message_type());
  }
  expect_arguments(WarmUp(), *v1::LinearWarmUp::descriptor());
}

}  // namespace
}  // namespace fnn::core
