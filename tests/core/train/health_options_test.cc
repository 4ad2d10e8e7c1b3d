#include "core/train/health_options.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/core/testing.h"

namespace fnn::core {
namespace {

using ::testing::ElementsAre;

absl::StatusOr<ResolvedOptions> Resolve(const std::string& health) {
  return ResolveOptions(ParseOptions("health { " + health + " }"), 100, true, FieldPath("options"));
}

TEST(HealthOptionsTest, DefaultsAreFilledIn) {
  const auto options = ResolveOptions(v1::TrainingOptions(), 100, true, FieldPath("options"));
  ASSERT_TRUE(options.ok());
  EXPECT_EQ(options->step.health, HealthDepth::kBasic);
  const v1::HealthOptions& health = options->message.health();
  EXPECT_EQ(health.level(), v1::HEALTH_LEVEL_BASIC);
  EXPECT_EQ(health.thresholds().patience(), 3);
  EXPECT_EQ(health.thresholds().vanishing_ratio(), 0.001);
  EXPECT_EQ(health.thresholds().exploding_norm(), 1000);
  EXPECT_EQ(health.thresholds().dead_share(), 0.5);
  EXPECT_EQ(health.thresholds().saturated_share(), 0.5);
  EXPECT_EQ(health.thresholds().plateau_change(), 0.001);
  EXPECT_EQ(health.thresholds().overfitting_rise(), 0.2);
  EXPECT_EQ(health.thresholds().low_update_ratio(), 0.00001);
  EXPECT_EQ(health.thresholds().high_update_ratio(), 0.1);
}

TEST(HealthOptionsTest, ARateIsNotBothTooLowAndTooHigh) {
  EXPECT_THAT(Faults(Resolve("thresholds { low_update_ratio: 0.1 }").status()),
              ElementsAre("options.health.thresholds.low_update_ratio OUT_OF_RANGE"));
}

TEST(HealthOptionsTest, EveryFaultIsNamed) {
  const auto options = Resolve(
      "level: 7 thresholds { patience: 0 vanishing_ratio: 1 exploding_norm: nan dead_share: 0 "
      "plateau_change: 0 low_update_ratio: -1 high_update_ratio: inf }");
  EXPECT_THAT(Faults(options.status()),
              ElementsAre("options.health.thresholds.patience OUT_OF_RANGE",
                          "options.health.thresholds.vanishing_ratio OUT_OF_RANGE",
                          "options.health.thresholds.exploding_norm OUT_OF_RANGE",
                          "options.health.thresholds.dead_share OUT_OF_RANGE",
                          "options.health.thresholds.low_update_ratio OUT_OF_RANGE",
                          "options.health.thresholds.high_update_ratio OUT_OF_RANGE",
                          "options.health.level UNSUPPORTED"));
}

TEST(HealthOptionsTest, WhatIsGivenStays) {
  const auto options =
      Resolve("level: HEALTH_LEVEL_DETAILED thresholds { patience: 1000 dead_share: 0.9 }");
  ASSERT_TRUE(options.ok()) << options.status();
  EXPECT_EQ(options->step.health, HealthDepth::kDetailed);
  EXPECT_EQ(options->message.health().thresholds().patience(), 1000);
  EXPECT_EQ(options->message.health().thresholds().dead_share(), 0.9);
  EXPECT_EQ(Resolve("level: HEALTH_LEVEL_OFF")->step.health, HealthDepth::kOff);
}

}  // namespace
}  // namespace fnn::core
