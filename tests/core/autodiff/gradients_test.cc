// All ways to a gradient, held against each other on networks at random: by the norm of each
// tensor, tape, dual numbers and back-propagation in double agree to 1e-10, central differences to
// 1e-6, and the engine, in float, to 1e-4.

#include "core/autodiff/gradients.h"

#include <algorithm>
#include <cmath>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/analysis/verify_gradients.h"
#include "core/autodiff/numeric.h"
#include "core/autodiff/tape.h"
#include "gtest/gtest.h"
#include "tests/core/autodiff/problem.h"
#include "tests/core/testing.h"
#include "tests/core/train/random/network.h"

namespace fnn::core {
namespace {

constexpr uint64_t kNetworks = 200;

// What of all tensors came off worst, where there is a slope to speak of.
struct Worst {
  double error = 0;
  std::string where;

  void Take(double other, const std::string& at) {
    if (!(other > error)) return;
    error = other;
    where = at;
  }
};

class Layers : public GradientObserver {
 public:
  bool OnProgress(const v1::GradientProgress&) override { return true; }
  void OnLayer(v1::LayerGradients layer) override { layers.push_back(std::move(layer)); }
  std::vector<v1::LayerGradients> layers;
};

TEST(GradientsTest, AgreeOnRandomNetworks) {
  Worst worst[v1::GradientMethod_ARRAYSIZE];
  int64_t tensors = 0;
  int64_t samples = 0;
  int64_t kinks = 0;
  uint64_t verified = 0;
  for (uint64_t seed = 0; verified < kNetworks; ++seed) {
    const RandomNetwork n = DrawNetwork(seed);
    const auto plan = Plan::Compile(n.network, static_cast<int64_t>(n.data.features.size()),
                                    FieldPath("network"));
    ASSERT_TRUE(plan.ok()) << plan.status();
    const std::vector<float> parameters = InitialParameters(**plan, n.data, seed);
    const auto trained = [](const ParameterBlock& block) { return block.trained; };
    if (std::none_of((*plan)->parameters().begin(), (*plan)->parameters().end(), trained)) continue;
    ++verified;
    const auto data = Samples::Create(**plan, n.data);
    ASSERT_TRUE(data.ok()) << data.status();
    Layers observer;
    const auto verdict = VerifyGradients(*plan, parameters, *data,
                                         {.rows = 8, .samples_per_tensor = 6, .seed = seed},
                                         FieldPath("request"), observer);
    ASSERT_TRUE(verdict.ok()) << verdict.status();
    EXPECT_TRUE(verdict->passed()) << "seed " << seed << ": " << verdict->ShortDebugString() << "\n"
                                   << n.network.ShortDebugString();
    double largest = 0;
    for (const v1::LayerGradients& layer : observer.layers) {
      for (const v1::TensorGradients& t : layer.tensors()) largest = std::max(largest, t.norm());
    }
    for (const v1::LayerGradients& layer : observer.layers) {
      for (const v1::TensorGradients& t : layer.tensors()) {
        ++tensors;
        samples += t.samples();
        kinks += t.kinks();
        for (const v1::GradientComparison& c : t.comparisons()) {
          // A slope that cancels out has no digits to agree on.
          const bool counts = t.norm() > 1e-3 * largest && t.norm() > 1e-3 * verdict->loss();
          const std::string at = absl::StrCat("seed ", seed, ", ", t.name());
          if (counts) worst[c.method()].Take(c.norm_error(), at);
          if (!c.passed()) {
            ADD_FAILURE() << at << ": " << c.ShortDebugString() << ", norm " << t.norm();
          }
        }
      }
    }
  }
  for (const auto method : {v1::GRADIENT_METHOD_BACK_PROPAGATION, v1::GRADIENT_METHOD_DUAL,
                            v1::GRADIENT_METHOD_CENTRAL_DIFFERENCE, v1::GRADIENT_METHOD_ENGINE}) {
    std::cout << v1::GradientMethod_Name(method) << ": at most " << worst[method].error << " ("
              << worst[method].where << ")\n";
    EXPECT_GT(worst[method].error, 0);
  }
  std::cout << tensors << " tensors of " << kNetworks << " networks; " << kinks << " of " << samples
            << " samples at kinks\n";
  EXPECT_LE(worst[v1::GRADIENT_METHOD_BACK_PROPAGATION].error, 1e-10);
  EXPECT_LE(worst[v1::GRADIENT_METHOD_DUAL].error, 1e-10);
  EXPECT_LE(worst[v1::GRADIENT_METHOD_CENTRAL_DIFFERENCE].error, 1e-6);
  EXPECT_LE(worst[v1::GRADIENT_METHOD_ENGINE].error, 1e-4);
  EXPECT_LE(kinks, samples / 20);
}

// Weights of rows, and penalties, are part of the loss.
TEST(GradientsTest, AgreeOnWeightsAndPenalties) {
  GradientProblem problem = MakeProblem(
      "layers { dense { units: 4 activation { tanh {} } } } layers { dense { units: 3 } } "
      "outputs { loss { cross_entropy {} } }",
      {.features = 5, .classes = 3, .rows = 7, .weighted = true});
  problem.l2 = 0.1;
  problem.l1 = 0.03;
  const auto tape = DifferentiateByTape(problem, Tape::kMostNodes);
  ASSERT_TRUE(tape.ok()) << tape.status();
  LossAt loss_at(problem);
  EXPECT_NEAR(tape->loss, loss_at(), 1e-14);
  DualSlopes dual(problem);
  const std::vector<double> back = BackPropagate(problem);
  const std::vector<double> engine = EngineGradient(problem);
  for (size_t i = 0; i < back.size(); ++i) {
    const double slope = tape->gradient[i];
    EXPECT_NEAR(back[i], slope, 1e-14) << i;
    EXPECT_NEAR(dual(static_cast<int64_t>(i)), slope, 1e-14) << i;
    EXPECT_NEAR(engine[i], slope, 1e-6) << i;
    const auto f = [&](double x) { return loss_at(static_cast<int64_t>(i), x); };
    EXPECT_NEAR(CentralDifference(f, problem.parameters[i]), slope, 1e-9) << i;
  }
}

// Where several logits are the largest, each has a slope.
TEST(GradientsTest, AgreeWhereLogitsAreTheSame) {
  for (const std::string last :
       {"} } outputs { loss { cross_entropy {} } }", "} } outputs { loss { kl_divergence {} } }",
        "} } outputs { loss { focal {} } }",
        "activation { log_softmax {} } } } "
        "outputs { loss { mean_squared_error {} } }"}) {
    GradientProblem problem =
        MakeProblem("layers { dense { units: 3 " + last, {.features = 4, .classes = 3, .rows = 7});
    std::fill(problem.parameters.begin(), problem.parameters.end(), 0);
    const auto tape = DifferentiateByTape(problem, Tape::kMostNodes);
    ASSERT_TRUE(tape.ok()) << tape.status();
    DualSlopes dual(problem);
    const std::vector<double> back = BackPropagate(problem);
    const std::vector<double> engine = EngineGradient(problem);
    EXPECT_NE(*std::max_element(back.begin(), back.end()), 0);
    for (size_t i = 0; i < back.size(); ++i) {
      EXPECT_NEAR(tape->gradient[i], back[i], 1e-14) << last << i;
      EXPECT_NEAR(dual(static_cast<int64_t>(i)), back[i], 1e-14) << last << i;
      EXPECT_NEAR(engine[i], back[i], 1e-6) << last << i;
    }
  }
}

// The mean loss of linear least squares by hand: dL/dw = 2 / n sum (w x + b - t) x.
TEST(GradientsTest, AreThoseOfTheTextbook) {
  const GradientProblem problem =
      MakeProblem("layers { dense { units: 1 } } outputs { loss { mean_squared_error {} } }",
                  {.features = 1, .classes = 0, .rows = 6, .weighted = false});
  const double w = problem.parameters[0];
  const double b = problem.parameters[1];
  double dw = 0;
  double db = 0;
  for (int r = 0; r < 6; ++r) {
    const double off = w * problem.x[r] + b - problem.t[r];
    dw += 2 * off * problem.x[r] / 6;
    db += 2 * off / 6;
  }
  const auto tape = DifferentiateByTape(problem, Tape::kMostNodes);
  ASSERT_TRUE(tape.ok());
  EXPECT_NEAR(tape->gradient[0], dw, 1e-14);
  EXPECT_NEAR(tape->gradient[1], db, 1e-14);
}

TEST(GradientsTest, ATapeTooSmallIsToldOf) {
  const GradientProblem problem =
      MakeProblem("layers { dense { units: 3 } } outputs { loss { mean_squared_error {} } }",
                  {.features = 2, .classes = 0, .rows = 4, .weighted = false});
  EXPECT_EQ(DifferentiateByTape(problem, 12).status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_TRUE(DifferentiateByTape(problem, 1000).ok());
}

}  // namespace
}  // namespace fnn::core
