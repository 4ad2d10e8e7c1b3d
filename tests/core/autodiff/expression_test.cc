// Expressions: what the rules of simplification make of small ones, and that nothing takes for
// ever. The formulas of the activations are in formulas_test.cc.

#include "core/autodiff/expression.h"

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "core/autodiff/derivative.h"
#include "core/autodiff/print.h"
#include "core/autodiff/simplify.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/core/testing.h"
#include "tests/status_matchers.h"

namespace fnn::core {
namespace {

using ::fnn::testing::StatusIs;
using ::testing::ElementsAre;

const Expression x = Expression::Symbol("x");
const Expression a = Expression::Symbol("a");
const Expression b = Expression::Symbol("b");

Expression N(double c) { return Const(x, c); }

std::string Simple(const Expression& e) { return ToText(Simplify(e)); }
std::string Slope(const Expression& e) { return Simple(Differentiate(e, "x")); }

TEST(CoefficientTest, IsExactWhileItIsSmall) {
  EXPECT_EQ(Coefficient::FromDouble(1.702), Coefficient::Ratio(851, 500));
  EXPECT_EQ(Coefficient::FromDouble(1.702).value(), 1.702);
  EXPECT_FALSE(Coefficient::FromDouble(std::sqrt(2)).exact());
  EXPECT_EQ(Coefficient::Ratio(1, 3) + Coefficient::Ratio(1, 6), Coefficient::Ratio(1, 2));
  EXPECT_EQ(Coefficient::Ratio(2, -4), Coefficient::Ratio(-1, 2));
  Coefficient large = 10;
  for (int i = 0; i < 5; ++i) large = large * large;
  EXPECT_FALSE(large.exact());
  EXPECT_EQ(large.value(), 1e32);
}

TEST(CompareTest, IsATotalOrder) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double infinity = std::numeric_limits<double>::infinity();
  // Two fractions that are the same double.
  const int64_t large = 999'999'999'999'989;
  const Coefficient below = Coefficient::Ratio(large - 1, large);
  const Coefficient above = Coefficient::Ratio(large, large + 1);
  ASSERT_EQ(below.value(), above.value());
  ASSERT_FALSE(below == above);
  const std::vector<Expression> numbers = {Coefficient::FromDouble(nan),
                                           Coefficient::FromDouble(-nan),
                                           Coefficient::FromDouble(infinity),
                                           Coefficient::FromDouble(-infinity),
                                           Coefficient(2),
                                           Coefficient(0),
                                           Coefficient::FromDouble(std::sqrt(2)),
                                           below,
                                           above};
  for (const Expression& p : numbers) {
    EXPECT_EQ(Compare(p, Expression(p.number())), 0);
    for (const Expression& q : numbers) {
      EXPECT_EQ(Compare(p, q), -Compare(q, p));
      EXPECT_EQ(Compare(p, q) == 0, p.id() == q.id());
      for (const Expression& r : numbers) {
        if (Compare(p, q) < 0 && Compare(q, r) < 0) {
          EXPECT_LT(Compare(p, r), 0);
        }
      }
    }
  }
}

// Graphs of a few nodes that stand for very many, built apart, so that none is known to be the
// same.
TEST(CompareTest, GoesThroughSharedPartsOnce) {
  const auto nested = [](const Expression& inmost) {
    Expression e = inmost;
    for (int i = 0; i < 200; ++i) e = IfGreater(e, N(i), e * x, e + e);
    return e;
  };
  const Expression one = nested(x);
  const Expression same = nested(x);
  const CpuTimer timer;
  EXPECT_EQ(Compare(one, same), 0);
  EXPECT_NE(Compare(one, nested(a)), 0);
  EXPECT_EQ(IfGreater(x, a, one, same).id(), one.id());
  EXPECT_LT(timer.Seconds(), 5);
}

TEST(SimplifyTest, CollectsLikeTermsAndFactors) {
  EXPECT_EQ(Simple(x + x), "2 x");
  EXPECT_EQ(Simple(x - x), "0");
  EXPECT_EQ(Simple(x * N(1) + N(0)), "x");
  EXPECT_EQ(Simple(x * N(0)), "0");
  EXPECT_EQ(Simple(x * x * x), "x^3");
  EXPECT_EQ(Simple(x / x), "1");
  EXPECT_EQ(Simple((x + a) - (a + x)), "0");
  EXPECT_EQ(Simple(-(a - x)), "x - a");
  EXPECT_EQ(Simple(N(3) * x - N(0.5) * x), "5 x / 2");
  EXPECT_EQ(Simple(Exp(x) * Exp(x)), "exp(2 x)");
  EXPECT_EQ(Simple(Exp(x) * Exp(-x)), "1");
  EXPECT_EQ(Simple(Sqrt(b) * Sqrt(b)), "b");
  EXPECT_EQ(Simple(Sqrt(x * x)), "|x|");
  EXPECT_EQ(Simple(Sqrt(N(8))), "2 sqrt(2)");
  EXPECT_EQ(Simple(Expm1(x) + N(1)), "exp(x)");
}

TEST(SimplifyTest, PutsFractionsTogether) {
  EXPECT_EQ(Simple(N(1) / (N(1) + x) + x / (N(1) + x)), "1");
  EXPECT_EQ(Simple((x * x - a * a) / (x - a)), "x + a");
  EXPECT_EQ(Simple(b / (Sqrt(x * x + b) - x)), "x + sqrt(x^2 + b)");
  EXPECT_EQ(Simple(N(1) / x - N(1) / x), "0");
}

TEST(SimplifyTest, TellsCasesApartAndJoinsThem) {
  const Expression zero = N(0);
  EXPECT_EQ(Simple(IfGreater(x, zero, x, -x)), "x if x > 0, else -x");
  EXPECT_EQ(Simple(IfGreater(x, zero, Abs(x), Abs(x))), "|x|");
  EXPECT_EQ(Simple(IfGreater(x, zero, Abs(x), x)), "x");
  EXPECT_EQ(Simple(Exp(IfGreater(x, zero, x, x))), "exp(x)");
  EXPECT_EQ(Simple(IfGreater(N(2), N(1), x, a)), "x");
  EXPECT_EQ(Simple(IfGreater(N(1), N(1), x, a)), "a");
  EXPECT_EQ(Simple(IfGreater(N(2) * x + N(1), N(5), x, a)), "x if x > 2, else a");
  EXPECT_EQ(Simple(IfGreater(a - x, zero, x, a)), "x if x < a, else a");
  EXPECT_EQ(Simple(IfGreater(x, zero, IfGreater(N(6), x, x, N(6)), zero)),
            "x if 0 < x < 6; 6 if x >= 6; else 0");
}

TEST(DifferentiateTest, FollowsTheRules) {
  EXPECT_EQ(Slope(a), "0");
  EXPECT_EQ(Slope(a * x + b), "a");
  EXPECT_EQ(Slope(x * x * x), "3 x^2");
  EXPECT_EQ(Slope(a / x), "-a / x^2");
  EXPECT_EQ(Slope(Sqrt(x)), "1 / (2 sqrt(x))");
  EXPECT_EQ(Slope(Log(x)), "1 / x");
  EXPECT_EQ(Slope(Log1p(a * x)), "a / (a x + 1)");
  EXPECT_EQ(Slope(Exp(a * x)), "a exp(a x)");
  EXPECT_EQ(Slope(Expm1(x)), "exp(x)");
  EXPECT_EQ(Slope(Tanh(x)), "1 - tanh(x)^2");
  EXPECT_EQ(Slope(Logistic(x)), "logistic(x) (1 - logistic(x))");
  EXPECT_EQ(Slope(Softplus(x)), "logistic(x)");
  EXPECT_EQ(Slope(Erfc(x)), "-2 exp(-x^2) / sqrt(pi)");
  EXPECT_EQ(Slope(Abs(x)), "sign(x)");
  EXPECT_EQ(Slope(Exp(Exp(x))), "exp(x + exp(x))");
}

TEST(PrintTest, WritesLatex) {
  EXPECT_EQ(ToLatex(Simplify(Exp(-x) / (a + Sqrt(x)))), "\\frac{e^{-x}}{\\sqrt{x} + a}");
  EXPECT_EQ(ToLatex(Expression::Symbol("beta")), "\\beta");
  EXPECT_EQ(ToLatex(Expression::Symbol("half_life")), "\\mathrm{half\\ life}");
}

TEST(ConstTest, KnowsRoots) {
  EXPECT_EQ(ToText(Const(x, 0.25)), "1 / 4");
  EXPECT_EQ(Simple(Const(x, 0.70710678118654752440)), "1 / sqrt(2)");
  EXPECT_EQ(Simple(Const(x, -0.79788456080286535588)), "-sqrt(2 / pi)");
  EXPECT_EQ(Simple(Const(x, 1.0507009873554805)), "1.0507009873554805");
}

TEST(EvaluateTest, TakesTheBranchThatHolds) {
  const Expression e = IfGreater(x, N(0), Log(x), a);
  EXPECT_EQ(Evaluate(e, {{"x", 1.0}, {"a", 7.0}}).value(), 0);
  EXPECT_EQ(Evaluate(e, {{"x", 0.0}, {"a", 7.0}}).value(), 7);
  EXPECT_TRUE(std::isnan(Evaluate(e, {{"x", std::nan("")}, {"a", 7.0}}).value()));
}

TEST(EvaluateTest, NamesASymbolWithoutValue) {
  const absl::Status status = Evaluate(x * a, {{"x", 1.0}}).status();
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(Faults(status), ElementsAre("bindings.a REQUIRED"));
}

// A random expression of the symbols, numbers and functions, with `depth` levels.
Expression Random(uint64_t& state, int depth) {
  state = state * 6364136223846793005 + 1442695040888963407;
  const auto pick = static_cast<int>((state >> 33) % 14);
  const auto part = [&] { return Random(state, depth - 1); };
  if (depth == 0) {
    return pick < 7 ? x : pick < 11 ? N(pick - 9) : b;
  }
  const std::vector<Expression (*)(const Expression&)> functions = {Exp,      Tanh,     Abs,  Erfc,
                                                                    Logistic, Softplus, Expm1};
  if (pick < 3) return part() + part();
  if (pick < 5) return part() - part();
  if (pick < 8) return part() * part();
  if (pick == 8) return part() / (N(2) + Logistic(part()));
  if (pick == 9) return Sqrt(part() * part() + N(1));
  if (pick == 10) return IfGreater(part(), part(), part(), part());
  state = state * 6364136223846793005 + 1442695040888963407;
  return functions[(state >> 33) % functions.size()](Tanh(part()));
}

TEST(SimplifyTest, KeepsTheValuesOfRandomExpressions) {
  uint64_t state = 1;
  int compared = 0;
  const CpuTimer timer;
  for (int i = 0; i < 400; ++i) {
    const Expression e = Random(state, 1 + i % 4);
    const Expression slope = Differentiate(e, "x");
    for (const Expression& one : {e, slope}) {
      const Expression simple = Simplify(one);
      for (const double at : {-1.37, -0.21, 0.43, 1.93}) {
        const Bindings bindings = {{"x", at}, {"b", 1.7}};
        const double expected = Evaluate(one, bindings).value();
        if (!(std::abs(expected) < 1e6)) continue;
        EXPECT_TRUE(Near(Evaluate(simple, bindings).value(), expected, 1e-8, 1e-8))
            << ToText(one) << "\nbecame " << ToText(simple) << "\nat " << at;
        ++compared;
      }
    }
  }
  EXPECT_GT(compared, 2000);
  EXPECT_LT(timer.Seconds(), 20);
}

// e is x + x + ..., a graph of a few nodes that stands for very many.
TEST(SimplifyTest, LeavesWhatIsTooLarge) {
  Expression e = x;
  for (int i = 0; i < 60; ++i) e = e + e;
  EXPECT_EQ(e.size(), int64_t{1} << 40);
  EXPECT_EQ(Simplify(e).id(), e.id());
  EXPECT_EQ(Evaluate(Differentiate(e, "x"), {}).value(), std::ldexp(1, 60));
  Expression deep = x;
  for (int i = 0; i < 200; ++i) deep = Sqrt(deep * deep + Exp(deep));
  Expression nested = x;
  for (int i = 0; i < 40; ++i) nested = Sqrt(nested + b);
  const CpuTimer timer;
  Simplify(nested);
  EXPECT_LT(timer.Seconds(), 5);
}

}  // namespace
}  // namespace fnn::core
