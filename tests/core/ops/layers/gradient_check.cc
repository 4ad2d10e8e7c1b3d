#include "tests/core/ops/layers/gradient_check.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "tests/core/ops/layers/function_run.h"

namespace fnn::core {
namespace {

// Small beside the distance of the run's numbers, and large beside rounding.
constexpr double kStep = 2.5e-4;

double Loss(FunctionRun<double>& run) {
  run.Measure();
  const std::vector<double> out = run.Forward();
  double loss = 0;
  for (size_t i = 0; i < out.size(); ++i) {
    loss += out[i] * run.delta().at(static_cast<int64_t>(i));
  }
  return loss;
}

// Of fourth order.
double Difference(FunctionRun<double>& run, double& x) {
  const double centre = x;
  const auto at = [&](double steps) {
    x = centre + steps * kStep;
    return Loss(run);
  };
  const double slope = (8 * (at(1) - at(-1)) - (at(2) - at(-2))) / (12 * kStep);
  x = centre;
  return slope;
}

double Error(const std::vector<double>& got, const std::vector<double>& expected) {
  double error = 0;
  double largest = 0;
  for (size_t i = 0; i < got.size(); ++i) {
    const double off = std::abs(got[i] - expected[i]);
    if (std::isnan(off)) return std::numeric_limits<double>::infinity();
    error = std::max(error, off);
    largest = std::max(largest, std::abs(expected[i]));
  }
  // What has no slope must be given none.
  return largest > 1e-6 ? error / largest : error;
}

}  // namespace

double GradientError(const LayerFunction& function, const std::vector<Shape>& inputs,
                     bool training) {
  FunctionRun<double> run(function, inputs, training);
  double worst = 0;
  for (size_t which = 0; which < inputs.size(); ++which) {
    SpacedRows<double>& in = run.in()[which];
    std::vector<double> expected;
    for (int64_t i = 0; i < in.size(); ++i) expected.push_back(Difference(run, in.at(i)));
    run.Measure();
    for (const bool adds : {false, true}) {
      worst = std::max(worst, Error(run.Backward(which, adds), expected));
    }
  }
  for (size_t p = 0; p < function.parameters().size(); ++p) {
    if (!function.parameters()[p].trained) continue;
    std::vector<double> expected;
    for (double& value : run.parameters()[p]) expected.push_back(Difference(run, value));
    run.Measure();
    for (const bool adds : {false, true}) {
      worst = std::max(worst, Error(run.Gradient(p, adds), expected));
    }
  }
  return run.Intact() ? worst : std::numeric_limits<double>::infinity();
}

}  // namespace fnn::core
