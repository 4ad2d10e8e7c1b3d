#include "core/autodiff/tape.h"

#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

#include "core/autodiff/tape_eigen.h"
#include "gtest/gtest.h"
#include "tests/core/testing.h"

namespace fnn::core {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// f at x, and its slope there.
template <typename F>
void ExpectSlope(const char* name, F f, double x, double slope) {
  Tape tape;
  const Variable at = tape.Make(x);
  const Variable y = f(at);
  EXPECT_TRUE(Near(tape.Gradient(y)[at], slope, 1e-14, 0))
      << name << " at " << x << ": " << tape.Gradient(y)[at] << ", not " << slope;
  EXPECT_EQ(y.value(), f(Variable(x)).value()) << name;
  EXPECT_TRUE(f(Variable(x)).constant()) << name;
}

// Slopes as the textbook has them.
TEST(TapeTest, EachOperationHasItsSlope) {
  using V = const Variable&;
  for (const double x : {0.1, 0.5, 1.0, 1.75, 3.0}) {
    ExpectSlope(
        "x + x", [](V a) { return a + a; }, x, 2);
    ExpectSlope(
        "c - x", [](V a) { return 2 - a; }, x, -1);
    ExpectSlope(
        "x - c", [](V a) { return a - 2; }, x, 1);
    ExpectSlope(
        "-x", [](V a) { return -a; }, x, -1);
    ExpectSlope(
        "x x x", [](V a) { return a * a * a; }, x, 3 * x * x);
    ExpectSlope(
        "c / x", [](V a) { return 2 / a; }, x, -2 / (x * x));
    ExpectSlope(
        "x / c", [](V a) { return a / 2; }, x, 0.5);
    ExpectSlope(
        "x / (x + c)", [](V a) { return a / (a + 2); }, x, 2 / ((x + 2) * (x + 2)));
    ExpectSlope(
        "exp", [](V a) { return Exp(a); }, x, std::exp(x));
    ExpectSlope(
        "log", [](V a) { return Log(a); }, x, 1 / x);
    ExpectSlope(
        "sqrt", [](V a) { return Sqrt(a); }, x, 0.5 / std::sqrt(x));
    ExpectSlope(
        "log1p", [](V a) { return Log1p(a); }, x, 1 / (1 + x));
    for (const double s : {x, -x}) {
      const double cosh = std::cosh(s);
      const double e = std::exp(-s);
      ExpectSlope(
          "tanh", [](V a) { return Tanh(a); }, s, 1 / (cosh * cosh));
      ExpectSlope(
          "logistic", [](V a) { return Logistic(a); }, s, e / ((1 + e) * (1 + e)));
      ExpectSlope(
          "softplus", [](V a) { return Softplus(a); }, s, 1 / (1 + e));
      ExpectSlope(
          "abs", [](V a) { return Abs(a); }, s, s > 0 ? 1 : -1);
      ExpectSlope(
          "expm1", [](V a) { return Expm1(a); }, s, std::exp(s));
      ExpectSlope(
          "erfc", [](V a) { return Erfc(a); }, s,
          -2 / std::sqrt(std::numbers::pi) * std::exp(-s * s));
      ExpectSlope(
          "if greater", [](V a) { return IfGreater(a, 0, a * a, Exp(a)); }, s,
          s > 0 ? 2 * s : std::exp(s));
    }
  }
  ExpectSlope(
      "abs", [](V a) { return Abs(a); }, 0, 0);
  ExpectSlope(
      "relu", [](V a) { return IfGreater(a, 0, a, 0); }, 0, 0);
}

TEST(TapeTest, OneSweepGivesAllSlopes) {
  Tape tape;
  std::vector<Variable> x;
  for (int i = 0; i < 100; ++i) x.push_back(tape.Make(i));
  Variable sum = 0;
  for (int i = 0; i + 1 < 100; ++i) sum += x[i] * x[i + 1];
  const Gradients slopes = tape.Gradient(sum);
  EXPECT_EQ(slopes[x[0]], 1);
  for (int i = 1; i + 1 < 100; ++i) EXPECT_EQ(slopes[x[i]], 2 * i);
  EXPECT_EQ(slopes[x[99]], 98);
  EXPECT_EQ(slopes[sum], 1);
  EXPECT_EQ(slopes[Variable(7)], 0);
}

TEST(TapeTest, WhatComesLaterHasNoPart) {
  Tape tape;
  const Variable x = tape.Make(3);
  const Variable y = x * x;
  const Variable later = y * y;
  const Gradients slopes = tape.Gradient(y);
  EXPECT_EQ(slopes[x], 6);
  EXPECT_EQ(slopes[later], 0);
}

// The slope of a branch that is not taken may be infinite, or no number.
TEST(TapeTest, ABranchNotTakenHasNoPart) {
  Tape tape;
  const Variable x = tape.Make(0);
  const Variable y = IfGreater(x, 0, Log(x), 5 * x) + 0 * Sqrt(x + 1);
  EXPECT_EQ(tape.Gradient(y)[x], 5);
}

TEST(TapeTest, NanStaysNan) {
  Tape tape;
  const Variable nan = tape.Make(std::numeric_limits<double>::quiet_NaN());
  EXPECT_TRUE(IsNaN(IfGreater(nan, 0, 1, 2)));
  EXPECT_TRUE(IsNaN(Logistic(nan)));
}

TEST(TapeTest, SlopesKeepTheirAccuracyFarOut) {
  Tape tape;
  const Variable x = tape.Make(20);
  EXPECT_TRUE(Near(tape.Gradient(Tanh(x))[x], 4 * std::exp(-40.0), 1e-14, 0));
  EXPECT_TRUE(Near(tape.Gradient(Logistic(x))[x], std::exp(-20.0), 1e-8, 0));
  const Variable far = tape.Make(-kInfinity);
  EXPECT_EQ(Softplus(far).value(), 0);
}

TEST(TapeTest, ConstantsTakeNoNode) {
  Tape tape;
  const Variable x = tape.Make(1);
  const Variable c = Exp(Variable(2) * 3) + 1;
  EXPECT_EQ(tape.size(), 1);
  EXPECT_EQ((c * x).value(), c.value());
  EXPECT_EQ(tape.size(), 2);
}

TEST(TapeTest, TakesNoMoreNodesThanItMay) {
  Tape tape(3);
  const Variable x = tape.Make(2);
  const Variable y = x * x;
  EXPECT_EQ((y + x).value(), 6);
  EXPECT_FALSE(tape.overflowed());
  const Variable beyond = y * x;
  EXPECT_EQ(beyond.value(), 8);
  EXPECT_TRUE(tape.overflowed());
  EXPECT_EQ(tape.size(), 3);
  tape.Clear();
  EXPECT_FALSE(tape.overflowed());
  const Variable again = tape.Make(5);
  EXPECT_EQ(tape.Gradient(again * again)[again], 10);
}

TEST(TapeTest, GrowsOverManyBlocks) {
  Tape tape;
  const Variable x = tape.Make(1);
  Variable y = x;
  for (int64_t i = 0; i < 3 * Tape::kBlock; ++i) y += x;
  EXPECT_EQ(tape.Gradient(y)[x], static_cast<double>(3 * Tape::kBlock + 1));
}

// Least squares: the gradient of ||X w - t||^2 is 2 X^T (X w - t).
TEST(TapeEigenTest, MatricesGoOnTheTape) {
  const Eigen::MatrixXd x = (Eigen::MatrixXd(3, 2) << 1, 2, -3, 4, 5, -6).finished();
  const Eigen::MatrixXd w = (Eigen::MatrixXd(2, 2) << 0.5, -1, 2, 0.25).finished();
  const Eigen::MatrixXd t = (Eigen::MatrixXd(3, 2) << 1, 0, 0, 1, 1, 1).finished();
  Tape tape;
  const auto v = MakeVariables(tape, w);
  const auto off = (x.cast<Variable>() * v - t.cast<Variable>()).eval();
  const Variable loss = off.array().square().sum();
  const Eigen::MatrixXd expected = 2 * x.transpose() * (x * w - t);
  EXPECT_LE((GradientOf(tape.Gradient(loss), v) - expected).norm(), 1e-13 * expected.norm());
  EXPECT_NEAR(loss.value(), (x * w - t).squaredNorm(), 1e-12);
}

// Two layers, by hand: with A = tanh(X W1), loss = sum((A W2)^2), D = 2 A W2:
// dW2 = A^T D, dW1 = X^T (D W2^T * (1 - A^2)).
TEST(TapeEigenTest, ANetworkOfMatrices) {
  Eigen::MatrixXd x(4, 3), w1(3, 5), w2(5, 2);
  int i = 0;
  for (Eigen::MatrixXd* m : {&x, &w1, &w2}) {
    *m = m->unaryExpr([&](double) { return std::sin(1.7 * ++i); });
  }
  Tape tape;
  const auto v1 = MakeVariables(tape, w1);
  const auto v2 = MakeVariables(tape, w2);
  using Matrix = Eigen::Matrix<Variable, Eigen::Dynamic, Eigen::Dynamic>;
  const Matrix a = (x.cast<Variable>() * v1).array().tanh().matrix();
  const Variable loss = (a * v2).array().square().sum();
  const Gradients slopes = tape.Gradient(loss);

  const Eigen::MatrixXd activity = (x * w1).array().tanh().matrix();
  const Eigen::MatrixXd d = 2 * activity * w2;
  const Eigen::MatrixXd d2 = activity.transpose() * d;
  const Eigen::MatrixXd d1 =
      x.transpose() * ((d * w2.transpose()).array() * (1 - activity.array().square())).matrix();
  EXPECT_LE((GradientOf(slopes, v1) - d1).norm(), 1e-13 * d1.norm());
  EXPECT_LE((GradientOf(slopes, v2) - d2).norm(), 1e-13 * d2.norm());
}

}  // namespace
}  // namespace fnn::core
