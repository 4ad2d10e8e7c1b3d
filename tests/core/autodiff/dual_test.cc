#include "core/autodiff/dual.h"

#include <cmath>
#include <limits>

#include "gtest/gtest.h"
#include "tests/core/testing.h"

namespace fnn::core {
namespace {

using D = Dual<double>;

// The slope of f at x by central differences, with an error of the order of h^2 and 1e-16 / h.
template <typename F>
double Slope(F f, double x) {
  const double h = 1e-5;
  return (f(D{x + h, 0}).v - f(D{x - h, 0}).v) / (2 * h);
}

template <typename F>
void ExpectSlope(const char* name, F f, double x) {
  const D y = f(D{x, 1});
  EXPECT_TRUE(Near(y.d, Slope(f, x), 1e-8, 1e-9)) << name << " at " << x << ": " << y.d;
  EXPECT_DOUBLE_EQ(f(D{x, 3}).d, 3 * y.d) << name;
  EXPECT_EQ(f(D{x, 0}).v, y.v) << name;
}

TEST(DualTest, SlopesAreThoseOfDifferences) {
  for (const double x : {0.1, 0.5, 1.0, 1.75, 3.0}) {
    ExpectSlope(
        "x + x", [](D a) { return a + a; }, x);
    ExpectSlope(
        "c - x", [](D a) { return Const(a, 2) - a; }, x);
    ExpectSlope(
        "-x", [](D a) { return -a; }, x);
    ExpectSlope(
        "x x x", [](D a) { return a * a * a; }, x);
    ExpectSlope(
        "c / x", [](D a) { return Const(a, 2) / a; }, x);
    ExpectSlope(
        "x / c", [](D a) { return a / Const(a, 2); }, x);
    ExpectSlope(
        "c x + c", [](D a) { return Const(a, 2) * a + Const(a, 3); }, x);
    ExpectSlope(
        "x c - c", [](D a) { return a * Const(a, 2) - Const(a, 3); }, x);
    ExpectSlope(
        "x / (x + c)", [](D a) { return a / (a + Const(a, 2)); }, x);
    ExpectSlope(
        "exp", [](D a) { return Exp(a); }, x);
    ExpectSlope(
        "log", [](D a) { return Log(a); }, x);
    ExpectSlope(
        "sqrt", [](D a) { return Sqrt(a); }, x);
    for (const double signed_x : {x, -x}) {
      ExpectSlope(
          "tanh", [](D a) { return Tanh(a); }, signed_x);
      ExpectSlope(
          "logistic", [](D a) { return Logistic(a); }, signed_x);
      ExpectSlope(
          "softplus", [](D a) { return Softplus(a); }, signed_x);
      ExpectSlope(
          "abs", [](D a) { return Abs(a); }, signed_x);
      ExpectSlope(
          "expm1", [](D a) { return Expm1(a); }, signed_x);
      ExpectSlope(
          "erfc", [](D a) { return Erfc(a); }, signed_x);
      ExpectSlope(
          "if greater", [](D a) { return IfGreater(a, Const(a, 0), a * a, Exp(a)); }, signed_x);
    }
  }
}

TEST(DualTest, TheKinkHasTheSlopeOfTheBranchNotGreater) {
  const D zero{0, 1};
  EXPECT_EQ(IfGreater(zero, Const(zero, 0), D{1, 7}, D{2, 5}).d, 5);
  EXPECT_EQ(IfGreater(zero, Const(zero, 0), D{1, 7}, D{2, 5}).v, 2);
}

TEST(DualTest, NanStaysNan) {
  const D nan{std::numeric_limits<double>::quiet_NaN(), 1};
  const D out = IfGreater(nan, Const(nan, 0), D{1, 1}, D{2, 2});
  EXPECT_TRUE(std::isnan(out.v));
  EXPECT_TRUE(std::isnan(out.d));
  EXPECT_TRUE(std::isnan(Logistic(nan).v));
  EXPECT_TRUE(std::isnan(Softplus(nan).v));
  EXPECT_TRUE(std::isnan(Softplus(nan).d));
}

TEST(NumberTest, LimitsAreRight) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  EXPECT_EQ(Logistic(kInfinity), 1);
  EXPECT_EQ(Logistic(-kInfinity), 0);
  EXPECT_EQ(Softplus(kInfinity), kInfinity);
  EXPECT_EQ(Softplus(-kInfinity), 0);
  EXPECT_EQ(Softplus(-1e300), 0);
  EXPECT_EQ(Softplus(1e300), 1e300);
  EXPECT_EQ(Softplus(0.0), std::log(2.0));
}

}  // namespace
}  // namespace fnn::core
