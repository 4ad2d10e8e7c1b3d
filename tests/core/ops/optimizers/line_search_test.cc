// Steps along functions of one variable.

#include "core/ops/optimizers/line_search.h"

#include <cmath>
#include <functional>
#include <limits>
#include <optional>

#include "gtest/gtest.h"

namespace fnn::core {
namespace {

using Function = std::function<LinePoint(double)>;

struct Found {
  std::optional<LinePoint> best;
  int evaluations = 0;
};

Found Search(const Function& f, double first, int64_t most = 25, double tolerance = 1e-12) {
  Found out;
  out.best = SearchLine({.max_evaluations = most, .tolerance = tolerance}, f(0), first,
                        [&](double step) -> std::optional<LinePoint> {
                          ++out.evaluations;
                          LinePoint point = f(step);
                          point.step = step;
                          return point;
                        });
  EXPECT_TRUE(out.best.has_value());
  EXPECT_LE(out.evaluations, most);
  return out;
}

void ExpectWolfe(const Function& f, const Found& found) {
  const LinePoint start = f(0);
  EXPECT_LE(found.best->value, start.value + kSufficientDecrease * found.best->step * start.slope);
  EXPECT_LE(std::abs(found.best->slope), -kCurvature * start.slope);
}

LinePoint Parabola(double t) { return {.value = (t - 3) * (t - 3), .slope = 2 * (t - 3)}; }
// Falls ever more slowly.
LinePoint Hyperbola(double t) { return {.value = 1 / (1 + t), .slope = -1 / ((1 + t) * (1 + t))}; }
LinePoint Wave(double t) {
  return {.value = std::cos(5 * t) + 0.1 * t * t - t, .slope = -5 * std::sin(5 * t) + 0.2 * t - 1};
}

TEST(LineSearchTest, FulfilsTheWolfeConditionsFromAnyFirstStep) {
  for (const Function& f : {Function(Parabola), Function(Hyperbola), Function(Wave)}) {
    for (double first = 1e-6; first < 5e3; first *= 10) {
      SCOPED_TRACE(first);
      ExpectWolfe(f, Search(f, first));
    }
  }
}

// A cubic through two points of a parabola is the parabola.
TEST(LineSearchTest, InterpolatesToTheMinimum) {
  const Found found = Search(Parabola, 100);
  EXPECT_NEAR(found.best->step, 3, 1e-9);
  EXPECT_EQ(found.evaluations, 2);
}

TEST(LineSearchTest, ShrinksFromWhatIsNotFinite) {
  const double infinity = std::numeric_limits<double>::infinity();
  for (const double value : {infinity, -infinity, std::nan("")}) {
    for (const double slope : {1.0, infinity, std::nan("")}) {
      const Function f = [&](double t) {
        return t > 3.5 ? LinePoint{.value = value, .slope = slope} : Parabola(t);
      };
      ExpectWolfe(f, Search(f, 1e4));
      const Function finite = [&](double t) {
        return t > 3.5 ? LinePoint{.value = -5, .slope = std::nan("")} : Parabola(t);
      };
      ExpectWolfe(finite, Search(finite, 1e4));
    }
  }
}

// A parabola so far up that its values are rounded off to a few digits.
TEST(LineSearchTest, FollowsSlopesWhereValuesAreRounded) {
  int evaluations = 0;
  const auto rounded = [&](double t) -> std::optional<LinePoint> {
    ++evaluations;
    const LinePoint point = Parabola(t);
    return LinePoint{.step = t,
                     .value = static_cast<double>(static_cast<float>(1e6 + point.value)),
                     .slope = point.slope};
  };
  const LineSearchOptions options{.tolerance = 1e-12, .noise = 1e-5};
  for (const double first : {1e-4, 1e-2, 7.0}) {
    evaluations = 0;
    const auto best = SearchLine(options, *rounded(0), first, rounded);
    ASSERT_TRUE(best.has_value());
    EXPECT_GT(best->step, 0.1) << first;
    EXPECT_LT(best->step, 5.9) << first;
    EXPECT_LE(evaluations, 8) << first;
  }
}

TEST(LineSearchTest, StaysWhereNothingIsBetter) {
  const Function up = [](double t) { return LinePoint{.value = t, .slope = t == 0 ? -1.0 : 1.0}; };
  EXPECT_EQ(Search(up, 1).best->step, 0);
  const Function nowhere = [](double t) {
    return t == 0 ? LinePoint{.value = 0, .slope = -1} : LinePoint{.value = std::nan("")};
  };
  const Found found = Search(nowhere, 1);
  EXPECT_EQ(found.best->step, 0);
  EXPECT_EQ(found.best->value, 0);
}

TEST(LineSearchTest, KeepsToItsEvaluations) {
  for (int64_t most = 1; most < 10; ++most) {
    const Found found = Search(Wave, 1e-6, most);
    EXPECT_LE(found.best->value, Wave(0).value) << most;
  }
  EXPECT_EQ(Search(Parabola, 100, 1).best->step, 0);
  EXPECT_EQ(Search(Parabola, 5, 1).best->step, 5);
}

TEST(LineSearchTest, EndsWhenTold) {
  for (const int last : {1, 2, 3}) {
    int asked = 0;
    const auto best = SearchLine({}, Wave(0), 1e-6, [&](double t) -> std::optional<LinePoint> {
      if (++asked == last) return std::nullopt;
      return Wave(t);
    });
    EXPECT_FALSE(best.has_value());
    EXPECT_EQ(asked, last);
  }
}

}  // namespace
}  // namespace fnn::core
