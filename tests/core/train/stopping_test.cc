#include "core/train/stopping.h"

#include <chrono>
#include <vector>

#include "gtest/gtest.h"

namespace fnn::core {
namespace {

using std::chrono::seconds;

v1::EpochReport Report(int64_t epoch, double train, double validation) {
  v1::EpochReport report;
  report.set_epoch(epoch);
  report.set_train_loss(train);
  report.set_validation_loss(validation);
  report.add_validation_metrics()->set_value(-validation);
  return report;
}

// The epoch after which it ends, where each epoch has the validation loss.
int64_t LastEpoch(const StoppingOptions& options, const std::vector<double>& losses) {
  Stopping stopping(options, 1000);
  for (size_t i = 0; i < losses.size(); ++i) {
    const auto epoch = static_cast<int64_t>(i) + 1;
    if (stopping.Add(Report(epoch, 9, losses[i]), seconds(epoch)) != 0) return epoch;
  }
  return 0;
}

TEST(StoppingTest, AllEpochs) {
  Stopping stopping({}, 2);
  EXPECT_EQ(stopping.Add(Report(1, 1, 1), {}), v1::STOP_REASON_UNSPECIFIED);
  EXPECT_EQ(stopping.Add(Report(2, 2, 2), {}), v1::STOP_REASON_EPOCHS);
}

TEST(StoppingTest, Patience) {
  const std::vector<double> losses = {5, 4, 4, 3.9, 3.95, 3.9, 4, 3.8};
  EXPECT_EQ(LastEpoch({.early = true, .patience = 1}, losses), 3);
  EXPECT_EQ(LastEpoch({.early = true, .patience = 2}, losses), 6);
  EXPECT_EQ(LastEpoch({.early = true, .patience = 4}, losses), 0);
  EXPECT_EQ(LastEpoch({.early = true, .patience = 2, .min_delta = 0.5}, losses), 4);
  // The metric is the loss negated, so more is better; less is worse at once.
  EXPECT_EQ(LastEpoch({.early = true, .metric = 0, .more_is_better = true, .patience = 2}, losses),
            6);
  EXPECT_EQ(LastEpoch({.early = true, .metric = 0, .patience = 2}, losses), 3);
}

TEST(StoppingTest, KnowsTheBest) {
  Stopping stopping({.early = true, .patience = 10, .restore_best = true}, 1000);
  std::vector<bool> best;
  for (const double loss : {3.0, 4.0, 2.0, 2.0, 1.0}) {
    stopping.Add(Report(static_cast<int64_t>(best.size()) + 1, 0, loss), {});
    best.push_back(stopping.last_is_best());
  }
  EXPECT_EQ(best, (std::vector<bool>{true, false, true, false, true}));
}

TEST(StoppingTest, TargetLossAndDuration) {
  EXPECT_EQ(LastEpoch({.target_loss = 3}, {5, 4, 3, 2}), 3);
  EXPECT_EQ(LastEpoch({.max_duration = std::chrono::milliseconds(2500)}, {5, 4, 3, 2}), 3);
  Stopping stopping({.target_loss = 1}, 1);
  v1::EpochReport report = Report(1, 1, 2);
  report.clear_validation_loss();  // Then it is the training loss that counts.
  EXPECT_EQ(stopping.Add(report, {}), v1::STOP_REASON_TARGET_LOSS);
}

}  // namespace
}  // namespace fnn::core
