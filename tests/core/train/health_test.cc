// The health of layers against PyTorch (reference/health.py), of float against double, and that
// looking changes nothing.

#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/threads/core_pool.h"
#include "core/train/trainer.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/core/testing.h"
#include "tests/core/train/reference_problem.h"

namespace fnn::core {
namespace {

// The reports of a training from the reference parameters times `scale`, or from drawn ones.
template <typename T>
std::vector<v1::EpochReport> Train(const std::string& network, const std::string& options,
                                   const BoundTable& data, double scale, Team& team) {
  const auto plan = CompileOrDie(ParseNetwork(network), kReferenceFeatures);
  const auto samples = Samples::Create(*plan, data);
  EXPECT_TRUE(samples.ok()) << samples.status();
  const auto resolved = ResolveOptions(ParseOptions(options), samples->rows(), samples->classes(),
                                       FieldPath("options"));
  EXPECT_TRUE(resolved.ok()) << resolved.status();
  Trainer<T> trainer(plan, *resolved, *samples, nullptr, team);
  if (scale == 0) {
    trainer.Draw();
  } else {
    std::vector<T> parameters = ReferenceParameters<T>(plan->parameter_count());
    for (T& p : parameters) p *= static_cast<T>(scale);
    trainer.SetParameters(parameters);
  }
  Recorder recorder;
  EXPECT_EQ(trainer.Run(recorder), TrainingOutcome::kCompleted);
  return recorder.epochs;
}

template <typename T>
std::vector<v1::EpochReport> Train(const std::string& network, const std::string& options,
                                   const BoundTable& data, double scale = 0) {
  SoloTeam team;
  return Train<T>(network, options, data, scale, team);
}

BoundTable Classes() { return ReferenceData(*FindOp(Losses(), "cross_entropy")); }

// Every figure of a layer, NaN for what is not set.
std::vector<double> Figures(const v1::LayerHealth& health) {
  const auto get = [](bool has, double value) { return has ? value : NAN; };
  const v1::HealthDetail& detail = health.detail();
  return {get(health.has_gradient_norm(), health.gradient_norm()),
          get(health.has_parameter_norm(), health.parameter_norm()),
          get(health.has_update_ratio(), health.update_ratio()),
          get(health.has_dead_share(), health.dead_share()),
          get(health.has_saturated_share(), health.saturated_share()),
          get(health.has_activation_mean(), health.activation_mean()),
          get(health.has_activation_variance(), health.activation_variance()),
          get(detail.has_activation_min(), detail.activation_min()),
          get(detail.has_activation_max(), detail.activation_max()),
          get(detail.has_zero_share(), detail.zero_share()),
          get(detail.has_gradient_max(), detail.gradient_max()),
          get(detail.has_parameter_max(), detail.parameter_max()),
          get(health.has_units_alike(), health.units_alike() ? 1 : 0)};
}

template <typename T>
void ExpectPyTorch(double tolerance) {
  for (const auto& row : ReadReference("health.csv")) {
    const auto reports = Train<T>(
        ReferenceNetwork("cross_entropy", row[0]),
        "epochs: 1 batch_size: 23 shuffle: false optimizer { learning_rate: 0.125 sgd {} } "
        "regularization { l2: 0.0625 } health { level: HEALTH_LEVEL_DETAILED }",
        Classes(), std::stod(row[1]));
    ASSERT_EQ(reports.size(), 2u);
    EXPECT_EQ(reports[0].health_size(), 0);
    ASSERT_EQ(reports[1].health_size(), 3);
    const std::vector<double> got = Figures(reports[1].health(std::stoi(row[2])));
    for (size_t i = 3; i < row.size(); ++i) {
      const double expected = row[i].empty() ? NAN : std::stod(row[i]);
      EXPECT_TRUE(Near(got[i - 3], expected, tolerance, tolerance))
          << row[0] << " " << row[1] << " layer " << row[2] << " figure " << i - 3 << ": "
          << got[i - 3] << ", not " << expected;
    }
  }
}

TEST(HealthTest, FloatEqualsPyTorchTo1e5) { ExpectPyTorch<float>(1e-5); }
TEST(HealthTest, DoubleEqualsPyTorchTo1e10) { ExpectPyTorch<double>(1e-10); }

std::string WithLoss(const std::string& layers) {
  return absl::StrCat(layers, " outputs { loss { cross_entropy {} } }");
}

const char* const kNetworks[] = {
    // Several panels and tiles; an activation of its own; one that two layers take.
    "layers { dense { units: 130 activation { relu {} } } } layers { name: 'z' dense { units: 70 } "
    "} layers { name: 'f' activation { tanh {} } } layers { name: 'g' dense { units: 70 activation "
    "{ logistic {} } } } layers { add {} inputs: 'f' inputs: 'g' } layers { dense { units: 3 } }",
    "layers { dense { units: 9 activation { prelu {} } } } layers { batch_norm {} } layers { "
    "activation { relu {} } } layers { name: 'still' frozen: true dense { units: 20 activation { "
    "tanh {} } } } layers { layer_norm {} } layers { maxout { units: 7 pieces: 3 } } layers { "
    "dense { units: 3 } }",
    "inputs { shape: 2 shape: 2 shape: 1 } layers { conv2d { channels: 20 kernel: 2 padding: "
    "PADDING_SAME activation { relu {} } } } layers { max_pool2d { window: 2 stride: 1 } } layers "
    "{ flatten {} } layers { dropout { rate: 0.25 } } layers { dense { units: 8 activation { "
    "hard_tanh {} } } } layers { dense { units: 3 } }"};

TEST(HealthTest, FloatEqualsDouble) {
  for (const char* const network : kNetworks) {
    for (const char* const options :
         {"batch_size: 5 optimizer { sgd {} learning_rate: 0.02 } regularization { max_norm: 1.5 }",
          "batch_size: 8 optimizer { adam {} } gradient_clipping { norm: 0.1 }"}) {
      const std::string all = absl::StrCat(
          options, " epochs: 2 seed: 3 shuffle: false health { level: HEALTH_LEVEL_DETAILED }");
      const auto got = Train<float>(WithLoss(network), all, Classes());
      const auto expected = Train<double>(WithLoss(network), all, Classes());
      ASSERT_EQ(got.size(), 3u);
      for (int e = 1; e <= 2; ++e) {
        ASSERT_EQ(got[e].health_size(), expected[e].health_size());
        for (int l = 0; l < got[e].health_size(); ++l) {
          const std::vector<double> a = Figures(got[e].health(l));
          const std::vector<double> b = Figures(expected[e].health(l));
          for (size_t i = 0; i < a.size(); ++i) {
            EXPECT_TRUE(Near(a[i], b[i], 2e-3, 1e-5))
                << network << "\n"
                << options << " epoch " << e << " layer " << got[e].health(l).layer() << " figure "
                << i << ": " << a[i] << ", not " << b[i];
          }
        }
      }
    }
  }
}

TEST(HealthTest, ALineSearchIsAStep) {
  const char* const network =
      "layers { dense { units: 9 activation { tanh {} } } } layers { dense { units: 3 } }";
  const char* const options =
      "epochs: 2 batch_size: 23 optimizer { lbfgs {} } regularization { l2: 0.01 } health { level: "
      "HEALTH_LEVEL_DETAILED }";
  const auto got = Train<float>(WithLoss(network), options, Classes());
  const auto expected = Train<double>(WithLoss(network), options, Classes());
  for (int l = 0; l < 2; ++l) {
    const std::vector<double> a = Figures(got[1].health(l));
    const std::vector<double> b = Figures(expected[1].health(l));
    for (size_t i = 0; i < a.size(); ++i)
      EXPECT_TRUE(Near(a[i], b[i], 1e-3, 1e-5)) << l << " " << i;
    EXPECT_GT(got[1].health(l).update_ratio(), 0.01);
  }
}

TEST(HealthTest, IsTheSameForAnyNumberOfThreads) {
  for (const char* const network : kNetworks) {
    const std::string options = "epochs: 2 batch_size: 10 health { level: HEALTH_LEVEL_DETAILED }";
    const auto alone = Train<float>(WithLoss(network), options, Classes());
    for (const int cores : {2, 3, 7}) {
      CorePool pool(cores);
      const std::unique_ptr<Team> team = pool.Join(cores);
      const auto shared = Train<float>(WithLoss(network), options, Classes(), 0, *team);
      for (size_t e = 0; e < alone.size(); ++e) {
        ASSERT_EQ(alone[e].health_size(), shared[e].health_size());
        for (int l = 0; l < alone[e].health_size(); ++l) {
          EXPECT_EQ(alone[e].health(l).SerializeAsString(), shared[e].health(l).SerializeAsString())
              << cores << " " << network;
        }
      }
    }
  }
}

TEST(HealthTest, TrainingDoesNotDependOnIt) {
  for (const char* const network : kNetworks) {
    for (const char* const options :
         {"batch_size: 5 regularization { max_norm: 1 }", "gradient_clipping { value: 0.1 }"}) {
      const auto digests = [&](const char* level) {
        std::vector<std::string> out;
        for (const auto& report : Train<float>(
                 WithLoss(network),
                 absl::StrCat(options, " epochs: 3 health { level: ", level, " }"), Classes())) {
          out.push_back(report.parameter_digest());
          EXPECT_EQ(report.health_size() > 0,
                    report.epoch() > 0 && std::string(level) != "HEALTH_LEVEL_OFF");
        }
        return out;
      };
      const auto off = digests("HEALTH_LEVEL_OFF");
      EXPECT_EQ(off, digests("HEALTH_LEVEL_BASIC"));
      EXPECT_EQ(off, digests("HEALTH_LEVEL_DETAILED"));
    }
  }
}

TEST(HealthTest, TellsOfWhatThereIs) {
  const auto reports = Train<float>(WithLoss(kNetworks[1]), "epochs: 1", Classes());
  const auto& health = reports[1].health();
  ASSERT_EQ(health.size(), 7);
  EXPECT_TRUE(health[1].has_gradient_norm());     // batch_norm,
  EXPECT_FALSE(health[1].has_activation_mean());  // whose activities the next layer's replace.
  EXPECT_FALSE(health[2].has_gradient_norm());    // relu,
  EXPECT_TRUE(health[2].has_dead_share());
  EXPECT_EQ(health[3].layer(), "still");  // frozen.
  EXPECT_FALSE(health[3].has_gradient_norm());
  EXPECT_FALSE(health[3].has_units_alike());
  EXPECT_TRUE(health[3].has_saturated_share());
  EXPECT_FALSE(health[5].units_alike());  // maxout.
  EXPECT_FALSE(health[0].has_detail());
}

TEST(HealthTest, UnitsAreAlike) {
  const auto reports =
      Train<float>(WithLoss("layers { maxout { units: 70 pieces: 2 weight_initializer { zeros {} "
                            "} } } layers { "
                            "dense { units: 70 activation { tanh {} } weight_initializer { "
                            "constant { allow_symmetric: true value: "
                            "0.1 } } } } layers { dense { units: 3 } }"),
                   "epochs: 2", Classes());
  EXPECT_TRUE(reports[1].health(1).has_units_alike());
  // Its units start alike, but the random layer above tells them apart in the first step.
  EXPECT_FALSE(reports[1].health(1).units_alike());
  // All units of maxout see the same of the layer above, whose weights from them are alike.
  EXPECT_TRUE(reports[1].health(0).units_alike());
}

}  // namespace
}  // namespace fnn::core
