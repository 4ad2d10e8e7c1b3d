#include "core/train/job.h"

#include <memory>
#include <string>
#include <vector>

#include "core/threads/core_pool.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/core/testing.h"

namespace fnn::core {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TrainingJob Prepare(const std::string& options, int64_t max_threads) {
  const v1::Network network = ParseNetwork(
      "layers { dense { units: 64 activation { tanh {} } } } layers { dense { units: 2 } } "
      "outputs { loss { mean_squared_error {} } }");
  std::vector<float> values;
  for (int i = 0; i < 300; ++i) values.push_back(static_cast<float>(i * 37 % 101) / 100);
  auto job = TrainingJob::Prepare({.network = network,
                                   .network_path = FieldPath("network"),
                                   .options = ParseOptions(options),
                                   .options_path = FieldPath("options"),
                                   .data = MakeData(4, 2, values),
                                   .validation = {},
                                   .max_threads = max_threads});
  EXPECT_TRUE(job.ok()) << job.status();
  return *std::move(job);
}

class LastDigest : public TrainingObserver {
 public:
  void OnEpoch(const v1::EpochReport& report) override { digest = report.parameter_digest(); }
  void OnBatch(int64_t, int64_t, int64_t, double) override {}
  bool ShouldStop() override { return false; }
  std::string digest;
};

TEST(JobTest, ThreadsAreNoMoreThanAskedForAndAllowed) {
  EXPECT_EQ(Prepare("", 1).threads(), 1);
  EXPECT_LE(Prepare("", 4).threads(), 4);
  EXPECT_LE(Prepare("threads: 3", 4).threads(), 3);
  EXPECT_EQ(Prepare("threads: 1", 4).threads(), 1);
  EXPECT_FALSE(Prepare("", 4).options().has_threads());
}

// Of a training of these layers, on two rows.
std::vector<std::string> FaultsOf(const std::string& layers, const std::string& options = "") {
  const v1::Network network = ParseNetwork(layers + "outputs { loss { mean_squared_error {} } }");
  const auto job = TrainingJob::Prepare({.network = network,
                                         .network_path = FieldPath("network"),
                                         .options = ParseOptions(options),
                                         .options_path = FieldPath("options"),
                                         .data = MakeData(1, 1, {1, 2, 3, 4}),
                                         .validation = {},
                                         .max_threads = 1});
  return Faults(job.status());
}

TEST(JobTest, NothingIsTrainedThroughAnActivationWithoutSlope) {
  const std::string step = "layers { dense { units: 1 activation { step {} } } }";
  const std::string step_alone = "layers { activation { step {} } }";
  const std::string dense = "layers { dense { units: 1 } }";
  EXPECT_THAT(FaultsOf(step),
              ElementsAre("network.layers[0].dense.activation.step NOT_DIFFERENTIABLE"));
  EXPECT_THAT(FaultsOf(dense + step_alone + dense + step),
              ElementsAre("network.layers[1].activation.step NOT_DIFFERENTIABLE",
                          "network.layers[3].dense.activation.step NOT_DIFFERENTIABLE"));
  EXPECT_THAT(FaultsOf(step_alone + dense), IsEmpty());  // Nothing before it learns.
}

TEST(JobTest, ResultsDoNotDependOnTheTeam) {
  const TrainingJob job = Prepare("epochs: 3 batch_size: 16 validation_fraction: 0.2", 4);
  LastDigest alone;
  EXPECT_EQ(job.Run(alone).outcome, TrainingOutcome::kCompleted);
  CorePool pool(4);
  for (const int most : {1, 2, 3, 4}) {
    LastDigest together;
    const std::unique_ptr<Team> team = pool.Join(most);
    EXPECT_EQ(job.Run(together, *team).outcome, TrainingOutcome::kCompleted);
    EXPECT_EQ(together.digest, alone.digest) << most;
  }
}

TEST(JobTest, RefusesAMiniBatchWithNothingToNormaliseOver) {
  const std::string norm = "layers { batch_norm {} } ";
  const std::string dense = "layers { dense { units: 1 } } ";
  EXPECT_THAT(FaultsOf(norm + dense, "batch_size: 1"),
              ElementsAre("options.batch_size BATCH_TOO_SMALL"));
  EXPECT_THAT(FaultsOf(norm + dense, "batch_size: 2"), IsEmpty());
  EXPECT_THAT(FaultsOf("layers { frozen: true batch_norm {} } " + dense, "batch_size: 1"),
              IsEmpty());
  const std::string places = "layers { dense { units: 4 } } layers { reshape { shape: [2, 2] } } ";
  EXPECT_THAT(FaultsOf(places + norm + "layers { flatten {} } " + dense, "batch_size: 1"),
              IsEmpty());
}

TEST(JobTest, AFrozenStepIsNoReasonToRefuse) {
  const std::string step = "dense { units: 3 activation { step {} } } ";
  const std::string dense = "layers { dense { units: 1 } } ";
  EXPECT_THAT(FaultsOf("layers { " + step + " } " + dense),
              ElementsAre("network.layers[0].dense.activation.step NOT_DIFFERENTIABLE"));
  EXPECT_THAT(FaultsOf("layers { frozen: true " + step + " } " + dense), IsEmpty());
}

}  // namespace
}  // namespace fnn::core
