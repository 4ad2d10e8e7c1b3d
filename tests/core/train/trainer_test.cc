#include "core/train/trainer.h"

#include <cmath>
#include <numeric>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/base/digest.h"
#include "core/data/samples.h"
#include "core/train/job.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/core/testing.h"

namespace fnn::core {
namespace {

using ::testing::HasSubstr;

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

BoundTable Xor() { return MakeData(2, 1, {0, 0, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0}); }

const char* const kLinear =
    "layers { dense { units: 1 } } outputs { loss { mean_squared_error {} } }";

TrainingJob Prepare(const std::string& network, const std::string& options, BoundTable data,
                    std::optional<BoundTable> validation = std::nullopt) {
  const v1::Network parsed = ParseNetwork(network);
  const v1::TrainingOptions parsed_options = ParseOptions(options);
  auto job = TrainingJob::Prepare({.network = parsed,
                                   .network_path = FieldPath("network"),
                                   .options = parsed_options,
                                   .options_path = FieldPath("options"),
                                   .data = std::move(data),
                                   .validation = std::move(validation)});
  if (!job.ok()) {
    ADD_FAILURE() << job.status();
    std::abort();
  }
  return *std::move(job);
}

TEST(TrainerTest, EpochZeroReportsTheNetworkBeforeTraining) {
  const TrainingJob job = Prepare(kLinear, "epochs: 1 regularization { l2: 0.5 }", Line(20));
  Recorder recorder;
  const TrainingResult result = job.Run(recorder);
  ASSERT_EQ(recorder.epochs.size(), 2u);
  const v1::EpochReport& start = recorder.epochs[0];
  EXPECT_EQ(start.epoch(), 0);
  EXPECT_EQ(start.learning_rate(), 0);
  EXPECT_FALSE(start.has_validation_loss());
  std::vector<float> parameters(3);
  job.plan()->Initialize<float>(0, parameters);
  EXPECT_EQ(start.parameter_digest(), Digest(std::as_bytes(std::span(parameters))));
  const double squares = double{parameters[0]} * parameters[0] +
                         double{parameters[1]} * parameters[1];  // The bias is not in it.
  EXPECT_DOUBLE_EQ(start.regularization(), 0.5 * 0.5 * squares);
  double loss = 0;
  const BoundTable data = Line(20);
  for (int r = 0; r < 20; ++r) {
    const float row[] = {data.table->at(r, 0), data.table->at(r, 1), data.table->at(r, 2)};
    const double y = parameters[0] * row[0] + parameters[1] * row[1] + parameters[2];
    loss += (y - row[2]) * (y - row[2]) / 20;
  }
  EXPECT_NEAR(start.train_loss(), loss, 1e-6);
  ASSERT_EQ(start.train_metrics_size(), 1);
  EXPECT_EQ(start.train_metrics(0).name(), "mean_squared_error");
  EXPECT_NEAR(start.train_metrics(0).value(), loss, 1e-6);
  EXPECT_EQ(recorder.epochs[1].epoch(), 1);
  EXPECT_EQ(recorder.epochs[1].learning_rate(), 0.001);
  EXPECT_GT(recorder.epochs[1].timing().samples_per_second(), 0);
  EXPECT_EQ(result.last_epoch.parameter_digest(), recorder.epochs[1].parameter_digest());
}

TEST(TrainerTest, TrainLossIsTakenBeforeEachStep) {
  // One batch for all rows: the loss of epoch 1 is that of the network before it, and so on.
  const TrainingJob job = Prepare(
      kLinear, "epochs: 5 batch_size: 20 optimizer { learning_rate: 0.1 sgd {} }", Line(20));
  Recorder recorder;
  EXPECT_EQ(job.Run(recorder).outcome, TrainingOutcome::kCompleted);
  EXPECT_NEAR(recorder.epochs[1].train_loss(), recorder.epochs[0].train_loss(), 1e-6);
  EXPECT_LT(recorder.epochs[2].train_loss(), recorder.epochs[1].train_loss());
}

TEST(TrainerTest, TellsOfEveryBatch) {
  const TrainingJob job = Prepare(kLinear, "epochs: 3 batch_size: 8", Line(20));
  Recorder recorder;
  EXPECT_EQ(job.Run(recorder).outcome, TrainingOutcome::kCompleted);
  EXPECT_EQ(recorder.batches_done, 9);  // 8, 8 and 4 rows.
  EXPECT_EQ(recorder.last_batch, 3);
  EXPECT_EQ(recorder.last_batches, 3);
  EXPECT_DOUBLE_EQ(recorder.last_running_loss, recorder.epochs.back().train_loss());
}

TEST(TrainerTest, AJobMayRunAgain) {
  const TrainingJob job =
      Prepare(kLinear, "epochs: 3 batch_size: 4 validation_fraction: 0.2", Line(30));
  Recorder first;
  Recorder second;
  const TrainingResult a = job.Run(first);
  const TrainingResult b = TrainingJob(job).Run(second);
  EXPECT_EQ(a.last_epoch.parameter_digest(), b.last_epoch.parameter_digest());
  EXPECT_EQ(a.last_epoch.validation_loss(), b.last_epoch.validation_loss());
}

TEST(TrainerTest, SameSeedSameBits) {
  const auto digests = [](const std::string& options) {
    Recorder recorder;
    Prepare(
        "layers { dense { units: 8 activation { tanh {} } } } layers { dense { units: 1 } } "
        "outputs { loss { mean_squared_error {} } }",
        "epochs: 3 batch_size: 4 " + options, Line(50))
        .Run(recorder);
    std::vector<std::string> out;
    for (v1::EpochReport report : recorder.epochs) {
      report.clear_timing();
      out.push_back(report.SerializeAsString());
    }
    return out;
  };
  EXPECT_EQ(digests("seed: 5"), digests("seed: 5"));
  EXPECT_NE(digests("seed: 5"), digests("seed: 6"));
  EXPECT_EQ(digests(""), digests("seed: 0"));
  EXPECT_NE(digests("seed: 1"), digests("seed: 4294967297"));  // 2^32 + 1.
  // The order of the rows counts, but epoch 0 is the same.
  EXPECT_EQ(digests("")[0], digests("shuffle: false")[0]);
  EXPECT_NE(digests("")[1], digests("shuffle: false")[1]);
  // Reported, but not trained with.
  EXPECT_EQ(Prepare(kLinear, "", Line(9)).options().seed(), 0u);
}

// Reads off the running loss which row each batch of one was: row r adds r^2.
class RowWatcher : public Recorder {
 public:
  void OnBatch(int64_t epoch, int64_t batch, int64_t batches, double running_loss) override {
    if (batch == 1) {
      orders.emplace_back();
      sum_ = 0;
    }
    const double sum = running_loss * static_cast<double>(batch);
    orders.back().push_back(std::lround(std::sqrt(sum - sum_)));
    sum_ = sum;
    Recorder::OnBatch(epoch, batch, batches, running_loss);
  }
  std::vector<std::vector<int64_t>> orders;

 private:
  double sum_ = 0;
};

TEST(TrainerTest, EachEpochTakesEachRowOnceInAnOrderOfItsOwn) {
  std::vector<float> values;
  for (int r = 0; r < 20; ++r) values.insert(values.end(), {0, static_cast<float>(r)});
  // Without a bias the output stays 0.
  const std::string network =
      "layers { dense { units: 1 use_bias: false } } outputs { loss { mean_squared_error {} } }";
  RowWatcher shuffled;
  Prepare(network, "epochs: 3 batch_size: 1", MakeData(1, 1, values)).Run(shuffled);
  ASSERT_EQ(shuffled.orders.size(), 3u);
  std::vector<int64_t> in_order(20);
  std::iota(in_order.begin(), in_order.end(), 0);
  for (const auto& order : shuffled.orders) {
    EXPECT_THAT(order, testing::UnorderedElementsAreArray(in_order));
    EXPECT_NE(order, in_order);
  }
  EXPECT_NE(shuffled.orders[0], shuffled.orders[1]);
  EXPECT_NE(shuffled.orders[1], shuffled.orders[2]);
  RowWatcher plain;
  Prepare(network, "epochs: 2 batch_size: 1 shuffle: false", MakeData(1, 1, values)).Run(plain);
  EXPECT_THAT(plain.orders, testing::ElementsAre(in_order, in_order));
}

TEST(TrainerTest, HoldsOutTheSameRowsForTheSameSeed) {
  // The mean of a constant column's rows identifies them: row r holds 2^r.
  std::vector<float> values;
  for (int r = 0; r < 20; ++r) values.insert(values.end(), {0, std::ldexp(1.0F, r)});
  const auto losses = [&](int seed) {
    // Without a bias the output stays 0, so a mean loss times its rows is the sum of 4^r.
    const TrainingJob job = Prepare(
        "layers { dense { units: 1 use_bias: false } } outputs { loss { mean_squared_error {} } }",
        absl::StrCat("epochs: 1 validation_fraction: 0.3 seed: ", seed), MakeData(1, 1, values));
    Recorder recorder;
    EXPECT_EQ(job.Run(recorder).outcome, TrainingOutcome::kCompleted);
    const v1::EpochReport& report = recorder.epochs[1];
    EXPECT_EQ(report.validation_metrics_size(), 1);
    EXPECT_EQ(report.validation_loss(), recorder.epochs[0].validation_loss());
    return std::make_pair(std::llround(report.train_loss() * 14),
                          std::llround(report.validation_loss() * 6));
  };
  const auto [train, validation] = losses(1);
  int64_t all = 0;
  for (int r = 0; r < 20; ++r) all += int64_t{1} << (2 * r);
  EXPECT_EQ(train + validation, all);  // Nothing is left out, and
  EXPECT_EQ(train & validation, 0);    // nothing is in both.
  EXPECT_EQ(losses(1), losses(1));
  EXPECT_NE(losses(1), losses(2));
}

TEST(TrainerTest, ValidatesOnDataOfItsOwn) {
  const TrainingJob job = Prepare(kLinear, "epochs: 2", Line(20), Line(7));
  Recorder recorder;
  const TrainingResult result = job.Run(recorder);
  ASSERT_TRUE(result.network.has_value());
  const auto measured = result.network->Evaluate(Line(7), {}, FieldPath("metrics"),
                                                 [](int64_t, int64_t) { return true; });
  ASSERT_TRUE(measured.ok()) << measured.status();
  EXPECT_EQ(result.last_epoch.validation_loss(), measured->loss());
  EXPECT_EQ(measured->rows(), 7);
}

TEST(TrainerTest, ValidationDataMustFit) {
  const v1::Network network = ParseNetwork(kLinear);
  const v1::TrainingOptions options;
  const auto job = TrainingJob::Prepare({.network = network,
                                         .network_path = FieldPath("network"),
                                         .options = options,
                                         .options_path = FieldPath("options"),
                                         .data = Line(5),
                                         .validation = MakeData(3, 1, {1, 2, 3, 4})});
  EXPECT_THAT(Faults(job.status()), testing::ElementsAre("data.features WRONG_WIDTH"));
}

TEST(TrainerTest, LearnsALine) {
  const TrainingJob job = Prepare(
      kLinear, "epochs: 200 batch_size: 10 optimizer { learning_rate: 0.3 sgd {} }", Line(50));
  Recorder recorder;
  const TrainingResult result = job.Run(recorder);
  ASSERT_TRUE(result.network.has_value());
  EXPECT_LT(result.last_epoch.train_loss(), 1e-10);
  EXPECT_NEAR(result.network->parameters()[0], 2, 1e-4);
  EXPECT_NEAR(result.network->parameters()[1], -1, 1e-4);
  EXPECT_NEAR(result.network->parameters()[2], 1, 1e-4);
}

TEST(TrainerTest, LearnsXor) {
  for (const char* last :
       {"1 activation { logistic {} } } } outputs { loss { binary_cross_entropy {} } }",
        "2 activation { softmax {} } } } outputs { loss { cross_entropy {} } }",
        "1 } } outputs { loss { mean_squared_error {} } }"}) {
    const TrainingJob job = Prepare(
        absl::StrCat(
            "layers { dense { units: 8 activation { tanh {} } } } layers { dense { units: ", last),
        "epochs: 600 optimizer { learning_rate: 0.03 adam {} }", Xor());
    Recorder recorder;
    const TrainingResult result = job.Run(recorder);
    ASSERT_EQ(result.outcome, TrainingOutcome::kCompleted);
    EXPECT_LT(result.last_epoch.train_loss(), 0.01) << last;
  }
}

// Ten noisy patterns of 64 values, as the digits are.
BoundTable Patterns(int rows, int salt) {
  const RandomStream noise(17, Purpose::kSplit, salt);
  const RandomStream pattern(4, Purpose::kSplit, 0);
  std::vector<float> values;
  for (int r = 0; r < rows; ++r) {
    const int label = r % 10;
    for (int c = 0; c < 64; ++c) {
      const double clean = pattern.Uniform(label * 64 + c) > 0.5 ? 12 : 2;
      values.push_back(static_cast<float>(clean + 3 * noise.Normal(r * 64 + c)));
    }
    values.push_back(static_cast<float>(label));
  }
  return MakeData(64, 1, std::move(values));
}

TEST(TrainerTest, LearnsPatterns) {
  const TrainingJob job = Prepare(
      "layers { dense { units: 32 activation { relu {} } } }"
      "layers { dense { units: 10 activation { softmax {} } } }"
      "outputs { loss { cross_entropy {} } }",
      "epochs: 20 validation_fraction: 0.2", Patterns(600, 1));
  Recorder recorder;
  const TrainingResult result = job.Run(recorder);
  ASSERT_TRUE(result.network.has_value());
  EXPECT_GT(result.last_epoch.validation_metrics(0).value(), 0.95);
  const auto measured = result.network->Evaluate(Patterns(300, 2), {}, FieldPath("metrics"),
                                                 [](int64_t, int64_t) { return true; });
  ASSERT_TRUE(measured.ok()) << measured.status();
  EXPECT_GT(measured->metrics(0).value(), 0.95);
}

TEST(TrainerTest, ReportsBothPenalties) {
  const TrainingJob job =
      Prepare(kLinear, "epochs: 1 regularization { l2: 0.5 l1: 0.25 max_norm: 1e-3 }", Line(20));
  Recorder recorder;
  const TrainingResult result = job.Run(recorder);
  const std::vector<float> w = result.network->parameters();
  EXPECT_NEAR(w[0] * w[0] + w[1] * w[1], 1e-6, 1e-11);  // The norm is bounded.
  EXPECT_NEAR(recorder.epochs[1].regularization(),
              0.25 * 1e-6 + 0.25 * (std::abs(w[0]) + std::abs(w[1])), 1e-9);
}

TEST(TrainerTest, FollowsTheSchedule) {
  Recorder recorder;
  Prepare(kLinear,
          "epochs: 4 batch_size: 5 optimizer { learning_rate: 0.1 sgd {} } "
          "schedule { exponential { factor: 0.5 } }",
          Line(20))
      .Run(recorder);
  EXPECT_EQ(recorder.epochs[0].learning_rate(), 0);
  for (int e = 1; e <= 4; ++e) {
    EXPECT_DOUBLE_EQ(recorder.epochs[e].learning_rate(), 0.1 * std::pow(0.5, e - 1));
  }
  Recorder by_step;
  Prepare(kLinear,
          "epochs: 3 batch_size: 5 optimizer { learning_rate: 0.1 sgd {} } "
          "schedule { exponential { factor: 0.5 } per_step: true }",
          Line(20))
      .Run(by_step);
  for (int e = 1; e <= 3; ++e) {
    EXPECT_DOUBLE_EQ(by_step.epochs[e].learning_rate(), 0.1 * std::pow(0.5, 4 * (e - 1)));
  }
  EXPECT_NE(by_step.epochs[1].parameter_digest(), recorder.epochs[1].parameter_digest());
}

TEST(TrainerTest, ReducesTheRateWhereTheLossStopsFalling) {
  Recorder recorder;
  Prepare(kLinear,
          "epochs: 8 optimizer { learning_rate: 1e-30 sgd {} } "
          "schedule { reduce_on_plateau { patience: 1 min_delta: 1e-3 } }",
          Line(20), Line(7))
      .Run(recorder);
  // The first epoch is the best; the second and third are no better.
  EXPECT_EQ(recorder.epochs[3].learning_rate(), 1e-30);
  EXPECT_DOUBLE_EQ(recorder.epochs[4].learning_rate(), 1e-31);
  EXPECT_DOUBLE_EQ(recorder.epochs[6].learning_rate(), 1e-32);
}

TEST(TrainerTest, StopsEarlyAndRestoresTheBest) {
  // The validation targets are far off, so that the loss there grows as the line is learned.
  const std::string options =
      "epochs: 100 batch_size: 20 optimizer { learning_rate: 0.1 sgd {} } early_stopping { "
      "patience: 3 restore_best: ";
  const BoundTable far = MakeData(2, 1, {0, 0, -5, 0.25F, 0, -5, 0, 0.5F, -5});
  Recorder recorder;
  const TrainingResult result = Prepare(kLinear, options + "true }", Line(20), far).Run(recorder);
  ASSERT_TRUE(result.network.has_value());
  const v1::EpochReport& last = recorder.epochs.back();
  EXPECT_EQ(last.epoch(), 4);
  EXPECT_EQ(last.stop_reason(), v1::STOP_REASON_EARLY_STOPPING);
  EXPECT_EQ(last.restored_epoch(), 1);
  EXPECT_EQ(last.parameter_digest(), recorder.epochs[1].parameter_digest());
  EXPECT_EQ(last.timing().time_left().seconds(), 0);
  EXPECT_EQ(result.last_epoch.epoch(), 1);
  EXPECT_EQ(result.last_epoch.stop_reason(), v1::STOP_REASON_EARLY_STOPPING);
  EXPECT_EQ(result.last_epoch.validation_loss(), recorder.epochs[1].validation_loss());
  const std::vector<float> parameters = result.network->parameters();
  EXPECT_EQ(Digest(std::as_bytes(std::span(parameters))), last.parameter_digest());
  for (size_t e = 0; e + 1 < recorder.epochs.size(); ++e) {
    EXPECT_EQ(recorder.epochs[e].stop_reason(), v1::STOP_REASON_UNSPECIFIED);
  }

  Recorder kept;
  const TrainingResult last_one = Prepare(kLinear, options + "false }", Line(20), far).Run(kept);
  EXPECT_EQ(last_one.last_epoch.epoch(), 4);
  EXPECT_EQ(last_one.last_epoch.restored_epoch(), 0);
  EXPECT_NE(last_one.last_epoch.parameter_digest(), last.parameter_digest());
}

TEST(TrainerTest, SaysWhyItStopped) {
  const auto reason = [](const std::string& options) {
    Recorder recorder;
    return Prepare(kLinear, options, Line(20)).Run(recorder).last_epoch.stop_reason();
  };
  EXPECT_EQ(reason("epochs: 2"), v1::STOP_REASON_EPOCHS);
  EXPECT_EQ(reason("epochs: 1000000000 target_loss: 0.01 optimizer { learning_rate: 0.1 sgd {} }"),
            v1::STOP_REASON_TARGET_LOSS);
  EXPECT_EQ(reason("epochs: 1000000000 max_duration { nanos: 20000000 }"),
            v1::STOP_REASON_MAX_DURATION);
}

TEST(TrainerTest, L2KeepsWeightsSmall) {
  const auto squares = [](const std::string& options) {
    Recorder recorder;
    const auto result =
        Prepare(kLinear, "epochs: 100 optimizer { learning_rate: 0.1 sgd {} } " + options, Line(50))
            .Run(recorder);
    const std::vector<float> w = result.network->parameters();
    return w[0] * w[0] + w[1] * w[1];
  };
  EXPECT_LT(squares("regularization { l2: 1 }"), 0.3 * squares(""));
}

TEST(TrainerTest, DivergenceNamesEpochAndLayer) {
  const TrainingJob job = Prepare(
      "layers { name: 'hidden' dense { units: 4 activation { relu {} } } }"
      "layers { name: 'last' dense { units: 1 } } outputs { loss { mean_squared_error {} } }",
      "epochs: 50 optimizer { learning_rate: 1e6 sgd {} } seed: 3", Line(20));
  Recorder recorder;
  const TrainingResult result = job.Run(recorder);
  EXPECT_EQ(result.outcome, TrainingOutcome::kDiverged);
  EXPECT_FALSE(result.network.has_value());
  EXPECT_EQ(result.error.reason(), "DIVERGED");
  EXPECT_GE(result.error.epoch(), 1);
  EXPECT_TRUE(result.error.layer() == "hidden" || result.error.layer() == "last")
      << result.error.layer();
  EXPECT_THAT(result.error.message(), HasSubstr(absl::StrCat("epoch ", result.error.epoch())));
  EXPECT_EQ(recorder.epochs.size(), static_cast<size_t>(result.error.epoch()));
  for (const auto& report : recorder.epochs) EXPECT_TRUE(std::isfinite(report.train_loss()));
}

// A squashing layer hides an infinite weight from the loss.
TEST(TrainerTest, DivergenceBehindASquashingLayerIsFound) {
  const TrainingJob job = Prepare(
      "layers { name: 'hidden' dense { units: 2 activation { tanh {} } "
      "  weight_initializer { normal { standard_deviation: 3e38 } } } }"
      "layers { dense { units: 1 } } outputs { loss { mean_squared_error {} } }",
      "epochs: 2 seed: 1", Line(20));
  Recorder recorder;
  const TrainingResult result = job.Run(recorder);
  EXPECT_EQ(result.outcome, TrainingOutcome::kDiverged);
  EXPECT_EQ(result.error.epoch(), 0);
  EXPECT_EQ(result.error.layer(), "hidden");
  EXPECT_TRUE(recorder.epochs.empty());
}

// Reports hold finite numbers: a loss that is not is a divergence, on any rows.
TEST(TrainerTest, AnInfiniteValidationLossIsADivergence) {
  const TrainingJob job = Prepare(kLinear, "epochs: 2", Line(20), MakeData(2, 1, {0, 0, 3e38F}));
  Recorder recorder;
  const TrainingResult result = job.Run(recorder);
  EXPECT_EQ(result.outcome, TrainingOutcome::kDiverged);
  EXPECT_TRUE(recorder.epochs.empty());
  EXPECT_THAT(result.error.message(), HasSubstr("validation"));
}

TEST(TrainerTest, StopsBeforeTheNextBatch) {
  const TrainingJob job = Prepare(kLinear, "epochs: 1000000000 batch_size: 1", Line(20));
  for (const int64_t asked : {0, 1, 2, 7, 21, 22, 30}) {
    Recorder recorder;
    recorder.stop_after = asked;
    const TrainingResult result = job.Run(recorder);
    EXPECT_EQ(result.outcome, TrainingOutcome::kStopped);
    EXPECT_FALSE(result.network.has_value());
    EXPECT_EQ(recorder.asked, asked + 1);  // It was not asked again.
    // Epoch 0 is one batch of evaluation.
    EXPECT_EQ(recorder.batches_done, std::max<int64_t>(0, asked - 1));
  }
}

TEST(TrainerTest, StopsInsideAnEvaluation) {
  const TrainingJob job = Prepare(kLinear, "epochs: 3 batch_size: 20", Line(20), Line(256 * 4));
  Recorder recorder;
  recorder.stop_after = 3;  // The training rows, then two batches of validation.
  EXPECT_EQ(job.Run(recorder).outcome, TrainingOutcome::kStopped);
  EXPECT_TRUE(recorder.epochs.empty());
}

TEST(TrainerTest, TrainsOnOneRow) {
  const TrainingJob job = Prepare(kLinear, "epochs: 500 optimizer { learning_rate: 0.1 sgd {} }",
                                  MakeData(2, 1, {1, 2, 3}));
  Recorder recorder;
  const TrainingResult result = job.Run(recorder);
  EXPECT_EQ(result.outcome, TrainingOutcome::kCompleted);
  EXPECT_LT(result.last_epoch.train_loss(), 1e-9);
}

TEST(TrainerTest, TrainsANetworkWithoutParameters) {
  const TrainingJob job =
      Prepare("layers { activation { tanh {} } } outputs { loss { mean_squared_error {} } }",
              "epochs: 2", MakeData(2, 2, {1, 2, 3, 4}));
  Recorder recorder;
  const TrainingResult result = job.Run(recorder);
  EXPECT_EQ(result.outcome, TrainingOutcome::kCompleted);
  EXPECT_EQ(recorder.epochs[1].train_loss(), recorder.epochs[2].train_loss());
}

TEST(TrainerTest, LongTrainingsHaveATimeLeft) {
  const TrainingJob job = Prepare(kLinear, "epochs: 1000000000", Line(20));
  Recorder recorder;
  recorder.stop_after = 4;
  job.Run(recorder);
  ASSERT_GE(recorder.epochs.size(), 2u);
  EXPECT_GT(recorder.epochs[1].timing().time_left().seconds(), 0);
}

}  // namespace
}  // namespace fnn::core
