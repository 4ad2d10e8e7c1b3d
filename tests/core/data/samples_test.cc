#include "core/data/samples.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/core/testing.h"

namespace fnn::core {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::shared_ptr<const Plan> PlanOf(int units, const std::string& loss) {
  return CompileOrDie(ParseNetwork("layers { dense { units: " + std::to_string(units) +
                                   " } } outputs { loss { " + loss + " {} } }"),
                      2);
}

// Faults of targets alone, one column, features all zero.
std::string Fault(const Plan& plan, int64_t targets, const std::vector<float>& values) {
  std::vector<float> rows;
  for (size_t i = 0; i < values.size(); ++i) {
    if (i % targets == 0) rows.insert(rows.end(), {0, 0});
    rows.push_back(values[i]);
  }
  const auto samples = Samples::Create(plan, MakeData(2, targets, rows));
  if (samples.ok()) return "";
  EXPECT_EQ(Faults(samples.status()).size(), 1u);
  return Faults(samples.status()).at(0) + ": " + Descriptions(samples.status());
}

TEST(SamplesTest, CopiesFeaturesInTheirOrder) {
  const auto plan = PlanOf(1, "mean_squared_error");
  BoundTable data = MakeData(3, 1, {1, 2, 3, 4, 5, 6, 7, 8});
  data.features = {2, 0};
  data.targets = {3};
  const auto samples = Samples::Create(*plan, data);
  ASSERT_TRUE(samples.ok());
  EXPECT_EQ(samples->rows(), 2);
  EXPECT_EQ(samples->features(), 2);
  EXPECT_EQ(samples->outputs(), 1);
  EXPECT_FALSE(samples->classes());
  float x[2];
  float t[1];
  samples->Gather(1, x, t);
  EXPECT_THAT(x, ElementsAre(7, 5));
  EXPECT_THAT(t, ElementsAre(8));
}

TEST(SamplesTest, OneColumnForSeveralOutputsIsOneHot) {
  for (const char* loss : {"mean_squared_error", "cross_entropy", "binary_cross_entropy"}) {
    const auto plan = PlanOf(3, loss);
    const auto samples = Samples::Create(*plan, MakeData(2, 1, {0, 0, 2, 0, 0, 0}));
    ASSERT_TRUE(samples.ok()) << samples.status();
    EXPECT_TRUE(samples->classes());
    double x[2];
    double t[3] = {9, 9, 9};
    samples->Gather(0, x, t);
    EXPECT_THAT(t, ElementsAre(0, 0, 1));
    samples->Gather(1, x, t);
    EXPECT_THAT(t, ElementsAre(1, 0, 0));
  }
}

TEST(SamplesTest, RefusesWhatIsNoClass) {
  const auto plan = PlanOf(3, "cross_entropy");
  EXPECT_EQ(Fault(*plan, 1, {0, 1, 2, -0.0F}), "");
  EXPECT_THAT(Fault(*plan, 1, {0, 3}), HasSubstr("data.targets OUT_OF_RANGE: row 1 (from 0) of "
                                                 "column \"y0\" is 3; a class index must be 0 to "
                                                 "2 for 3 outputs"));
  EXPECT_THAT(Fault(*plan, 1, {0, -1}), HasSubstr("data.targets OUT_OF_RANGE: row 1"));
  EXPECT_THAT(Fault(*plan, 1, {0, 1, 1.5}), HasSubstr("data.targets NOT_A_CLASS: row 2"));
  EXPECT_THAT(Fault(*plan, 1, {1e30F}), HasSubstr("OUT_OF_RANGE"));
}

TEST(SamplesTest, DistributionsMustSumToOne) {
  const auto plan = PlanOf(3, "cross_entropy");
  EXPECT_EQ(Fault(*plan, 3, {.2F, .3F, .5F, 0, 0, 1}), "");
  EXPECT_THAT(Fault(*plan, 3, {0, 0, 1, .2F, .3F, .4F}),
              HasSubstr("data.targets NOT_A_DISTRIBUTION: the targets of row 1"));
  EXPECT_THAT(Fault(*plan, 3, {1.5, -.5, 0}), HasSubstr("data.targets OUT_OF_RANGE: row 0"));
}

TEST(SamplesTest, ProbabilitiesMustBeSo) {
  const auto plan = PlanOf(1, "binary_cross_entropy");
  EXPECT_EQ(Fault(*plan, 1, {0, 1, .25}), "");
  EXPECT_THAT(Fault(*plan, 1, {0, 2}), HasSubstr("data.targets OUT_OF_RANGE: row 1"));
  EXPECT_THAT(Fault(*plan, 1, {-.001F}), HasSubstr("data.targets OUT_OF_RANGE: row 0"));
  const auto several = PlanOf(2, "binary_cross_entropy");
  EXPECT_EQ(Fault(*several, 2, {1, 1, 0, 0}), "");
  EXPECT_EQ(Fault(*PlanOf(1, "mean_squared_error"), 1, {-5, 1e30F}), "");
}

TEST(SamplesTest, SignsMustBeSo) {
  const auto plan = PlanOf(1, "hinge");
  EXPECT_EQ(Fault(*plan, 1, {0, 1, 1, 0}), "");
  EXPECT_EQ(Fault(*plan, 1, {-1, 1, 1, -1}), "");
  EXPECT_THAT(Fault(*plan, 1, {1, .5}),
              HasSubstr("data.targets OUT_OF_RANGE: row 1 (from 0) of column \"y0\" is 0.5; a "
                        "target of this loss must be 0 or 1, or -1 or 1"));
}

TEST(SamplesTest, CountsMustNotBeNegative) {
  const auto plan = PlanOf(2, "poisson");
  EXPECT_EQ(Fault(*plan, 2, {0, .5, 3, 1e30F}), "");
  EXPECT_THAT(Fault(*plan, 2, {0, -.5F}), HasSubstr("data.targets OUT_OF_RANGE: row 0"));
}

TEST(SamplesTest, WidthsMustAgree) {
  const auto plan = PlanOf(3, "mean_squared_error");
  const auto samples = Samples::Create(*plan, MakeData(1, 2, {1, 2, 3}));
  EXPECT_THAT(Faults(samples.status()),
              ElementsAre("data.features WRONG_WIDTH", "data.targets WRONG_WIDTH"));
}

TEST(SamplesTest, SubsetFollowsTheOrder) {
  const auto plan = PlanOf(1, "mean_squared_error");
  std::vector<float> values;
  for (int i = 0; i < 20; ++i) values.insert(values.end(), {float(i), 0, float(i)});
  const auto samples = Samples::Create(*plan, MakeData(2, 1, values));
  const Permutation order(20, RandomStream(1, Purpose::kSplit));
  const Samples part = samples->Subset(order, 5, 10);
  EXPECT_EQ(part.rows(), 10);
  for (int64_t i = 0; i < 10; ++i) {
    float x[2];
    float t[1];
    part.Gather(i, x, t);
    EXPECT_EQ(t[0], static_cast<float>(order(5 + i)));
  }
}

TEST(SamplesTest, WeightsAreSamplesTimesClasses) {
  const auto plan = PlanOf(3, "cross_entropy");
  std::vector<float> values;
  for (int i = 0; i < 40; ++i) values.insert(values.end(), {0, 0, float(i % 3), float(i) / 4});
  BoundTable data = MakeData(2, 2, values);
  data.weight = 3;
  data.targets = {2};
  auto samples = Samples::Create(*plan, data);
  ASSERT_TRUE(samples.ok()) << samples.status();
  EXPECT_TRUE(samples->weighted());
  const Permutation split(40, RandomStream(1, Purpose::kSplit));
  Samples part = samples->Subset(split, 5, 30);
  part.SetClassWeights(
      std::make_shared<const Samples::ClassWeights>(Samples::ClassWeights{{1, 0.5}, {2, 4}}));
  const Permutation order(30, RandomStream(1, Purpose::kShuffle));
  float weights[20];
  double sample_weights[20];
  part.GatherWeights(order, 10, 20, weights);
  part.GatherSampleWeights(order, 10, 20, sample_weights);
  constexpr double kOfClass[] = {1, 0.5, 4};
  for (int64_t r = 0; r < 20; ++r) {
    const int64_t i = split(5 + order(10 + r));
    EXPECT_EQ(sample_weights[r], static_cast<double>(i) / 4);
    EXPECT_EQ(weights[r], sample_weights[r] * kOfClass[i % 3]);
  }
}

// As accuracy's: the largest, the first of equals; of one, whether it is at least one half.
TEST(SamplesTest, CountsTheClassesThatOccur) {
  using ::testing::Pair;
  using ::testing::UnorderedElementsAre;
  const auto count = [](int units, const char* loss, int64_t targets, std::vector<float> values) {
    return Samples::Create(*PlanOf(units, loss), MakeData(2, targets, std::move(values)))
        ->CountClasses();
  };
  EXPECT_THAT(count(3, "cross_entropy", 1, {0, 0, 2, 0, 0, 0, 0, 0, 2}),
              UnorderedElementsAre(Pair(0, 1), Pair(2, 2)));
  EXPECT_THAT(count(1, "binary_cross_entropy", 1, {0, 0, .5, 0, 0, .25, 0, 0, 1}),
              UnorderedElementsAre(Pair(0, 1), Pair(1, 2)));
  EXPECT_THAT(count(3, "cross_entropy", 3, {0, 0, .25, .25, .5, 0, 0, .4F, .4F, .2F}),
              UnorderedElementsAre(Pair(2, 1), Pair(0, 1)));
}

TEST(SamplesTest, OneHotOf2To24Classes) {
  const auto plan = PlanOf(1 << 24, "cross_entropy");
  EXPECT_EQ(Fault(*plan, 1, {16777215}), "");
  EXPECT_THAT(Fault(*plan, 1, {16777216}), HasSubstr("OUT_OF_RANGE"));
}

}  // namespace
}  // namespace fnn::core
