#include "core/autodiff/numeric.h"

#include <cmath>

#include "gtest/gtest.h"

namespace fnn::core {
namespace {

TEST(NumericTest, AStepIsExact) {
  for (const double x : {0.0, 1e-9, 0.3, -7.1, 1e9}) {
    for (const int order : {2, 3}) {
      const double h = DifferenceStep(x, order);
      EXPECT_GT(h, 0) << x;
      EXPECT_EQ((x + h) - x, h) << x;
    }
  }
  EXPECT_LT(DifferenceStep(0, 3, 1e-3), 1e-3 * DifferenceStep(0, 3) * 1.01);
  EXPECT_GT(DifferenceStep(1000, 3), 900 * DifferenceStep(1, 3));
}

// As far as each can come: forward to epsilon^(1/2), central to epsilon^(2/3).
TEST(NumericTest, CentralDifferencesComeNearer) {
  double forward = 0;
  double central = 0;
  for (double x = -3; x < 3; x += 0.37) {
    const auto f = [](double at) { return std::exp(at); };
    const double slope = std::exp(x);
    forward = std::max(forward, std::abs(ForwardDifference(f, x, f(x)) - slope) / slope);
    central = std::max(central, std::abs(CentralDifference(f, x) - slope) / slope);
  }
  EXPECT_LT(forward, 1e-6);
  EXPECT_GT(forward, 1e-9);
  EXPECT_LT(central, 2e-9);
}

TEST(NumericTest, SidesHaveTheirOwnSlopes) {
  const auto f = [](double x) { return x > 0 ? 3 * x : -x; };
  const Slopes slopes = SidedDifferences(f, 0, 0, 1e-6);
  EXPECT_NEAR(slopes.left, -1, 1e-9);
  EXPECT_NEAR(slopes.right, 3, 1e-9);
  EXPECT_NEAR(slopes.central(), 1, 1e-9);
}

TEST(NumericTest, AKinkIsKnown) {
  const double h = DifferenceStep(0, 3);
  for (const double kink : {0.0, 0.1 * h, -0.3 * h, 0.7 * h, 0.95 * h}) {
    const auto f = [&](double x) { return std::sin(x) + std::max(0.0, x - kink); };
    const CheckedSlope got = CheckedDifference(f, 0, f(0), h, 1e-6);
    // It is recognised, or a smaller step went past it.
    if (!got.kink) {
      EXPECT_NEAR(got.slope, kink > 0 ? 1 : 2, 1e-6) << kink / h;
    }
    if (kink == 0) {
      EXPECT_TRUE(got.kink);
    }
  }
}

TEST(NumericTest, ACurveIsNoKink) {
  for (const double frequency : {1.0, 10.0, 300.0}) {
    const auto f = [&](double x) { return std::sin(frequency * x + 0.4); };
    const double slope = frequency * std::cos(0.4);
    const CheckedSlope got = CheckedDifference(f, 0, f(0), DifferenceStep(0, 3), 1e-6 * slope);
    EXPECT_FALSE(got.kink) << frequency;
    EXPECT_NEAR(got.slope, slope, 2e-6 * slope) << frequency;
  }
}

}  // namespace
}  // namespace fnn::core
