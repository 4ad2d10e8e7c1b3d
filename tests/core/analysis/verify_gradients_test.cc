#include "core/analysis/verify_gradients.h"

#include <cmath>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/ops/layers/layer_norm.h"
#include "core/plan/plan.h"
#include "gtest/gtest.h"
#include "tests/core/autodiff/problem.h"
#include "tests/core/testing.h"

namespace fnn::core {
namespace {

const char kNetwork[] =
    "layers { name: \"hidden\" dense { units: 5 activation { tanh {} } } } "
    "layers { name: \"last\" dense { units: 3 } } outputs { loss { cross_entropy {} } }";

class Watcher : public GradientObserver {
 public:
  bool OnProgress(const v1::GradientProgress& p) override {
    EXPECT_GE(p.evaluations(), p.evaluations_done());
    if (!progress.empty()) {
      EXPECT_GE(p.evaluations_done(), progress.back().evaluations_done());
    }
    progress.push_back(p);
    return static_cast<int64_t>(progress.size()) < stop_after;
  }
  void OnLayer(v1::LayerGradients layer) override { layers.push_back(std::move(layer)); }

  std::vector<v1::GradientProgress> progress;
  std::vector<v1::LayerGradients> layers;
  int64_t stop_after = INT64_MAX;
};

absl::StatusOr<v1::GradientVerdict> Verify(const GradientProblem& problem, Watcher& watcher,
                                           const GradientCheckOptions& options = {}) {
  const std::vector<float> parameters(problem.parameters.begin(), problem.parameters.end());
  return VerifyGradients(problem.plan, parameters, problem.samples, options, FieldPath("request"),
                         watcher);
}

GradientProblem Classes(const std::string& network, int64_t rows = 20) {
  return MakeProblem(network, {.features = 4, .classes = 3, .rows = rows});
}

TEST(VerifyGradientsTest, TellsOfEachLayerAndTensor) {
  Watcher watcher;
  const auto verdict = Verify(Classes(kNetwork), watcher, {.samples_per_tensor = 4});
  ASSERT_TRUE(verdict.ok()) << verdict.status();
  EXPECT_TRUE(verdict->passed());
  EXPECT_EQ(verdict->rows(), 16);
  EXPECT_EQ(verdict->parameters(), 4 * 5 + 5 + 5 * 3 + 3);
  EXPECT_GT(verdict->loss(), 0);
  EXPECT_TRUE(verdict->failed_tensors().empty());

  ASSERT_EQ(watcher.layers.size(), 2u);
  EXPECT_EQ(watcher.layers[0].layer(), "hidden");
  ASSERT_EQ(watcher.layers[1].tensors_size(), 2);
  const v1::TensorGradients& bias = watcher.layers[1].tensors(1);
  EXPECT_EQ(bias.name(), "last.bias");
  EXPECT_EQ(bias.shape_size(), 1);
  EXPECT_EQ(bias.samples(), 3);  // All there are.
  EXPECT_EQ(bias.kinks(), 0);
  EXPECT_GT(bias.norm(), 0);
  EXPECT_EQ(watcher.layers[0].tensors(0).samples(), 4);
  EXPECT_EQ(bias.comparisons_size(), 4);
  for (const v1::GradientComparison& c : bias.comparisons()) {
    EXPECT_TRUE(c.passed()) << c.ShortDebugString();
    EXPECT_LE(c.mean_error(), c.max_error());
  }

  // Each sample takes one pass of dual numbers and two of differences.
  constexpr int64_t kSamples = 4 + 4 + 4 + 3;
  ASSERT_EQ(verdict->costs_size(), 5);
  for (const v1::GradientCost& cost : verdict->costs()) {
    const int64_t expected = cost.method() == v1::GRADIENT_METHOD_DUAL ? kSamples
                             : cost.method() == v1::GRADIENT_METHOD_CENTRAL_DIFFERENCE
                                 ? 2 * kSamples
                                 : 1;
    EXPECT_EQ(cost.evaluations(), expected) << cost.ShortDebugString();
  }
  EXPECT_EQ(watcher.progress.back().evaluations_done(), 3 + 3 * kSamples);
  EXPECT_EQ(watcher.progress.back().evaluations(), 3 + 3 * kSamples);
}

TEST(VerifyGradientsTest, KinksAreSetApart) {
  // Every net input of the hidden layer is 0 exactly: at the kink of relu.
  GradientProblem problem = Classes(
      "layers { dense { units: 5 activation { relu {} } } } layers { dense { units: 3 } } "
      "outputs { loss { cross_entropy {} } }");
  for (const ParameterBlock& block : problem.plan->parameters().first(2)) {
    std::fill_n(problem.parameters.begin() + block.offset, block.size, 0);
  }
  Watcher watcher;
  const auto verdict = Verify(problem, watcher);
  ASSERT_TRUE(verdict.ok()) << verdict.status();
  EXPECT_TRUE(verdict->passed()) << verdict->ShortDebugString();
  EXPECT_EQ(watcher.layers[0].tensors(0).kinks(), 20);
  EXPECT_EQ(watcher.layers[0].tensors(1).kinks(), 5);
  EXPECT_EQ(watcher.layers[1].tensors(1).kinks(), 0);
}

// layer_norm with a wrong sign in the slope of gamma, on both engines' way back.
class WrongLayerNorm : public LayerNormFunction {
 public:
  explicit WrongLayerNorm(const LayerNormFunction& right) : LayerNormFunction(right) {}

  void Gradient(const FunctionInput<float>& input, Rows<const float> delta, size_t parameter,
                bool adds, float* gradient) const override {
    LayerNormFunction::Gradient(input, delta, parameter, adds, gradient);
    Spoil(parameter, gradient);
  }
  void Gradient(const FunctionInput<double>& input, Rows<const double> delta, size_t parameter,
                bool adds, double* gradient) const override {
    LayerNormFunction::Gradient(input, delta, parameter, adds, gradient);
    Spoil(parameter, gradient);
  }

 private:
  template <typename T>
  void Spoil(size_t parameter, T* gradient) const {
    if (parameters_[parameter].name == "gamma") gradient[0] = -gradient[0];
  }
};

TEST(VerifyGradientsTest, AFaultInAPlansWayBackFailsAndIsNamed) {
  GradientProblem problem = Classes(
      "layers { name: 'hidden' dense { units: 5 activation { tanh {} } } } "
      "layers { name: 'norm' layer_norm {} } layers { name: 'last' dense { units: 3 } } "
      "outputs { loss { cross_entropy {} } }");
  Watcher right;
  const auto passed = Verify(problem, right);
  ASSERT_TRUE(passed.ok()) << passed.status();
  EXPECT_TRUE(passed->passed()) << passed->ShortDebugString();

  const auto faulty = std::make_shared<Plan>(*problem.plan);
  for (const PlanNode& each : faulty->nodes()) {
    if (each.kind != PlanNode::Kind::kFunction) continue;
    auto& node = const_cast<PlanNode&>(each);  // The copy's own.
    node.function =
        std::make_shared<WrongLayerNorm>(static_cast<const LayerNormFunction&>(*each.function));
  }
  problem.plan = faulty;
  Watcher watcher;
  const auto verdict = Verify(problem, watcher);
  ASSERT_TRUE(verdict.ok()) << verdict.status();
  EXPECT_FALSE(verdict->passed());
  ASSERT_EQ(verdict->failed_tensors_size(), 1) << verdict->ShortDebugString();
  EXPECT_EQ(verdict->failed_tensors(0), "norm.gamma");
  EXPECT_EQ(verdict->loss(), passed->loss());  // The way forward is right.
  for (const v1::LayerGradients& layer : watcher.layers) {
    for (const v1::TensorGradients& tensor : layer.tensors()) {
      for (const v1::GradientComparison& c : tensor.comparisons()) {
        // The tape, dual numbers and differences know nothing of it.
        const bool wrong =
            tensor.name() == "norm.gamma" && (c.method() == v1::GRADIENT_METHOD_ENGINE ||
                                              c.method() == v1::GRADIENT_METHOD_BACK_PROPAGATION);
        EXPECT_EQ(c.passed(), !wrong) << tensor.name() << ": " << c.ShortDebugString();
      }
    }
  }
}

TEST(VerifyGradientsTest, ADifferenceFailsBeyondToleranceAndRounding) {
  const std::vector<double> tape = {3, 4, 0};
  const std::vector<double> off = {3, 4.001, 0};
  const auto failed = CompareGradients(v1::GRADIENT_METHOD_DUAL, off, tape, 1e-4, 0);
  EXPECT_FALSE(failed.passed());
  EXPECT_FALSE(failed.below_rounding());
  EXPECT_NEAR(failed.norm_error(), 0.001 / 5, 1e-12);
  EXPECT_NEAR(failed.max_error(), 0.001 / 4.001, 1e-12);
  EXPECT_NEAR(failed.mean_error(), failed.max_error() / 3, 1e-15);
  EXPECT_TRUE(CompareGradients(v1::GRADIENT_METHOD_DUAL, off, tape, 1e-4, 0.002).passed());
  EXPECT_TRUE(CompareGradients(v1::GRADIENT_METHOD_DUAL, off, tape, 1e-3, 0).passed());
}

TEST(VerifyGradientsTest, AGradientBelowRoundingIsNotJudged) {
  const std::vector<double> tape = {3, 4};
  const std::vector<double> zero = {0, 0};
  for (const double rounding : {4.9, 5.1}) {
    const auto c = CompareGradients(v1::GRADIENT_METHOD_ENGINE, zero, tape, 1e-4, rounding);
    EXPECT_EQ(c.passed(), rounding > 5);
    EXPECT_EQ(c.below_rounding(), rounding > 5);
  }
  // A bias before batch_norm moves nothing.
  Watcher watcher;
  const auto verdict = Verify(Classes("layers { name: 'hidden' dense { units: 5 } } "
                                      "layers { name: 'norm' batch_norm {} } "
                                      "layers { name: 'last' dense { units: 3 } } "
                                      "outputs { loss { cross_entropy {} } }"),
                              watcher);
  ASSERT_TRUE(verdict.ok()) << verdict.status();
  EXPECT_TRUE(verdict->passed()) << verdict->ShortDebugString();
  for (const v1::LayerGradients& layer : watcher.layers) {
    for (const v1::TensorGradients& tensor : layer.tensors()) {
      for (const v1::GradientComparison& c : tensor.comparisons()) {
        EXPECT_EQ(c.below_rounding(), tensor.name() == "hidden.bias")
            << tensor.name() << ": " << c.ShortDebugString();
      }
    }
  }
}

TEST(VerifyGradientsTest, WhatIsNoNumberDoesNotPass) {
  const std::vector<double> tape = {1, 2};
  const std::vector<double> nan = {1, std::numeric_limits<double>::quiet_NaN()};
  const std::vector<double> zero = {0, 0};
  EXPECT_FALSE(CompareGradients(v1::GRADIENT_METHOD_DUAL, nan, tape, 0.5, 0).passed());
  EXPECT_FALSE(CompareGradients(v1::GRADIENT_METHOD_DUAL, tape, zero, 0.5, 0).passed());
  EXPECT_TRUE(CompareGradients(v1::GRADIENT_METHOD_DUAL, zero, zero, 0.5, 0).passed());
  EXPECT_TRUE(CompareGradients(v1::GRADIENT_METHOD_DUAL, {}, {}, 0.5, 0).passed());
}

TEST(VerifyGradientsTest, StopsWhenItIsTold) {
  const GradientProblem problem = Classes(kNetwork);
  for (const int64_t after : {1, 3, 10}) {
    Watcher watcher;
    watcher.stop_after = after;
    EXPECT_EQ(Verify(problem, watcher).status().code(), absl::StatusCode::kCancelled);
    EXPECT_EQ(static_cast<int64_t>(watcher.progress.size()), after);
  }
}

TEST(VerifyGradientsTest, TheSeedChoosesRowsAndSamples) {
  const GradientProblem problem = Classes(kNetwork, 40);
  const auto loss = [&](uint64_t seed) {
    Watcher watcher;
    return Verify(problem, watcher, {.rows = 5, .samples_per_tensor = 1, .seed = seed})->loss();
  };
  EXPECT_EQ(loss(1), loss(1));
  EXPECT_NE(loss(1), loss(2));
}

TEST(VerifyGradientsTest, MemoryIsBounded) {
  const GradientProblem problem = Classes(kNetwork);
  Watcher watcher;
  // Not even its parameters.
  absl::Status status = Verify(problem, watcher, {.most_bytes = 10'000}).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted) << status;
  EXPECT_EQ(Reason(status), "VERIFICATION_TOO_LARGE");
  EXPECT_TRUE(watcher.layers.empty());
  // Those, but not the tape of a row.
  const GradientProblem wide = MakeProblem(
      "inputs { shape: [40, 40, 1] } layers { conv2d { channels: 4 kernel: [5, 5] } } "
      "layers { flatten {} } layers { dense { units: 1 } } outputs { loss { mean_squared_error {} "
      "} "
      "}",
      {.features = 1600, .rows = 2});
  int refused = 0;
  for (int64_t most = 1 << 20; most <= 1 << 26; most *= 2) {
    Watcher again;
    status = Verify(wide, again, {.samples_per_tensor = 1, .most_bytes = most}).status();
    if (!status.ok()) {
      EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted) << status;
      refused += Reason(status) == "TAPE_TOO_LARGE" ? 1 : 0;
    }
  }
  EXPECT_GE(refused, 1);
  EXPECT_TRUE(status.ok()) << status;
}

TEST(VerifyGradientsTest, RefusesWhatHasNoGradient) {
  Watcher watcher;
  absl::Status status =
      Verify(Classes("layers { dense { units: 3 } frozen: true } outputs { loss { cross_entropy {} "
                     "} }"),
             watcher)
          .status();
  EXPECT_EQ(Reason(status), "NOTHING_TRAINED") << status;

  status = Verify(Classes("layers { dense { units: 4 } } layers { batch_norm {} } layers { dense { "
                          "units: 3 } } outputs { loss { cross_entropy {} } }"),
                  watcher, {.rows = 1})
               .status();
  EXPECT_EQ(Faults(status), std::vector<std::string>{"request.rows BATCH_TOO_SMALL"}) << status;

  GradientProblem diverged = Classes(kNetwork);
  diverged.parameters.back() = std::numeric_limits<double>::infinity();
  status = Verify(diverged, watcher).status();
  EXPECT_EQ(Reason(status), "LOSS_NOT_FINITE") << status;
}

TEST(VerifyGradientsTest, NumbersOutOfRangeAreNamed) {
  v1::VerifyGradientsRequest request;
  auto options = ResolveGradientCheck(request, FieldPath());
  ASSERT_TRUE(options.ok());
  EXPECT_EQ(options->rows, 16);
  EXPECT_EQ(options->samples_per_tensor, 32);
  request.mutable_point()->set_seed(9);
  request.set_rows(1024);
  request.set_float_tolerance(0.5);
  options = ResolveGradientCheck(request, FieldPath());
  ASSERT_TRUE(options.ok());
  EXPECT_EQ(options->rows, 1024);
  EXPECT_EQ(options->seed, 9u);
  EXPECT_EQ(options->float_tolerance, 0.5);
  request.set_rows(0);
  request.set_samples_per_tensor(1'000'001);
  request.set_exact_tolerance(0);
  request.set_difference_tolerance(1);
  request.set_float_tolerance(std::numeric_limits<double>::quiet_NaN());
  EXPECT_EQ(Faults(ResolveGradientCheck(request, FieldPath("r")).status()),
            (std::vector<std::string>{"r.rows OUT_OF_RANGE", "r.samples_per_tensor OUT_OF_RANGE",
                                      "r.exact_tolerance OUT_OF_RANGE",
                                      "r.difference_tolerance OUT_OF_RANGE",
                                      "r.float_tolerance OUT_OF_RANGE"}));
}

}  // namespace
}  // namespace fnn::core
