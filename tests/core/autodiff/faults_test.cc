// Each way to a gradient catches each fault that is planted in back-propagation, and finds no fault
// where there is none: the table of method and fault is printed.

#include <cmath>
#include <iostream>
#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "core/analysis/verify_gradients.h"
#include "core/autodiff/gradients.h"
#include "core/autodiff/numeric.h"
#include "core/autodiff/tape.h"
#include "gtest/gtest.h"
#include "tests/core/autodiff/faults.h"
#include "tests/core/autodiff/problem.h"

namespace fnn::core {
namespace {

struct Method {
  std::string name;
  std::vector<double> gradient;
  double tolerance;
  double rounding;
};

std::vector<Method> AllMethods(const GradientProblem& problem) {
  const auto tape = DifferentiateByTape(problem, Tape::kMostNodes);
  EXPECT_TRUE(tape.ok()) << tape.status();
  DualSlopes dual(problem);
  LossAt loss_at(problem);
  std::vector<double> duals(problem.parameters.size());
  std::vector<double> differences(problem.parameters.size());
  for (const ParameterBlock& block : problem.plan->parameters()) {
    if (!block.trained) continue;
    for (int64_t i = block.offset; i < block.offset + block.size; ++i) {
      duals[i] = dual(i);
      differences[i] =
          CentralDifference([&](double x) { return loss_at(i, x); }, problem.parameters[i]);
    }
  }
  const double exact = ExactRounding(tape->contributions);
  return {{"tape", tape->gradient, 1e-10, exact},
          {"dual numbers", duals, 1e-10, exact},
          {"differences", differences, 1e-6, 1e-8 * tape->contributions},
          {"engine", EngineGradient(problem), 1e-4, FloatRounding(tape->contributions)}};
}

// Whether a method's gradient and another agree on every tensor.
bool Agree(const Plan& plan, const Method& method, const std::vector<double>& other) {
  for (const ParameterBlock& block : plan.parameters()) {
    const auto part = [&](const std::vector<double>& gradient) {
      return std::span<const double>(gradient).subspan(block.offset, block.size);
    };
    if (block.trained && !CompareGradients(v1::GRADIENT_METHOD_BACK_PROPAGATION, part(other),
                                           part(method.gradient), method.tolerance, method.rounding)
                              .passed()) {
      return false;
    }
  }
  return true;
}

TEST(FaultsTest, EachMethodCatchesEachFault) {
  const std::vector<PlantedFault> faults = PlantedFaults();
  EXPECT_GE(faults.size(), 20u);
  std::cout << absl::StreamFormat("%-52s", "fault");
  bool headed = false;
  for (const PlantedFault& fault : faults) {
    SCOPED_TRACE(fault.name);
    GradientProblem problem = MakeProblem(fault.network, fault.data);
    problem.l2 = fault.l2;
    const std::vector<Method> methods = AllMethods(problem);
    for (const Method& method : methods) {
      if (!headed) std::cout << absl::StreamFormat("%-14s", method.name);
    }
    if (!headed) std::cout << "\n";
    headed = true;
    const std::vector<double> right = BackPropagate(problem);
    const std::vector<double> wrong = fault.gradient(problem);
    std::cout << absl::StreamFormat("%-52s", fault.name);
    for (const Method& method : methods) {
      const bool caught = !Agree(*problem.plan, method, wrong);
      std::cout << absl::StreamFormat("%-14s", caught ? "caught" : "MISSED");
      EXPECT_TRUE(caught) << method.name;
      EXPECT_TRUE(Agree(*problem.plan, method, right)) << method.name << " where there is no fault";
    }
    std::cout << "\n";
  }
}

}  // namespace
}  // namespace fnn::core
