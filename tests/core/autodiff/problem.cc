#include "tests/core/autodiff/problem.h"

#include <cmath>
#include <utility>

#include "core/train/scaling.h"
#include "gtest/gtest.h"
#include "tests/core/testing.h"

namespace fnn::core {
namespace {

float Wave(int64_t i, double frequency) {
  return static_cast<float>(std::sin(frequency * static_cast<double>(i) + 0.3));
}

}  // namespace

GradientProblem MakeProblem(const std::string& network, const ProblemData& data) {
  const auto plan = CompileOrDie(ParseNetwork(network), data.features);
  const int64_t targets = data.classes > 0 ? 1 : plan->output_width();
  const int64_t columns = data.features + targets + (data.weighted ? 1 : 0);
  std::vector<float> values;
  for (int64_t r = 0; r < data.rows; ++r) {
    for (int64_t c = 0; c < columns; ++c) {
      const int64_t at = r * columns + c;
      const bool target = c >= data.features && c < data.features + targets;
      values.push_back(target && data.classes > 0 ? static_cast<float>((r * 5 + 2) % data.classes)
                       : c < data.features + targets ? Wave(at, 2.3)
                                                     : 1 + 0.7F * Wave(at, 1.3));
    }
  }
  BoundTable table = MakeData(data.features, columns - data.features, std::move(values));
  if (data.weighted) {
    table.weight = table.targets.back();
    table.targets.pop_back();
  }
  auto samples = Samples::Create(*plan, table);
  EXPECT_TRUE(samples.ok()) << samples.status();
  std::vector<float> parameters(plan->parameter_count());
  for (size_t i = 0; i < parameters.size(); ++i) {
    parameters[i] = 0.8F * Wave(static_cast<int64_t>(i), 1.7);
  }
  return GradientProblem::Create(plan, parameters, *std::move(samples), /*seed=*/3);
}

std::vector<float> InitialParameters(const Plan& plan, const BoundTable& data, uint64_t seed) {
  std::vector<float> parameters(plan.parameter_count());
  plan.Initialize<float>(seed, parameters);
  if (!plan.scaling().has_value()) return parameters;
  const auto samples = Samples::Create(plan, data);
  EXPECT_TRUE(samples.ok()) << samples.status();
  const ScalingNumbers numbers = MeasureScaling(*plan.scaling(), *samples);
  for (size_t i = 0; i < numbers.shift.size(); ++i) {
    const auto blocks = plan.parameters();
    parameters[blocks[plan.scaling()->shift].offset + i] = static_cast<float>(numbers.shift[i]);
    parameters[blocks[plan.scaling()->scale].offset + i] = static_cast<float>(numbers.scale[i]);
  }
  return parameters;
}

}  // namespace fnn::core
