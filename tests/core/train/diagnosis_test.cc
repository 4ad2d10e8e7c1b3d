// Diagnoses: when they are told, and that planted pathologies are named and healthy trainings are
// not.

#include "core/train/diagnosis.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "core/train/job.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/core/testing.h"
#include "tests/core/train/diagnosis_trainings.h"

namespace fnn::core {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// A diagnoser of a few layers of four parameters each, with the defaults but for `health`.
Diagnoser MakeDiagnoser(Diagnoser::Subject subject = {}, const std::string& health = "",
                        size_t layers = 1) {
  const auto options =
      ResolveOptions(ParseOptions("health { " + health + " }"), 100, true, FieldPath("options"));
  WatchedLayer layer;
  layer.learned = 4;
  subject.layers.assign(layers, layer);
  return {options->message.health(), std::move(subject)};
}

v1::EpochReport Report(int64_t epoch, double dead_share) {
  v1::EpochReport report;
  report.set_epoch(epoch);
  report.set_train_loss(1.0 / static_cast<double>(1 + epoch));
  if (epoch == 0) return report;
  v1::LayerHealth& health = *report.add_health();
  health.set_layer("hidden");
  health.set_gradient_norm(1);
  health.set_parameter_norm(1);
  health.set_update_ratio(0.01);
  health.set_dead_share(dead_share);
  return report;
}

// The epochs in which dead units are told, of the shares of epochs 1, 2, ...
std::vector<int64_t> Told(Diagnoser diagnoser, const std::vector<double>& shares) {
  std::vector<int64_t> told;
  EXPECT_THAT(diagnoser.Add(Report(0, 0)), IsEmpty());
  for (size_t i = 0; i < shares.size(); ++i) {
    for (const v1::Diagnosis& d : diagnoser.Add(Report(static_cast<int64_t>(i) + 1, shares[i]))) {
      EXPECT_EQ(d.kind(), v1::DIAGNOSIS_KIND_DEAD_UNITS);
      EXPECT_EQ(d.layer(), "hidden");
      EXPECT_EQ(d.evidence(0).name(), "dead_share");
      EXPECT_EQ(d.evidence(0).value(), shares[i]);
      EXPECT_EQ(d.evidence(0).threshold(), 0.5);
      EXPECT_FALSE(d.message().empty());
      EXPECT_FALSE(d.suggestion().empty());
      told.push_back(d.epoch());
    }
  }
  return told;
}

TEST(DiagnoserTest, TellsOnceWhatIsSeenForPatienceEpochs) {
  EXPECT_THAT(Told(MakeDiagnoser(), {1, 1, 1, 1, 1, 1, 1}), ElementsAre(3));
  EXPECT_THAT(Told(MakeDiagnoser(), {1, 1, 0, 1, 1, 0.5, 1, 1}), IsEmpty());
  EXPECT_THAT(Told(MakeDiagnoser({}, "thresholds { patience: 1 }"), {0, 1, 1}), ElementsAre(2));
}

TEST(DiagnoserTest, TellsAgainOnlyAfterItWasOver) {
  EXPECT_THAT(Told(MakeDiagnoser(), {1, 1, 1, 0, 0, 1, 1, 1, 1}), ElementsAre(3));
  EXPECT_THAT(Told(MakeDiagnoser(), {1, 1, 1, 0, 0, 0, 1, 1, 1}), ElementsAre(3, 9));
  // Each time after twice as many.
  std::vector<double> shares;
  for (int epoch = 0; epoch < 10'000; ++epoch) shares.push_back(epoch % 2);
  EXPECT_THAT(Told(MakeDiagnoser({}, "thresholds { patience: 1 }"), shares), ElementsAre(2, 4));
  shares.clear();
  for (int epoch = 0; epoch < 10'000; ++epoch) shares.push_back(epoch % 100 == 0 ? 1 : 0);
  EXPECT_THAT(Told(MakeDiagnoser({}, "thresholds { patience: 1 }"), shares),
              ElementsAre(1, 101, 201, 301, 401, 501, 601, 701));
}

TEST(DiagnoserTest, SmallMiniBatchesTellNothingOfDeadUnits) {
  EXPECT_THAT(Told(MakeDiagnoser({.judges_units = false}), {1, 1, 1, 1}), IsEmpty());
}

// A loss that stays as it is, with healthy layers: whether it is told, and in which epoch.
std::vector<int64_t> ToldOfPlateau(int64_t steps, double fall_per_epoch) {
  Diagnoser diagnoser = MakeDiagnoser({.steps = steps});
  std::vector<int64_t> told;
  double loss = 1;
  for (int64_t epoch = 0; epoch <= 60; ++epoch, loss *= 1 - fall_per_epoch) {
    v1::EpochReport report = Report(epoch, 0);
    report.set_train_loss(loss);
    for (const v1::Diagnosis& d : diagnoser.Add(report)) {
      EXPECT_EQ(d.kind(), v1::DIAGNOSIS_KIND_NO_LEARNING);
      told.push_back(d.epoch());
    }
  }
  return told;
}

TEST(DiagnoserTest, APlateauTakesFiftySteps) {
  EXPECT_THAT(ToldOfPlateau(1000, 0), ElementsAre(4));  // Epoch 1 has nothing to be below.
  EXPECT_THAT(ToldOfPlateau(25, 0), ElementsAre(4));
  EXPECT_THAT(ToldOfPlateau(10, 0), ElementsAre(6));
  EXPECT_THAT(ToldOfPlateau(1, 0), ElementsAre(51));
  EXPECT_THAT(ToldOfPlateau(50, 0.0011), IsEmpty());
  EXPECT_THAT(ToldOfPlateau(50, 0.0009), ElementsAre(4));
  EXPECT_THAT(ToldOfPlateau(1, 0.0009), IsEmpty());
}

// The kinds that are told where epoch 0's loss is `start` and then all are `after`, of layers that
// do nothing unusual.
std::vector<v1::DiagnosisKind> ToldOfLosses(double start, double after, bool same_in_training) {
  Diagnoser diagnoser = MakeDiagnoser({.same_in_training = same_in_training});
  std::vector<v1::DiagnosisKind> told;
  for (int64_t epoch = 0; epoch <= 5; ++epoch) {
    v1::EpochReport report = Report(epoch, 0);
    report.set_train_loss(epoch == 0 ? start : after * std::pow(0.99, epoch));
    for (const v1::Diagnosis& d : diagnoser.Add(report)) told.push_back(d.kind());
  }
  return told;
}

TEST(DiagnoserTest, LossesInTrainingAreHeldAgainstEachOther) {
  EXPECT_THAT(ToldOfLosses(1, 2, true), ElementsAre(v1::DIAGNOSIS_KIND_LEARNING_RATE_TOO_HIGH));
  EXPECT_THAT(ToldOfLosses(1, 2, false), IsEmpty());  // As with dropout, when it goes on.
}

TEST(DiagnoserTest, LargeGradientsThatLeadSomewhereAreNone) {
  for (const bool learns : {false, true}) {
    Diagnoser diagnoser = MakeDiagnoser();
    std::vector<v1::DiagnosisKind> told;
    for (int64_t epoch = 0; epoch <= 5; ++epoch) {
      v1::EpochReport report = Report(epoch, 0);
      report.set_train_loss(epoch == 0 ? 1e6 : (learns ? 1e3 : 9e5) + static_cast<double>(epoch));
      if (epoch > 0) report.mutable_health(0)->set_gradient_norm(1e4);
      for (const v1::Diagnosis& d : diagnoser.Add(report)) told.push_back(d.kind());
    }
    EXPECT_EQ(told, learns ? std::vector<v1::DiagnosisKind>()
                           : std::vector{v1::DIAGNOSIS_KIND_EXPLODING_GRADIENT});
  }
}

TEST(DiagnoserTest, ALossThatHasRisenTellsOfTooLargeStepsAlone) {
  Diagnoser diagnoser = MakeDiagnoser({}, "", 2);
  std::vector<v1::Diagnosis> told;
  for (int64_t epoch = 0; epoch <= 6; ++epoch) {
    v1::EpochReport report = Report(epoch, 0);
    if (epoch > 0) {  // As after a jump to huge weights.
      report.set_train_loss(1e6 / static_cast<double>(epoch));
      report.mutable_health(0)->set_gradient_norm(1e-9);
      report.mutable_health(0)->set_update_ratio(1e-9);
      *report.add_health() = report.health(0);
      report.mutable_health(1)->set_gradient_norm(1);
    }
    for (v1::Diagnosis& d : diagnoser.Add(report)) told.push_back(std::move(d));
  }
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].kind(), v1::DIAGNOSIS_KIND_LEARNING_RATE_TOO_HIGH);
  EXPECT_EQ(told[0].epoch(), 3);
}

TEST(DiagnoserTest, NothingIsToldWhereItIsOff) {
  EXPECT_THAT(Told(MakeDiagnoser({}, "level: HEALTH_LEVEL_OFF"), {1, 1, 1, 1}), IsEmpty());
}

// The epoch in which what was planted is there: the first, but overfitting begins after the epoch
// with the least validation loss up to `named`.
int64_t Onset(v1::DiagnosisKind kind, const Recorder& seen, int64_t named) {
  if (kind != v1::DIAGNOSIS_KIND_OVERFITTING) return 1;
  const auto least = std::min_element(
      seen.epochs.begin(), seen.epochs.begin() + named,
      [](const auto& a, const auto& b) { return a.validation_loss() < b.validation_loss(); });
  return least->epoch() + 1;
}

TEST(DiagnosisTest, PlantedPathologiesAreNamedFirst) {
  for (const Pathology& pathology : Pathologies()) {
    for (uint64_t seed = 1; seed <= 3; ++seed) {
      const Recorder seen = Train(pathology.training, seed);
      const std::string what = absl::StrCat(v1::DiagnosisKind_Name(pathology.kind), " seed ", seed,
                                            "\n", Describe(seen));
      ASSERT_FALSE(seen.diagnoses.empty()) << what;
      const v1::Diagnosis& first = seen.diagnoses.front();
      EXPECT_EQ(first.kind(), pathology.kind) << what;
      // What comes with it: too large a step may well have led there.
      for (const v1::Diagnosis& d : seen.diagnoses) {
        EXPECT_TRUE(d.epoch() > first.epoch() || d.kind() == pathology.kind ||
                    d.kind() == v1::DIAGNOSIS_KIND_LEARNING_RATE_TOO_HIGH)
            << what;
      }
      EXPECT_LE(first.epoch(), Onset(pathology.kind, seen, first.epoch()) + 5) << what;
      EXPECT_FALSE(first.message().empty());
      EXPECT_FALSE(first.suggestion().empty());
    }
  }
}

TEST(DiagnosisTest, HealthyTrainingsRaiseNoAlarm) {
  const std::vector<TrainingCase> trainings = HealthyTrainings();
  EXPECT_GE(trainings.size(), 20u);
  for (const TrainingCase& training : trainings) {
    for (uint64_t seed = 1; seed <= 3; ++seed) {
      const Recorder seen = Train(training, seed);
      EXPECT_THAT(seen.diagnoses, IsEmpty()) << training.data << " " << training.layers << " "
                                             << training.options << " seed " << seed << "\n"
                                             << Describe(seen);
      EXPECT_LT(seen.epochs.back().train_loss(), 0.95 * seen.epochs.front().train_loss());
    }
  }
}

}  // namespace
}  // namespace fnn::core
