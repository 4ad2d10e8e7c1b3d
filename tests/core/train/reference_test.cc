// The trainer against an independent implementation in NumPy (reference/training_losses.py): the
// first 20 epochs of a small network, for every optimiser, loss and hidden activation, with L2 and
// without. Weights, features and targets are those of the script.

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "core/data/samples.h"
#include "core/train/trainer.h"
#include "gtest/gtest.h"
#include "tests/core/testing.h"
#include "tests/core/train/reference_problem.h"

namespace fnn::core {
namespace {

constexpr int kEpochs = 20;

struct Case {
  std::string optimizer, loss, hidden, l2, learning_rate;
  std::array<double, kEpochs> train_loss;
  std::array<double, kEpochs> regularization;
};

std::vector<Case> Cases() {
  std::vector<Case> cases;
  for (const auto& row : ReadReference("training_losses.csv")) {
    const int epoch = std::stoi(row.at(5));
    if (epoch == 1) cases.push_back({row[0], row[1], row[2], row[3], row[4], {}, {}});
    cases.back().train_loss.at(epoch - 1) = std::stod(row.at(6));
    cases.back().regularization.at(epoch - 1) = std::stod(row.at(7));
  }
  return cases;
}

template <typename T>
double ExpectEqual(const Case& c, double tolerance) {
  const LossOp& loss = *FindOp(Losses(), c.loss);
  const std::string last =
      loss.probabilities ? absl::StrCat("activation { ", loss.link, " {} }") : "";
  const auto plan =
      CompileOrDie(ParseNetwork(ReferenceNetwork(c.loss, c.hidden, last)), kReferenceFeatures);
  const auto samples = Samples::Create(*plan, ReferenceData(loss));
  EXPECT_TRUE(samples.ok()) << samples.status();
  const auto options = ResolveOptions(
      ParseOptions(absl::StrFormat("optimizer { learning_rate: %s %s {} } epochs: %d batch_size: 8 "
                                   "shuffle: false regularization { l2: %s }",
                                   c.learning_rate, c.optimizer, kEpochs, c.l2)),
      kReferenceRows, samples->classes(), FieldPath("options"));
  EXPECT_TRUE(options.ok()) << options.status();
  SoloTeam team;
  Trainer<T> trainer(plan, *options, *samples, nullptr, team);
  trainer.SetParameters(ReferenceParameters<T>(plan->parameter_count()));
  Recorder recorder;
  EXPECT_EQ(trainer.Run(recorder), TrainingOutcome::kCompleted);
  EXPECT_EQ(recorder.epochs.size(), kEpochs + 1u);
  double worst = 0;
  for (int e = 0; e < kEpochs; ++e) {
    const v1::EpochReport& report = recorder.epochs[e + 1];
    const auto error = [](double got, double expected) {
      return std::abs(got - expected) / std::max(std::abs(expected), 1e-300);
    };
    worst = std::max(worst, error(report.train_loss(), c.train_loss[e]));
    if (c.l2 == "0.0") {
      EXPECT_EQ(report.regularization(), 0);
    } else {
      worst = std::max(worst, error(report.regularization(), c.regularization[e]));
    }
  }
  EXPECT_LE(worst, tolerance) << c.optimizer << " " << c.loss << " " << c.hidden << " l2 " << c.l2;
  return worst;
}

TEST(TrainingReferenceTest, FloatEqualsNumpyTo1e5) {
  double worst = 0;
  for (const Case& c : Cases()) worst = std::max(worst, ExpectEqual<float>(c, 1e-5));
  RecordProperty("worst_relative_error", absl::StrCat(worst));
}

TEST(TrainingReferenceTest, DoubleEqualsNumpyTo1e10) {
  double worst = 0;
  for (const Case& c : Cases()) worst = std::max(worst, ExpectEqual<double>(c, 1e-10));
  RecordProperty("worst_relative_error", absl::StrCat(worst));
}

// A new loss or elementwise activation must be in the script. The script knows the optimisers
// below; the others' steps are held against PyTorch's (ops/optimizers/table_test.cc), and how steps
// are taken does not depend on which they are.
TEST(TrainingReferenceTest, CoversTheTables) {
  std::map<std::string, int> seen;
  for (const Case& c : Cases()) {
    ++seen[c.optimizer];
    ++seen[c.loss];
  }
  for (const char* optimizer : {"sgd", "momentum", "adam"}) EXPECT_GT(seen[optimizer], 0);
  for (const LossOp& op : Losses()) EXPECT_GT(seen[std::string(op.name)], 0) << op.name;
}

}  // namespace
}  // namespace fnn::core
