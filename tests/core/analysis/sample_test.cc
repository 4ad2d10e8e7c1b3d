// Samples against the kernels' own formulas, and requests that make no sense.

#include "core/analysis/sample.h"

#include <cmath>
#include <limits>
#include <string>

#include "core/ops/table.h"
#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "tests/core/testing.h"
#include "tests/status_matchers.h"

namespace fnn::core {
namespace {

using ::fnn::testing::IsOk;
using ::fnn::testing::StatusIs;
using ::testing::DoubleEq;
using ::testing::DoubleNear;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

v1::SampleOperatorRequest Request(const std::string& text) {
  v1::SampleOperatorRequest request;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &request)) << text;
  return request;
}

v1::SampleOperatorResponse Sample(const std::string& text) {
  const auto response = SampleOperator(Request(text));
  EXPECT_THAT(response, IsOk());
  return response.value_or(v1::SampleOperatorResponse());
}

std::vector<std::string> FaultsOf(const std::string& text) {
  return Faults(SampleOperator(Request(text)).status());
}

TEST(SampleOperator, GivesValuesAndSlopes) {
  const auto samples = Sample("activation { leaky_relu { gamma: 0.5 } } low: -2 high: 2 points: 3");
  EXPECT_THAT(samples.x(), ElementsAre(-2, 0, 2));
  EXPECT_THAT(samples.value(), ElementsAre(-1, 0, 2));
  EXPECT_THAT(samples.slope(), ElementsAre(0.5, 0.5, 1));
}

TEST(SampleOperator, HasDefaults) {
  const auto samples = Sample("activation { tanh {} }");
  ASSERT_EQ(samples.x_size(), 201);
  EXPECT_EQ(samples.x(0), -5);
  EXPECT_EQ(samples.x(100), 0);
  EXPECT_EQ(samples.x(200), 5);
  EXPECT_EQ(samples.slope(100), 1);
}

TEST(SampleOperator, TakesTheFirstOfTwoUnitsOfARow) {
  const auto rows = Sample("activation { softmax {} } low: -1 high: 1 points: 3");
  const auto logistic = Sample("activation { logistic {} } low: -1 high: 1 points: 3");
  for (int i = 0; i < 3; ++i) {
    EXPECT_THAT(rows.value(i), DoubleNear(logistic.value(i), 1e-15));
    EXPECT_THAT(rows.slope(i), DoubleNear(logistic.slope(i), 1e-15));
  }
}

TEST(SampleOperator, SamplesLossesOverTheOutput) {
  const auto square = Sample("loss { mean_squared_error {} } target: 1 low: -1 high: 1 points: 2");
  EXPECT_THAT(square.value(), ElementsAre(4, 0));
  EXPECT_THAT(square.slope(), ElementsAre(-4, 0));
  const auto classes = Sample("loss { cross_entropy {} } target: 1 low: -1 high: 1 points: 3");
  EXPECT_THAT(classes.value(1), DoubleEq(std::log(2.0)));
  EXPECT_THAT(classes.slope(1), DoubleEq(-0.5));
}

TEST(SampleOperator, SamplesSchedulesOverTime) {
  const auto steps =
      Sample("schedule { step { every: 2 factor: 0.5 } } learning_rate: 8 points: 5");
  EXPECT_THAT(steps.x(), ElementsAre(0, 1, 2, 3, 4));
  EXPECT_THAT(steps.value(), ElementsAre(8, 8, 4, 4, 2));
  EXPECT_TRUE(steps.slope().empty());
  // The whole training is what is sampled.
  EXPECT_THAT(Sample("schedule { polynomial {} } points: 4").value(),
              ElementsAre(1, 0.75, 0.5, 0.25));
  EXPECT_THAT(Sample("schedule { warm_up { length: 2 start_factor: 0.5 } } points: 3").value(),
              ElementsAre(0.5, 0.75, 1));
}

TEST(SampleOperator, TakesEveryEntryOfTheTables) {
  for (const auto& op : Activations()) {
    EXPECT_EQ(Sample("activation { " + std::string(op.name) + " {} }").slope_size(), 201);
  }
  for (const auto& op : Losses()) {
    EXPECT_EQ(Sample("loss { " + std::string(op.name) + " {} }").slope_size(), 201);
  }
  for (const auto& op : Schedules()) {
    EXPECT_EQ(Sample("schedule { " + std::string(op.name) + " {} }").value_size(), 201);
  }
}

TEST(SampleOperator, LetsValuesBeInfinite) {
  EXPECT_EQ(Sample("activation { exponential {} } high: 1000 points: 2").value(1),
            std::numeric_limits<double>::infinity());
}

TEST(SampleOperator, NamesWhatIsWrong) {
  EXPECT_THAT(FaultsOf(""), ElementsAre("subject REQUIRED"));
  EXPECT_THAT(FaultsOf("activation {}"), ElementsAre("activation REQUIRED"));
  EXPECT_THAT(FaultsOf("activation { relu {} } low: nan"), ElementsAre("low OUT_OF_RANGE"));
  EXPECT_THAT(FaultsOf("activation { relu {} } high: inf"), ElementsAre("high OUT_OF_RANGE"));
  EXPECT_THAT(FaultsOf("activation { relu {} } low: 1 high: 1"), ElementsAre("high OUT_OF_RANGE"));
  for (const char* points : {"-1", "0", "1", "10001", "9223372036854775807"}) {
    EXPECT_THAT(FaultsOf(std::string("activation { relu {} } points: ") + points),
                ElementsAre("points OUT_OF_RANGE"));
    EXPECT_THAT(FaultsOf(std::string("schedule { step {} } points: ") + points),
                ElementsAre("points OUT_OF_RANGE"));
  }
  EXPECT_THAT(FaultsOf("activation { leaky_relu { gamma: -1 } } low: 3 high: 2 points: 0"),
              ElementsAre("activation.leaky_relu.gamma OUT_OF_RANGE", "high OUT_OF_RANGE",
                          "points OUT_OF_RANGE"));
  EXPECT_THAT(FaultsOf("activation { relu {} } target: 1 learning_rate: 1"),
              ElementsAre("target NOT_APPLICABLE", "learning_rate NOT_APPLICABLE"));
  EXPECT_THAT(FaultsOf("loss { hinge {} } target: 0.5"), ElementsAre("target OUT_OF_RANGE"));
  EXPECT_THAT(FaultsOf("loss { poisson {} } target: -1"), ElementsAre("target OUT_OF_RANGE"));
  EXPECT_THAT(FaultsOf("loss { focal {} } target: 2"), ElementsAre("target OUT_OF_RANGE"));
  EXPECT_THAT(FaultsOf("loss {} target: nan"), ElementsAre("loss REQUIRED"));
  EXPECT_THAT(FaultsOf("schedule { step { factor: 2 } } low: 1 high: 2 learning_rate: 0"),
              ElementsAre("schedule.step.factor OUT_OF_RANGE", "learning_rate OUT_OF_RANGE",
                          "low NOT_APPLICABLE", "high NOT_APPLICABLE"));
}

TEST(SampleOperator, SamplesLearnedActivationsAtTheirStart) {
  const auto prelu = Sample("activation { prelu {} } low: -2 high: 2 points: 3");
  EXPECT_THAT(prelu.x(), ElementsAre(-2, 0, 2));
  EXPECT_THAT(prelu.value(), ElementsAre(-0.5, 0, 2));
  EXPECT_THAT(prelu.slope(), ElementsAre(0.25, 0.25, 1));
  EXPECT_THAT(Sample("activation { prelu { gamma: -3 } } low: -2 high: 2 points: 2").value(),
              ElementsAre(6, 2));
  const auto learned = Sample("activation { swish { learned: true beta: 2 } } points: 11");
  const auto fixed = Sample("activation { swish { beta: 2 } } points: 11");
  for (int i = 0; i < 11; ++i) {
    EXPECT_EQ(learned.value(i), fixed.value(i));
    EXPECT_EQ(learned.slope(i), fixed.slope(i));
  }
  EXPECT_THAT(FaultsOf("activation { prelu { gamma: inf } } target: 1"),
              ElementsAre("activation.prelu.gamma OUT_OF_RANGE", "target NOT_APPLICABLE"));
}

TEST(SampleOperator, RefusesWhatIsNoFunctionOfOneX) {
  const absl::Status status = SampleOperator(Request("activation { glu {} }")).status();
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kUnimplemented));
  EXPECT_EQ(Reason(status), "TWO_INPUTS");
  EXPECT_THAT(status.message(), HasSubstr("glu has two inputs"));
}

}  // namespace
}  // namespace fnn::core
