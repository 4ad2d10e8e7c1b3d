// Why weights that break no symmetry are refused unless they are asked for: neurons that start
// alike learn alike.

#include <cmath>
#include <string>
#include <vector>

#include "core/data/samples.h"
#include "core/train/trainer.h"
#include "gtest/gtest.h"
#include "tests/core/testing.h"
#include "tests/status_matchers.h"

namespace fnn::core {
namespace {

constexpr int kUnits = 4;
constexpr int kFeatures = 2;

// The parameters after a training of a hidden layer whose weights start as said.
std::vector<float> Train(const std::string& initializer) {
  const auto plan = CompileOrDie(
      ParseNetwork("layers { dense { units: 4 activation { logistic {} } "
                   "weight_initializer { " +
                   initializer +
                   " } } } layers { dense { units: 1 weight_initializer { zeros {} } } } "
                   "outputs { loss { mean_squared_error {} } }"),
      kFeatures);
  const BoundTable data = MakeData(kFeatures, 1, {0, 0, 0.2F, 0, 1, 0.9F, 1, 0, 1.1F, 1, 1, 0.3F});
  const auto samples = Samples::Create(*plan, data);
  EXPECT_TRUE(samples.ok());
  const auto options = ResolveOptions(ParseOptions("epochs: 20 batch_size: 2 seed: 3 "
                                                   "optimizer { sgd {} learning_rate: 0.5 }"),
                                      samples->rows(), samples->classes(), FieldPath("options"));
  EXPECT_TRUE(options.ok()) << options.status();
  SoloTeam team;
  Trainer<float> trainer(plan, *options, *samples, nullptr, team);
  trainer.Draw();
  Recorder recorder;
  EXPECT_EQ(trainer.Run(recorder), TrainingOutcome::kCompleted);
  std::vector<float> parameters(plan->parameter_count());
  trainer.compiled()->ReadAll(trainer.training().parameters(), parameters);
  return parameters;
}

// Whether two hidden neurons have the same weights to the last bit.
bool Alike(const std::vector<float>& parameters, int a, int b) {
  for (int i = 0; i < kFeatures; ++i) {
    if (parameters[a * kFeatures + i] != parameters[b * kFeatures + i]) return false;
  }
  return true;
}

TEST(SymmetryTest, NeuronsThatStartAtZerosStayAlike) {
  const std::vector<float> trained = Train("zeros {}");
  EXPECT_NE(trained[0], 0) << "they learn";
  for (int unit = 1; unit < kUnits; ++unit) {
    EXPECT_TRUE(Alike(trained, 0, unit)) << unit;
    const int bias = kUnits * kFeatures;
    EXPECT_EQ(trained[bias], trained[bias + unit]);
    const int out = bias + kUnits;
    EXPECT_EQ(trained[out], trained[out + unit]);
  }
}

TEST(SymmetryTest, NeuronsThatStartApartStayApart) {
  const std::vector<float> trained = Train("uniform {}");
  for (int unit = 1; unit < kUnits; ++unit) EXPECT_FALSE(Alike(trained, 0, unit)) << unit;
}

}  // namespace
}  // namespace fnn::core
