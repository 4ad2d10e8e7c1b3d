#include "core/reference/executor.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <numeric>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "core/ops/table.h"
#include "gtest/gtest.h"
#include "tests/core/testing.h"

namespace fnn::core {
namespace {

constexpr int64_t kRows = 5;
constexpr int64_t kFeatures = 3;

double Wave(int64_t i, double frequency, double phase = 0.3) {
  return std::sin(frequency * static_cast<double>(i) + phase);
}

std::string Dense(int units, absl::string_view activation, bool bias) {
  return absl::StrCat("layers { dense { units: ", units, " use_bias: ", bias ? "true" : "false",
                      activation.empty() ? "" : absl::StrCat(" activation { ", activation, " {} }"),
                      " } }\n");
}

std::string Alone(absl::string_view activation) {
  return absl::StrCat("layers { activation { ", activation, " {} } }\n");
}

// A network with a fixed batch, its loss as a function of its parameters. Features are in
// [-size, size].
class Problem {
 public:
  explicit Problem(const std::string& network, double size = 1, double phase = 0.3)
      : Problem(CompileOrDie(ParseNetwork(network), kFeatures), size, phase) {}
  explicit Problem(std::shared_ptr<const Plan> plan, double size = 1, double phase = 0.3)
      : plan_(std::move(plan)),
        executor_(*plan_, kRows),
        parameters_(plan_->parameter_count()),
        x_(kRows * kFeatures),
        t_(kRows * plan_->output_width()) {
    for (size_t i = 0; i < parameters_.size(); ++i) parameters_[i] = 0.8 * Wave(i, 1.7);
    for (size_t i = 0; i < x_.size(); ++i) x_[i] = size * Wave(i, 2.3, phase);
    const int64_t outputs = plan_->output_width();
    for (int64_t r = 0; r < kRows; ++r) {
      double sum = 0;
      for (int64_t o = 0; o < outputs; ++o) {
        double& t = t_[r * outputs + o];
        t = Wave(r * outputs + o, 3.1);
        if (plan_->loss().targets != Targets::kAny) t = 0.5 + 0.4 * t;
        if (plan_->loss().targets == Targets::kSigns) t = std::round(t);
        sum += t;
      }
      if (plan_->loss().targets != Targets::kDistribution) continue;
      for (int64_t o = 0; o < outputs; ++o) t_[r * outputs + o] /= sum;
    }
  }

  const Plan& plan() const { return *plan_; }
  std::vector<double>& parameters() { return parameters_; }

  // The mean loss of the rows.
  double Loss(bool with_slope = false) {
    const double* y = executor_.Forward(parameters_.data(), x_.data(), kRows);
    double losses[kRows];
    plan_->loss().kernels<double>().compute(plan_->loss_arguments(), kRows, plan_->output_width(),
                                            y, t_.data(), losses,
                                            with_slope ? executor_.output_delta() : nullptr);
    return std::accumulate(losses, losses + kRows, 0.0) / kRows;
  }

  std::vector<double> Gradient() {
    Loss(/*with_slope=*/true);
    for (int64_t i = 0; i < kRows * plan_->output_width(); ++i) {
      executor_.output_delta()[i] /= kRows;
    }
    std::vector<double> gradient(parameters_.size(), NAN);
    executor_.Backward(parameters_.data(), x_.data(), kRows, gradient.data());
    return gradient;
  }

 private:
  std::shared_ptr<const Plan> plan_;
  Executor executor_;
  std::vector<double> parameters_, x_, t_;
};

// The slope of the loss in one parameter by central differences of fourth order.
double Difference(Problem& problem, size_t parameter, double step) {
  double& at = problem.parameters()[parameter];
  const double centre = at;
  const auto loss_at = [&](double offset) {
    at = centre + offset;
    return problem.Loss();
  };
  const double slope =
      (8 * (loss_at(step) - loss_at(-step)) - (loss_at(2 * step) - loss_at(-2 * step))) /
      (12 * step);
  at = centre;
  return slope;
}

// The largest error of back-propagation against differences, relative to the gradient's largest
// entry. None where there is nothing to compare: no slope that counts, or a kink so near that
// differences with two steps do not agree.
std::optional<double> GradientErrorOf(Problem problem) {
  const std::vector<double> gradient = problem.Gradient();
  double error = 0;
  double largest = 0;
  double disagreement = 0;
  for (size_t i = 0; i < gradient.size(); ++i) {
    constexpr double kStep = 1e-3;
    const double numerical = Difference(problem, i, kStep);
    disagreement = std::max(disagreement, std::abs(numerical - Difference(problem, i, kStep / 4)));
    error = std::isnan(gradient[i]) ? HUGE_VAL : std::max(error, std::abs(gradient[i] - numerical));
    largest = std::max(largest, std::abs(numerical));
  }
  if (largest <= 1e-4 || disagreement > 1e-6 * largest) return std::nullopt;
  return error / largest;
}

double GradientError(const std::shared_ptr<const Plan>& plan) {
  for (const double size : {1, 4}) {  // Some are flat around 0, and twice in a row all the more.
    for (const double phase : {0.3, 0.5, 0.7, 0.9}) {
      const std::optional<double> error = GradientErrorOf(Problem(plan, size, phase));
      if (error.has_value()) return *error;
    }
  }
  ADD_FAILURE() << "nothing to compare: " << plan->network().ShortDebugString();
  return HUGE_VAL;
}
double GradientError(const std::string& network) {
  return GradientError(CompileOrDie(ParseNetwork(network), kFeatures));
}

std::vector<ActivationOp> DifferentiableActivations() {
  std::vector<ActivationOp> out;
  for (const ActivationOp& op : Activations()) {
    if (op.differentiable) out.push_back(op);
  }
  return out;
}

class GradientTest : public testing::TestWithParam<std::tuple<ActivationOp, LossOp>> {};

TEST_P(GradientTest, EqualsCentralDifferences) {
  const auto& [activation, loss] = GetParam();
  const std::string output = absl::StrCat("outputs { loss { ", loss.name, " {} } }");
  const std::string f(activation.name);
  double worst = 0;
  const auto check = [&](const std::string& layers) {
    const double error = GradientError(layers + output);
    EXPECT_LE(error, 1e-6) << layers << output;
    worst = std::max(worst, error);
  };
  for (const bool bias : {true, false}) {
    check(Dense(4, f, bias) + Dense(3, f, bias) + Dense(3, "", bias));
    check(Dense(4, f, bias) + Dense(3, loss.link, bias));
    // Activations on their own: at the start, between, twice in a row.
    check(Alone(f) + Dense(4, "", bias) + Alone(f) + Alone("tanh") + Dense(3, "", bias));
    check(Alone("identity") + Dense(4, f, bias) + Alone("identity") + Dense(2, "", bias) +
          Alone("identity"));
    // Last, where the loss takes it.
    if (!(loss.probabilities && activation.probabilities)) {
      check(Dense(4, "tanh", bias) + Dense(3, f, bias));
      check(Dense(4, "tanh", bias) + Dense(3, "", bias) + Alone(f));
    }
  }
  RecordProperty("worst_relative_error", absl::StrCat(worst));
}

INSTANTIATE_TEST_SUITE_P(All, GradientTest,
                         testing::Combine(testing::ValuesIn(DifferentiableActivations()),
                                          testing::ValuesIn(Losses().begin(), Losses().end())),
                         [](const auto& info) {
                           return absl::StrCat(std::get<0>(info.param).name, "_",
                                               std::get<1>(info.param).name);
                         });

// An activation whose slope is a tenth too large is seen.
TEST(GradientCheckTest, SeesAWrongSlope) {
  static constexpr auto kBackward = [](const Arguments&, int64_t rows, int64_t units,
                                       const double* z, const double*, double* delta) {
    for (int64_t i = 0; i < rows * units; ++i) delta[i] *= 1.1 * (1 - std::pow(std::tanh(z[i]), 2));
  };
  ActivationOp fake = *FindOp(Activations(), "tanh");
  fake.slope_from_activity = false;
  fake.f64.backward = kBackward;
  const std::string output = "outputs { loss { mean_squared_error {} } }";
  for (const std::string& layers :
       {Dense(4, "tanh", true) + Dense(3, "", true),
        Dense(4, "", true) + Alone("tanh") + Alone("softsign"), Dense(3, "tanh", false)}) {
    const auto plan = CompileOrDie(ParseNetwork(layers + output), kFeatures);
    EXPECT_LE(GradientError(plan), 1e-6);
    for (const PlanNode& node : plan->nodes()) {
      if (node.activation == nullptr || node.activation->name != "tanh") continue;
      const_cast<PlanNode&>(node).activation = &fake;  // NOLINT: no table has it.
    }
    EXPECT_GT(GradientError(plan), 1e-2) << layers;
  }
}

TEST(ExecutorTest, GradientsScale) {
  Problem problem(Dense(4, "tanh", true) + Dense(2, "", true) +
                  "outputs { loss { mean_squared_error {} } }");
  const std::vector<double> first = problem.Gradient();
  EXPECT_EQ(problem.Gradient(), first);  // Nothing is left from the time before.
}

TEST(ExecutorTest, NamesTheFirstLayerThatIsNotFinite) {
  const auto plan = CompileOrDie(ParseNetwork(Dense(2, "relu", false) + Dense(2, "", false) +
                                              "outputs { loss { mean_squared_error {} } }"),
                                 1);
  Executor executor(*plan, 1);
  const double x = 1e20F;
  std::vector<double> parameters = {1, 1, 1, 1, 1, 1};
  executor.Forward(parameters.data(), &x, 1);
  EXPECT_EQ(executor.FirstLayerNotFinite(1), "");
  parameters = {1e200, 1, 1e200, 1, 1, 1};
  executor.Forward(parameters.data(), &x, 1);
  EXPECT_EQ(executor.FirstLayerNotFinite(1), "dense_1");
  parameters = {1e308, 1, 1, 1, 1, 1};
  executor.Forward(parameters.data(), &x, 1);
  EXPECT_EQ(executor.FirstLayerNotFinite(1), "dense_0");
}

TEST(ExecutorTest, ManyLayersNeedNoStack) {
  v1::Network network;
  for (int i = 0; i < 100'000; ++i) network.add_layers()->mutable_dense()->set_units(1);
  network.add_outputs()->mutable_loss()->mutable_mean_squared_error();
  const auto plan = CompileOrDie(network, 1);
  std::vector<double> parameters(plan->parameter_count(), 0);
  for (const ParameterBlock& block : plan->parameters())
    parameters[block.offset] = block.regularized;
  std::vector<double> gradient(parameters.size(), NAN);
  Executor executor(*plan, 1);
  const double x = 3;
  EXPECT_EQ(*executor.Forward(parameters.data(), &x, 1), 3);
  *executor.output_delta() = 2;
  executor.Backward(parameters.data(), &x, 1, gradient.data());
  EXPECT_EQ(gradient.front(), 6);
  EXPECT_EQ(gradient.back(), 2);
}

}  // namespace
}  // namespace fnn::core
