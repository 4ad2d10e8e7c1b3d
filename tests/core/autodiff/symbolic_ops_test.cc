// The formulas of the activations and their derivatives: as a person would write them
// (derivatives.golden), equal to dual numbers, and equal to what SymPy makes of the definitions
// (derivatives.csv, by derivatives.py).

#include "core/autodiff/symbolic_ops.h"

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/autodiff/derivative.h"
#include "core/autodiff/print.h"
#include "core/autodiff/simplify.h"
#include "core/ops/layers/learned.h"
#include "core/ops/table.h"
#include "gtest/gtest.h"
#include "tests/core/testing.h"

namespace fnn::core {
namespace {

// What each parameter is bound to: no default of any activation.
const std::map<std::string, double, std::less<>>& Values() {
  static const auto* const kValues = new std::map<std::string, double, std::less<>>{
      {"alpha", 0.75}, {"b", 2.5},          {"beta", 1.375},
      {"gamma", 0.3},  {"mean", -0.4},      {"standard_deviation", 1.25},
      {"value", -1.5}, {"threshold", 0.625}};
  return *kValues;
}

// Value and slope in x by the double kernels, whose slope is that of dual numbers.
std::pair<double, double> ByKernels(const SymbolicOp& op, double x) {
  std::vector<double> values;
  for (const absl::string_view parameter : op.parameters) {
    values.push_back(Values().find(parameter)->second);
  }
  double value = 0;
  double slope = 1;
  if (const ActivationOp* activation = FindOp(Activations(), op.name)) {
    Arguments arguments{};
    std::copy(values.begin(), values.end(), arguments.begin());
    activation->f64.forward(arguments, 1, 1, &x, &value);
    activation->f64.backward(arguments, 1, 1, &x, &value, &slope);
  } else {
    const LearnedOp* learned = FindOp(LearnedActivations(), op.name);
    std::vector<const double*> parameters;
    for (const double& one : values) parameters.push_back(&one);
    const double delta = 1;
    learned->f64.forward(1, 1, parameters.data(), &x, &value);
    learned->f64.backward(1, 1, parameters.data(), &x, &delta, /*adds=*/false, &slope);
  }
  return {value, slope};
}

double At(const Expression& e, double x) {
  Bindings bindings = Values();
  bindings["x"] = x;
  return Evaluate(e, bindings).value();
}

TEST(FormulasTest, AreOfEveryActivationOfOneX) {
  for (const ActivationOp& op : Activations()) {
    EXPECT_EQ(FindSymbolicOp(op.name) != nullptr, op.elementwise) << op.name;
  }
  for (const LearnedOp& op : LearnedActivations()) {
    EXPECT_NE(FindSymbolicOp(op.name), nullptr) << op.name;
  }
  EXPECT_EQ(FindSymbolicOp("glu"), nullptr);
}

// 100 points in (-8, 8), none of them a kink.
TEST(FormulasTest, EqualDualNumbers) {
  for (const SymbolicOp& op : SymbolicOps()) {
    const Expression raw = op.Symbolic();
    const Expression formula = Simplify(raw);
    const Expression derivative = Simplify(Differentiate(formula, "x"));
    const Expression unsimplified = Differentiate(raw, "x");
    for (int i = 0; i < 100; ++i) {
      const double x = -8 + 16 * (i + 0.437) / 100;
      const auto [value, slope] = ByKernels(op, x);
      EXPECT_TRUE(Near(At(raw, x), value, 1e-12, 1e-12)) << op.name << " at " << x;
      EXPECT_TRUE(Near(At(formula, x), value, 1e-12, 1e-12)) << op.name << " at " << x;
      EXPECT_TRUE(Near(At(derivative, x), slope, 1e-12, 1e-12)) << op.name << " at " << x;
      EXPECT_TRUE(Near(At(unsimplified, x), slope, 1e-12, 1e-12)) << op.name << " at " << x;
    }
  }
}

// At a kink too the slope is that of the branch not greater.
TEST(FormulasTest, HaveTheSlopesOfTheKernelsAtKinks) {
  for (const SymbolicOp& op : SymbolicOps()) {
    const Expression derivative = Simplify(Differentiate(Simplify(op.Symbolic()), "x"));
    for (const double x : {-3.0, -2.0, -1.0, -0.625, 0.0, 0.625, 1.0, 2.0, 3.0, 6.0}) {
      EXPECT_TRUE(Near(At(derivative, x), ByKernels(op, x).second, 1e-12, 1e-12))
          << op.name << " at " << x;
    }
  }
}

TEST(FormulasTest, EqualSymPy) {
  int rows = 0;
  for (const auto& row : ReadReference("derivatives.csv")) {
    const SymbolicOp* op = FindSymbolicOp(row.at(0));
    ASSERT_NE(op, nullptr) << row[0];
    const double x = Numbers(row.at(1)).at(0);
    const Expression formula = Simplify(op->Symbolic());
    EXPECT_TRUE(Near(At(formula, x), Numbers(row.at(2)).at(0), 1e-12, 1e-12)) << row[0] << " " << x;
    EXPECT_TRUE(
        Near(At(Simplify(Differentiate(formula, "x")), x), Numbers(row.at(3)).at(0), 1e-12, 1e-12))
        << row[0] << " at " << x;
    ++rows;
  }
  EXPECT_GE(rows, static_cast<int>(SymbolicOps().size()) * 8);
}

// FNN_UPDATE_GOLDEN=1 writes the file anew: read it line by line before it is committed.
TEST(FormulasTest, ReadAsAPersonWouldWriteThem) {
  std::string text;
  for (const SymbolicOp& op : SymbolicOps()) {
    const Expression formula = Simplify(op.Symbolic());
    const Expression derivative = Simplify(Differentiate(formula, "x"));
    absl::StrAppend(&text, op.name, "\n  f   ", ToText(formula), "\n  f'  ", ToText(derivative),
                    "\n  f   ", ToLatex(formula), "\n  f'  ", ToLatex(derivative), "\n");
  }
  const std::string path = FNN_SOURCE_DIR "/tests/core/autodiff/derivatives.golden";
  if (std::getenv("FNN_UPDATE_GOLDEN") != nullptr) std::ofstream(path) << text;
  std::ostringstream golden;
  golden << std::ifstream(path).rdbuf();
  EXPECT_EQ(text, golden.str());
}

}  // namespace
}  // namespace fnn::core
