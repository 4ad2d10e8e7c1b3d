// Training by L-BFGS: against PyTorch (reference/lbfgs_losses.py), float against double, and what
// it does where there is nothing to do.

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "core/data/samples.h"
#include "core/threads/core_pool.h"
#include "core/train/job.h"
#include "core/train/trainer.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/core/testing.h"
#include "tests/core/train/reference_problem.h"

namespace fnn::core {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr int64_t kRows = kReferenceRows;

struct Case {
  std::string loss, hidden, l2, learning_rate, history_size;
  std::vector<double> train_loss, regularization;
};

std::vector<Case> Cases() {
  std::vector<Case> cases;
  for (const auto& row : ReadReference("lbfgs_losses.csv")) {
    if (row.at(5) == "1") cases.push_back({row[0], row[1], row[2], row[3], row[4], {}, {}});
    cases.back().train_loss.push_back(std::stod(row.at(6)));
    cases.back().regularization.push_back(std::stod(row.at(7)));
  }
  return cases;
}

// The largest relative error of the first `epochs`.
template <typename T>
double ErrorOf(const Case& c, int epochs) {
  const LossOp& loss = *FindOp(Losses(), c.loss);
  const auto plan =
      CompileOrDie(ParseNetwork(ReferenceNetwork(c.loss, c.hidden)), kReferenceFeatures);
  const auto samples = Samples::Create(*plan, ReferenceData(loss));
  EXPECT_TRUE(samples.ok()) << samples.status();
  const auto options = ResolveOptions(
      ParseOptions(absl::StrFormat("optimizer { learning_rate: %s lbfgs { history_size: %s } } "
                                   "epochs: %d regularization { l2: %s }",
                                   c.learning_rate, c.history_size, epochs, c.l2)),
      kRows, samples->classes(), FieldPath("options"));
  EXPECT_TRUE(options.ok()) << options.status();
  SoloTeam team;
  Trainer<T> trainer(plan, *options, *samples, nullptr, team);
  trainer.SetParameters(ReferenceParameters<T>(plan->parameter_count()));
  Recorder recorder;
  EXPECT_EQ(trainer.Run(recorder), TrainingOutcome::kCompleted);
  double worst = 0;
  for (int e = 0; e < epochs; ++e) {
    const v1::EpochReport& report = recorder.epochs[e + 1];
    const double loss_error = std::abs(report.train_loss() - c.train_loss[e]) / c.train_loss[e];
    // Far smaller than the loss: it is part of what the line search sees.
    const double penalty_error = std::abs(report.regularization() - c.regularization[e]) /
                                 std::max(c.regularization[e], 1e-3);
    worst = std::max({worst, loss_error, penalty_error});
  }
  return worst;
}

TEST(LbfgsTest, DoubleEqualsPyTorchTo1e5) {
  double worst = 0;
  for (const Case& c : Cases()) {
    const double error = ErrorOf<double>(c, static_cast<int>(c.train_loss.size()));
    EXPECT_LE(error, 1e-5) << c.loss << " " << c.hidden << " " << c.l2 << " " << c.learning_rate;
    worst = std::max(worst, error);
  }
  RecordProperty("worst_relative_error", absl::StrCat(worst));
}

TEST(LbfgsTest, FloatStartsAsPyTorchDoes) {
  double worst = 0;
  for (const Case& c : Cases()) {
    const double error = ErrorOf<float>(c, 6);
    EXPECT_LE(error, 1e-4) << c.loss << " " << c.hidden << " " << c.l2 << " " << c.learning_rate;
    worst = std::max(worst, error);
  }
  RecordProperty("worst_relative_error", absl::StrCat(worst));
}

absl::StatusOr<TrainingJob> TryPrepare(const std::string& network, const std::string& options,
                                       BoundTable data, int64_t max_threads = 1) {
  const v1::Network parsed = ParseNetwork(network);
  const v1::TrainingOptions parsed_options = ParseOptions(options);
  return TrainingJob::Prepare({.network = parsed,
                               .network_path = FieldPath("network"),
                               .options = parsed_options,
                               .options_path = FieldPath("options"),
                               .data = std::move(data),
                               .validation = {},
                               .max_threads = max_threads});
}

TrainingJob Prepare(const std::string& network, const std::string& options, BoundTable data,
                    int64_t max_threads = 1) {
  auto job = TryPrepare(network, options, std::move(data), max_threads);
  if (!job.ok()) {
    ADD_FAILURE() << job.status();
    std::abort();
  }
  return *std::move(job);
}

const char* const kLinear =
    "layers { dense { units: 1 } } outputs { loss { mean_squared_error {} } }";

// y = 2 x0 - x1 + 1, exactly.
BoundTable Line(int rows) {
  std::vector<float> values;
  for (int r = 0; r < rows; ++r) {
    const float a = static_cast<float>(r * 7 % 11) / 8 - 0.5F;
    const float b = static_cast<float>(r * 5 % 13) / 8 - 0.75F;
    values.insert(values.end(), {a, b, 2 * a - b + 1});
  }
  return MakeData(2, 1, std::move(values));
}

TEST(LbfgsTest, ConvergesOnAQuadratic) {
  for (const char* rate : {"1", "0.001", "1000"}) {
    Recorder recorder;
    const TrainingResult result =
        Prepare(kLinear,
                absl::StrCat("epochs: 25 optimizer { learning_rate: ", rate, " lbfgs {} }"),
                Line(50))
            .Run(recorder);
    ASSERT_EQ(result.outcome, TrainingOutcome::kCompleted);
    const std::vector<float> w = result.network->parameters();
    EXPECT_NEAR(w[0], 2, 1e-3) << rate;
    EXPECT_NEAR(w[1], -1, 1e-3) << rate;
    EXPECT_NEAR(w[2], 1, 1e-3) << rate;
    for (size_t e = 2; e < recorder.epochs.size(); ++e) {
      EXPECT_LE(recorder.epochs[e].train_loss(), recorder.epochs[e - 1].train_loss() * (1 + 1e-5));
    }
  }
}

TEST(LbfgsTest, StaysWhereThereIsNoGradient) {
  // All 0 is the solution, from which nothing moves.
  const TrainingJob job = Prepare(
      "layers { dense { units: 1 weight_initializer { zeros {} } } } "
      "outputs { loss { mean_squared_error {} } }",
      "epochs: 4 optimizer { lbfgs { tolerance_gradient: 0 tolerance_change: 0 } }",
      MakeData(1, 1, {1, 0, 2, 0, -1, 0}));
  Recorder recorder;
  ASSERT_EQ(job.Run(recorder).outcome, TrainingOutcome::kCompleted);
  for (const auto& report : recorder.epochs) {
    EXPECT_EQ(report.parameter_digest(), recorder.epochs[0].parameter_digest());
  }
}

TEST(LbfgsTest, TrainsANetworkWithoutParameters) {
  Recorder recorder;
  EXPECT_EQ(Prepare("layers { activation { tanh {} } } outputs { loss { mean_squared_error {} } }",
                    "epochs: 2 optimizer { lbfgs {} }", MakeData(2, 2, {1, 2, 3, 4}))
                .Run(recorder)
                .outcome,
            TrainingOutcome::kCompleted);
}

// Steps of such a rate have no finite loss: they are taken back, where others diverge.
TEST(LbfgsTest, ShrinksStepsThatAreNotFinite) {
  Recorder recorder;
  const TrainingResult result =
      Prepare(
          "layers { dense { units: 8 activation { relu {} } } } layers { dense { units: 1 } } "
          "outputs { loss { mean_squared_error {} } }",
          "epochs: 10 optimizer { learning_rate: 1e25 lbfgs { max_evaluations: 200 } }", Line(50))
          .Run(recorder);
  ASSERT_EQ(result.outcome, TrainingOutcome::kCompleted);
  EXPECT_LT(result.last_epoch.train_loss(), 0.1 * recorder.epochs[0].train_loss());
}

constexpr char kWide[] =
    "layers { name: 'still' frozen: true dense { units: 70 activation { tanh {} } } } "
    "layers { dense { units: 150 use_bias: false } } layers { batch_norm {} } layers { activation "
    "{ tanh {} } } "
    "layers { dense { units: 3 } } outputs { loss { cross_entropy {} } }";
constexpr char kChunked[] =
    "layers { dense { units: 40 activation { tanh {} } } } layers { dense { units: 3 } } "
    "outputs { loss { cross_entropy {} } }";

BoundTable Classes(int64_t rows) {
  std::vector<float> values;
  for (int64_t r = 0; r < rows; ++r) {
    for (int64_t f = 0; f < 65; ++f) {
      values.push_back(static_cast<float>(std::sin(0.7 * static_cast<double>(r * 31 + f * 17))));
    }
    values.push_back(static_cast<float>((r * r + r / 3) % 3));
  }
  return MakeData(65, 1, std::move(values));
}

std::string Text(const TrainingJob& job, Team& team) {
  Recorder recorder;
  EXPECT_EQ(job.Run(recorder, team).outcome, TrainingOutcome::kCompleted);
  std::string out;
  for (v1::EpochReport& report : recorder.epochs) {
    report.clear_timing();
    absl::StrAppend(&out, report.ShortDebugString(), "\n");
  }
  return out;
}

TEST(LbfgsTest, ResultsDoNotDependOnTheTeam) {
  const std::string options =
      "epochs: 6 seed: 3 optimizer { lbfgs { history_size: 3 } } regularization { l2: 0.001 }";
  for (const auto& [network, rows] : {std::pair<std::string, int64_t>(kWide, 700),
                                      std::pair<std::string, int64_t>(kChunked, 5000)}) {
    const TrainingJob job = Prepare(network, options, Classes(rows), 8);
    SoloTeam alone;
    const std::string expected = Text(job, alone);
    for (const int threads : {2, 3, 8}) {
      CorePool pool(threads);
      const std::unique_ptr<Team> team = pool.Join(threads);
      EXPECT_EQ(Text(job, *team), expected) << threads;
    }
  }
}

// The layer that is frozen keeps its bits, and batch_norm's statistics follow once an epoch.
TEST(LbfgsTest, MovesWhatIsTrainedAndNothingElse) {
  const TrainingJob job = Prepare(kWide, "epochs: 3 seed: 3 optimizer { lbfgs {} }", Classes(300));
  Recorder recorder;
  const TrainingResult result = job.Run(recorder);
  ASSERT_TRUE(result.network.has_value());
  std::vector<float> start(job.plan()->parameter_count());
  job.plan()->Initialize<float>(3, start);
  const std::vector<float> end = result.network->parameters();
  for (const ParameterBlock& block : job.plan()->parameters()) {
    const bool same =
        std::equal(start.begin() + block.offset, start.begin() + block.offset + block.size,
                   end.begin() + block.offset);
    EXPECT_EQ(same, block.name.substr(0, 5) == "still") << block.name;
  }
}

// What is left of batch_norm's running mean does not depend on how many trials a step takes.
TEST(LbfgsTest, RunningStatisticsFollowOnceAnEpoch) {
  const auto after = [](const char* trials) {
    const TrainingJob job =
        Prepare(kWide,
                absl::StrCat("epochs: 1 seed: 3 shuffle: false optimizer { learning_rate: 50 lbfgs "
                             "{ max_evaluations: ",
                             trials, " } }"),
                Classes(300));
    Recorder recorder;
    const TrainingResult result = job.Run(recorder);
    std::vector<float> out;
    const std::vector<float> all = result.network->parameters();
    for (const ParameterBlock& block : job.plan()->parameters()) {
      if (block.trained || block.name.substr(0, 5) == "still") continue;
      out.insert(out.end(), all.begin() + block.offset, all.begin() + block.offset + block.size);
    }
    return out;
  };
  EXPECT_GE(after("1").size(), 300u);
  EXPECT_EQ(after("1"), after("25"));
}

// It is asked before each evaluation: no step goes on for long once it should not.
TEST(LbfgsTest, StopsBetweenEvaluations) {
  const TrainingJob job =
      Prepare(kLinear, "epochs: 3 optimizer { learning_rate: 1000 lbfgs {} }", Line(20));
  Recorder whole;
  ASSERT_EQ(job.Run(whole).outcome, TrainingOutcome::kCompleted);
  EXPECT_GT(whole.asked, 1 + 3 * 2);
  for (int64_t asked = 0; asked < whole.asked; ++asked) {
    Recorder recorder;
    recorder.stop_after = asked;
    const TrainingResult result = job.Run(recorder);
    EXPECT_EQ(result.outcome, TrainingOutcome::kStopped);
    EXPECT_EQ(recorder.asked, asked + 1);  // It was not asked again.
  }
}

TEST(LbfgsTest, RefusesDropout) {
  const auto faults = [](const char* rate) {
    return Faults(
        TryPrepare(absl::StrCat("layers { dense { units: 4 } } layers { dropout { rate: ", rate,
                                " } } layers { dense { units: 1 } } "
                                "outputs { loss { mean_squared_error {} } }"),
                   "optimizer { lbfgs {} }", Line(20))
            .status());
  };
  EXPECT_THAT(faults("0.5"), ElementsAre("options.optimizer.lbfgs NOT_WITH_OPTIMIZER"));
  EXPECT_THAT(faults("0"), IsEmpty());
}

}  // namespace
}  // namespace fnn::core
