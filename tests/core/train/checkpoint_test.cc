// A training that is interrupted, saved and continued, again and again, against one that is not:
// every report but its times, and every parameter, to the bit.

#include "core/train/checkpoint.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstring>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "core/base/digest.h"
#include "core/kernels/instruction_set.h"
#include "core/threads/core_pool.h"
#include "core/train/job.h"
#include "core/train/trainer.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/core/bytes.h"
#include "tests/core/kernels/instruction_sets.h"
#include "tests/core/testing.h"
#include "tests/core/train/random/dice.h"
#include "tests/core/train/random/network.h"
#include "tests/core/train/reference_problem.h"

namespace fnn::core {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

absl::StatusOr<TrainingJob> TryPrepare(const v1::Network& network,
                                       const v1::TrainingOptions& options, BoundTable data,
                                       std::optional<BoundTable> validation = std::nullopt,
                                       const Network* initial = nullptr) {
  return TrainingJob::Prepare({.network = network,
                               .network_path = FieldPath("network"),
                               .options = options,
                               .options_path = FieldPath("options"),
                               .data = std::move(data),
                               .validation = std::move(validation),
                               .max_threads = 8,
                               .initial = initial,
                               .initial_path = FieldPath("initial")});
}

TrainingJob Prepare(const std::string& network, const std::string& options, BoundTable data,
                    std::optional<BoundTable> validation = std::nullopt,
                    const Network* initial = nullptr) {
  auto job = TryPrepare(ParseNetwork(network), ParseOptions(options), std::move(data),
                        std::move(validation), initial);
  if (!job.ok()) {
    ADD_FAILURE() << job.status();
    std::abort();
  }
  return *std::move(job);
}

std::string WithoutTiming(v1::EpochReport report) {
  report.clear_timing();
  return report.SerializeAsString();
}

// What a training tells, to the bit.
struct Told {
  std::vector<std::string> reports;
  std::vector<std::string> diagnoses;
  std::vector<float> parameters;
  std::string last;
  TrainingOutcome outcome = TrainingOutcome::kStopped;
  std::string error;

  void Add(const std::vector<v1::EpochReport>& epochs) {
    for (const v1::EpochReport& report : epochs) reports.push_back(WithoutTiming(report));
  }
  void Add(const Recorder& recorder) {
    Add(recorder.epochs);
    for (const v1::Diagnosis& d : recorder.diagnoses) diagnoses.push_back(d.SerializeAsString());
  }
  void End(const TrainingResult& result) {
    outcome = result.outcome;
    error = result.error.SerializeAsString();
    if (!result.network.has_value()) return;
    parameters = result.network->parameters();
    last = WithoutTiming(result.last_epoch);
  }
};

void ExpectSame(const Told& got, const Told& expected) {
  EXPECT_EQ(got.outcome, expected.outcome);
  EXPECT_EQ(got.error, expected.error);
  ASSERT_EQ(got.reports.size(), expected.reports.size());
  for (size_t e = 0; e < got.reports.size(); ++e) {
    EXPECT_EQ(got.reports[e], expected.reports[e]) << "epoch " << e;
  }
  EXPECT_EQ(got.diagnoses, expected.diagnoses);
  EXPECT_EQ(got.last, expected.last);
  ASSERT_EQ(got.parameters.size(), expected.parameters.size());
  EXPECT_TRUE(got.parameters.empty() ||
              std::memcmp(got.parameters.data(), expected.parameters.data(),
                          got.parameters.size() * sizeof(float)) == 0);
}

// Ends the training at the place it is asked for the `stop_at`-th time, and keeps its checkpoint.
class Interrupter : public Recorder {
 public:
  explicit Interrupter(int64_t stop_at) : stop_at_(stop_at) {}

  bool WantsCheckpoint(const CheckpointPlace& place) override {
    places.push_back(place);
    return static_cast<int64_t>(places.size()) == stop_at_;
  }
  AfterCheckpoint OnCheckpoint(const CheckpointPlace& place,
                               absl::FunctionRef<absl::Status(ByteSink&)> write) override {
    EXPECT_EQ(place.epoch, places.back().epoch);
    EXPECT_EQ(place.batch, places.back().batch);
    StringSink sink;
    const absl::Status status = write(sink);
    EXPECT_TRUE(status.ok()) << status;
    checkpoint = std::move(sink.bytes);
    return after;
  }

  std::vector<CheckpointPlace> places;
  std::string checkpoint;
  AfterCheckpoint after = AfterCheckpoint::kStop;

 private:
  const int64_t stop_at_;
};

Told RunWhole(const TrainingJob& job) {
  Told told;
  Recorder recorder;
  told.End(job.Run(recorder));
  told.Add(recorder);
  return told;
}

// Each leg goes on from the one before; `steps` says after how many mini-batches it ends, and
// `before` is called with its number.
Told RunInLegs(
    const TrainingJob& job, const std::function<int64_t()>& steps, Team& team,
    const std::function<void(int)>& before = [](int) {}) {
  Told told;
  std::string checkpoint;
  for (int leg = 0; told.outcome == TrainingOutcome::kStopped; ++leg) {
    before(leg);
    // The first place is where the leg begins.
    Interrupter interrupter(steps() + 1);
    MemorySource source(checkpoint);
    const auto result =
        job.Run(interrupter, team, {.checkpoint = checkpoint.empty() ? nullptr : &source});
    if (!result.ok()) {
      ADD_FAILURE() << result.status();
      return told;
    }
    told.Add(interrupter);
    told.End(*result);
    checkpoint = interrupter.checkpoint;
  }
  return told;
}

// At random places, and after each mini-batch.
void ExpectCheckpointsChangeNothing(const TrainingJob& job, uint64_t seed) {
  const Told whole = RunWhole(job);
  SoloTeam team;
  Dice dice(seed);
  for (int i = 0; i < 3; ++i) {
    ExpectSame(RunInLegs(
                   job, [&] { return dice.Between(1, 9); }, team),
               whole);
  }
  ExpectSame(RunInLegs(
                 job, [] { return 1; }, team),
             whole);
}

// 23 rows of 4 features; 3 classes, or 3 targets.
BoundTable Classes() { return ReferenceData(*FindOp(Losses(), "cross_entropy")); }
BoundTable Numbers() { return ReferenceData(*FindOp(Losses(), "mean_squared_error")); }

BoundTable Weighted() {
  const BoundTable plain = Classes();
  std::vector<float> values;
  for (int64_t r = 0; r < plain.table->rows(); ++r) {
    for (int64_t c = 0; c < 5; ++c) values.push_back(plain.table->at(r, c));
    values.push_back(static_cast<float>(r * 7 % 5) / 2);
  }
  BoundTable data = MakeData(4, 2, std::move(values));
  data.weight = data.targets.back();
  data.targets.pop_back();
  return data;
}

std::string WithLoss(const std::string& layers, const std::string& loss = "cross_entropy") {
  return absl::StrCat(layers, " outputs { loss { ", loss, " {} } }");
}

// Learned activations, running statistics and random draws.
const char* const kLayers =
    "layers { dense { units: 9 activation { prelu {} } } } layers { batch_norm {} } "
    "layers { dropout { rate: 0.3 } } layers { dense { units: 70 activation { tanh {} } } } "
    "layers { dense { units: 3 } }";
// Nothing that L-BFGS refuses.
const char* const kPlain =
    "layers { name: 'still' frozen: true dense { units: 9 activation { tanh {} } } } "
    "layers { batch_norm {} } layers { dense { units: 20 activation { swish {} } } } "
    "layers { dense { units: 3 } }";

class OptimizersTest : public testing::TestWithParam<OptimizerOp> {};

TEST_P(OptimizersTest, GoOn) {
  const OptimizerOp& op = GetParam();
  const std::string options = absl::StrCat("seed: 7 epochs: 5 optimizer { ", op.name, " {} } ",
                                           op.whole_batch ? "" : "batch_size: 5");
  ExpectCheckpointsChangeNothing(
      Prepare(WithLoss(op.whole_batch ? kPlain : kLayers), options, Classes()), 1);
}

INSTANTIATE_TEST_SUITE_P(CheckpointTest, OptimizersTest, testing::ValuesIn(Optimizers()),
                         [](const auto& info) { return std::string(info.param.name); });

class SchedulesTest : public testing::TestWithParam<std::string> {};

TEST_P(SchedulesTest, GoOn) {
  for (const char* more : {"", "per_step: true", "warm_up {}", "per_step: true warm_up {}"}) {
    const std::string options = absl::StrCat(
        "seed: 7 epochs: 5 batch_size: 5 optimizer { learning_rate: 0.2 sgd {} } schedule { ",
        GetParam(),
        GetParam() == "reduce_on_plateau" ? " { patience: 0 min_delta: 0.05 } " : " {} ", more,
        " }");
    ExpectCheckpointsChangeNothing(Prepare(WithLoss(kLayers), options, Classes()), 2);
  }
}

std::vector<std::string> ScheduleNames() {
  std::vector<std::string> names;
  for (const ScheduleOp& op : Schedules()) names.emplace_back(op.name);
  return names;
}

INSTANTIATE_TEST_SUITE_P(CheckpointTest, SchedulesTest, testing::ValuesIn(ScheduleNames()),
                         [](const auto& info) { return info.param; });

class MetricsTest : public testing::TestWithParam<MetricOp> {};

TEST_P(MetricsTest, GoOn) {
  const std::string options =
      absl::StrCat("seed: 7 epochs: 4 batch_size: 5 validation_fraction: 0.2 metrics { ",
                   GetParam().name, GetParam().name == "top_k_accuracy" ? " { k: 2 } }" : " {} }");
  if (!GetParam().needs_classes) {
    return ExpectCheckpointsChangeNothing(
        Prepare(WithLoss(kLayers, "mean_squared_error"), options, Numbers()), 3);
  }
  ExpectCheckpointsChangeNothing(Prepare(WithLoss(kLayers), options, Classes()), 3);
  ExpectCheckpointsChangeNothing(Prepare(WithLoss(kLayers), options, Weighted()), 3);
}

INSTANTIATE_TEST_SUITE_P(CheckpointTest, MetricsTest, testing::ValuesIn(Metrics()),
                         [](const auto& info) { return std::string(info.param.name); });

class OptionsTest : public testing::TestWithParam<const char*> {};

TEST_P(OptionsTest, GoOn) {
  const std::string options = absl::StrCat("seed: 9 epochs: 7 batch_size: 5 ", GetParam());
  ExpectCheckpointsChangeNothing(Prepare(WithLoss(kLayers), options, Weighted()), 4);
  ExpectCheckpointsChangeNothing(
      Prepare(WithLoss(absl::StrCat("inputs { scaling { standardize {} } } ", kPlain)), options,
              Classes(), Weighted()),
      5);
}

INSTANTIATE_TEST_SUITE_P(
    CheckpointTest, OptionsTest,
    testing::Values("shuffle: false", "regularization { l2: 0.1 }", "regularization { l1: 0.01 }",
                    "regularization { max_norm: 0.5 }", "gradient_clipping { norm: 0.1 }",
                    "gradient_clipping { value: 0.01 }", "class_weights { balanced: true }",
                    "max_duration { seconds: 60 }",
                    "optimizer { adagrad { initial_accumulator: 0.1 } }", "target_loss: 1.3",
                    "optimizer { learning_rate: 0.3 adam {} } early_stopping { patience: 2 }",
                    "optimizer { learning_rate: 0.3 adam {} } early_stopping { patience: 2 "
                    "restore_best: true }",
                    "optimizer { learning_rate: 1e30 sgd {} }"));

TEST(CheckpointTest, LbfgsGoesOnOnceItsHistoryIsFull) {
  ExpectCheckpointsChangeNothing(
      Prepare(WithLoss(kPlain),
              "epochs: 12 optimizer { lbfgs { history_size: 3 } } regularization { l2: 0.001 } "
              "early_stopping { restore_best: true }",
              Classes()),
      6);
}

TEST(CheckpointTest, NetworksOfEveryKindGoOn) {
  for (uint64_t seed = 0; seed < 250; ++seed) {
    RandomNetwork n = DrawNetwork(seed);
    n.options.set_epochs(2);
    SCOPED_TRACE(absl::StrCat("seed ", seed, ": ", n.network.ShortDebugString(), " ",
                              n.options.ShortDebugString()));
    const auto job = TryPrepare(n.network, n.options, n.data);
    ASSERT_TRUE(job.ok()) << job.status();
    SoloTeam team;
    ExpectSame(RunInLegs(
                   *job, [] { return 1; }, team),
               RunWhole(*job));
  }
}

TEST(CheckpointTest, TheReferenceGoesOnToo) {
  for (const char* optimizer : {"adam {}", "lbfgs {}"}) {
    const auto plan = CompileOrDie(ParseNetwork(WithLoss(kPlain)), 4);
    const auto samples = Samples::Create(*plan, Classes());
    ASSERT_TRUE(samples.ok()) << samples.status();
    const auto options = ResolveOptions(
        ParseOptions(absl::StrCat("epochs: 4 early_stopping { restore_best: true } optimizer { ",
                                  optimizer, " }")),
        samples->rows(), true, FieldPath("options"));
    ASSERT_TRUE(options.ok()) << options.status();
    SoloTeam team;
    Trainer<double> whole(plan, *options, *samples, nullptr, team);
    whole.Draw();
    Recorder recorder;
    ASSERT_EQ(whole.Run(recorder), TrainingOutcome::kCompleted);

    Trainer<double> first(plan, *options, *samples, nullptr, team);
    first.Draw();
    Interrupter interrupter(3);
    ASSERT_EQ(first.Run(interrupter), TrainingOutcome::kStopped);
    Trainer<double> second(plan, *options, *samples, nullptr, team);
    MemorySource source(interrupter.checkpoint);
    const absl::Status status = second.Load(source);
    ASSERT_TRUE(status.ok()) << status;
    Recorder rest;
    ASSERT_EQ(second.Run(rest), TrainingOutcome::kCompleted);
    EXPECT_EQ(rest.epochs.back().parameter_digest(), recorder.epochs.back().parameter_digest());
    EXPECT_EQ(interrupter.epochs.size() + rest.epochs.size(), recorder.epochs.size());
  }
}

// ---- Elsewhere ----------------------------------------------------------------------------------

BoundTable Wide(int64_t rows) {
  std::vector<float> values;
  for (int64_t r = 0; r < rows; ++r) {
    for (int64_t f = 0; f < 65; ++f) {
      values.push_back(static_cast<float>(std::sin(0.7 * static_cast<double>(r * 31 + f * 17))));
    }
    values.push_back(static_cast<float>((r * r + r / 3) % 3));
  }
  return MakeData(65, 1, std::move(values));
}

TrainingJob WideJob(const std::string& options) {
  return Prepare(
      WithLoss(absl::StrCat("layers { dense { units: 150 activation { relu {} } } } ", kLayers)),
      options, Wide(600));
}

TEST(CheckpointTest, GoesOnWithAnotherTeam) {
  const TrainingJob job = WideJob("epochs: 3 batch_size: 256 optimizer { nadam {} }");
  ASSERT_GE(job.threads(), 2);
  const Told whole = RunWhole(job);
  CorePool pool(2);
  std::string checkpoint;
  for (const bool alone_first : {true, false}) {
    SoloTeam alone;
    const std::unique_ptr<Team> two = pool.Join(2);
    Interrupter interrupter(5);
    const TrainingResult first =
        job.Run(interrupter, alone_first ? static_cast<Team&>(alone) : *two);
    EXPECT_EQ(first.outcome, TrainingOutcome::kStopped);
    MemorySource source(interrupter.checkpoint);
    Recorder rest;
    const auto second =
        job.Run(rest, alone_first ? *two : static_cast<Team&>(alone), {.checkpoint = &source});
    ASSERT_TRUE(second.ok()) << second.status();
    Told told;
    told.Add(interrupter.epochs);
    told.Add(rest.epochs);
    told.End(*second);
    ExpectSame(told, whole);
  }
}

TEST(CheckpointTest, GoesOnAtAnotherInstructionSet) {
  const TrainingJob job = WideJob("epochs: 3 batch_size: 128 optimizer { adamw {} }");
  const Told whole = RunWhole(job);
  std::vector<std::string> sets = InstructionSets();
  sets.erase(std::remove(sets.begin(), sets.end(), "baseline"), sets.end());
  if (sets.empty()) GTEST_SKIP() << "baseline gives bits of its own";
  SoloTeam team;
  ExpectSame(RunInLegs(
                 job, [] { return 4; }, team,
                 [&](int leg) {
                   const absl::Status status = SetMaxInstructionSet(sets[leg % sets.size()]);
                   EXPECT_TRUE(status.ok()) << status;
                 }),
             whole);
  EXPECT_TRUE(SetMaxInstructionSet("").ok());
  // What baseline saves, whose bits are its own, the others take.
  AtEachInstructionSet([&](const std::string&) {
    Interrupter here(4);
    EXPECT_EQ(job.Run(here).outcome, TrainingOutcome::kStopped);
    MemorySource source(here.checkpoint);
    Recorder rest;
    EXPECT_TRUE(SetMaxInstructionSet("").ok());
    const auto result = job.Run(rest, team, {.checkpoint = &source});
    ASSERT_TRUE(result.ok()) << result.status();
    EXPECT_EQ(result->outcome, TrainingOutcome::kCompleted);
  });
}

// ---- What the observer hears ------------------------------------------------------------------

const char* const kLine =
    "layers { dense { units: 1 } } outputs { loss { mean_squared_error {} } }";

BoundTable Line() {
  std::vector<float> values;
  for (int r = 0; r < 12; ++r) {
    const float a = static_cast<float>(r * 7 % 11) / 8 - 0.5F;
    values.insert(values.end(), {a, 2 * a + 1});
  }
  return MakeData(1, 1, std::move(values));
}

TEST(CheckpointTest, IsOfferedBetweenMiniBatchesAndAtEndsOfEpochs) {
  const TrainingJob job = Prepare(kLine, "epochs: 2 batch_size: 5", Line());
  Interrupter interrupter(-1);
  EXPECT_EQ(job.Run(interrupter).outcome, TrainingOutcome::kCompleted);
  std::vector<std::string> places;
  for (const CheckpointPlace& place : interrupter.places) {
    places.push_back(absl::StrCat(place.epoch, " ", place.batch));
  }
  EXPECT_THAT(places, ElementsAre("1 0", "1 1", "1 2", "2 0", "2 1", "2 2"));
}

TEST(CheckpointTest, TrainingGoesOnAfterOneToTheSameBits) {
  const TrainingJob job = Prepare(kLine, "epochs: 3 batch_size: 5", Line());
  Interrupter interrupter(4);
  interrupter.after = AfterCheckpoint::kContinue;
  Told told;
  told.End(job.Run(interrupter));
  told.Add(interrupter.epochs);
  EXPECT_FALSE(interrupter.checkpoint.empty());
  ExpectSame(told, RunWhole(job));
}

TEST(CheckpointTest, ReportsThatWereSeenAreNotGivenAgain) {
  const TrainingJob job = Prepare(kLine, "epochs: 6 batch_size: 5", Line());
  Recorder whole;
  EXPECT_EQ(job.Run(whole).outcome, TrainingOutcome::kCompleted);
  Interrupter interrupter(5);  // Epoch 2, after one of three.
  EXPECT_EQ(job.Run(interrupter).outcome, TrainingOutcome::kStopped);
  SoloTeam team;
  for (const bool from_start : {false, true}) {
    MemorySource source(interrupter.checkpoint);
    Recorder rest;
    const auto result =
        job.Run(rest, team, {.checkpoint = from_start ? nullptr : &source, .logged_epoch = 4});
    ASSERT_TRUE(result.ok()) << result.status();
    ASSERT_EQ(rest.epochs.size(), 2u);
    EXPECT_EQ(rest.batches_done, 6);
    EXPECT_EQ(WithoutTiming(rest.epochs[0]), WithoutTiming(whole.epochs[5]));
    EXPECT_EQ(WithoutTiming(rest.epochs[1]), WithoutTiming(whole.epochs[6]));
  }
}

// Of this one it is told in epoch 3 that its units are alike.
const char* const kAlike =
    "layers { dense { units: 2 weight_initializer { zeros {} } } } layers { dense { units: 1 "
    "weight_initializer { zeros {} } } } outputs { loss { mean_squared_error {} } }";

TEST(CheckpointTest, DiagnosesThatWereSeenAreNotGivenAgain) {
  constexpr auto kKind = v1::DIAGNOSIS_KIND_UNBROKEN_SYMMETRY;
  const TrainingJob job = Prepare(kAlike, "epochs: 6 batch_size: 5", Line());
  Recorder whole;
  EXPECT_EQ(job.Run(whole).outcome, TrainingOutcome::kCompleted);
  ASSERT_EQ(whole.diagnoses.size(), 1u);
  EXPECT_EQ(whole.diagnoses[0].kind(), kKind);
  EXPECT_EQ(whole.diagnoses[0].epoch(), 3);
  SoloTeam team;
  struct Case {
    int checkpoint;  // After so many offers, three an epoch; 0: from the start.
    int64_t logged_epoch;
    std::vector<v1::DiagnosisKind> logged;
    bool told;
  };
  const Case cases[] = {
      {0, 2, {}, true},      {0, 3, {}, true},  {0, 3, {kKind}, false}, {0, 4, {}, false},
      {4, 3, {}, true},      {4, 4, {}, false}, {4, 3, {kKind}, false}, {11, 3, {kKind}, false},
      {11, 5, {}, false},     // The checkpoint is of epoch 4.
      {4, 2, {kKind}, true},  // Of epoch 2, then: it was over and came again.
  };
  for (const Case& c : cases) {
    Interrupter interrupter(c.checkpoint);
    if (c.checkpoint > 0) {
      EXPECT_EQ(job.Run(interrupter).outcome, TrainingOutcome::kStopped);
    }
    MemorySource source(interrupter.checkpoint);
    Recorder rest;
    const auto result = job.Run(rest, team,
                                {.checkpoint = c.checkpoint > 0 ? &source : nullptr,
                                 .logged_epoch = c.logged_epoch,
                                 .logged_diagnoses = c.logged});
    ASSERT_TRUE(result.ok()) << result.status();
    EXPECT_EQ(rest.diagnoses.size(), c.told ? 1u : 0u) << c.checkpoint << " " << c.logged_epoch;
  }
}

TEST(CheckpointTest, ThatItDivergedIsToldOnce) {
  const TrainingJob job =
      Prepare(kLine, "epochs: 99 batch_size: 5 optimizer { sgd {} learning_rate: 1e6 }", Line());
  Recorder whole;
  EXPECT_EQ(job.Run(whole).outcome, TrainingOutcome::kDiverged);
  ASSERT_FALSE(whole.diagnoses.empty());
  const v1::Diagnosis& last = whole.diagnoses.back();
  EXPECT_EQ(last.kind(), v1::DIAGNOSIS_KIND_DIVERGED);
  EXPECT_EQ(last.epoch(), whole.epochs.back().epoch() + 1);
  SoloTeam team;
  for (const bool logged : {false, true}) {
    Continuation seen{.logged_epoch = whole.epochs.back().epoch()};
    for (const v1::Diagnosis& d : whole.diagnoses) {
      if (d.epoch() == seen.logged_epoch) seen.logged_diagnoses.push_back(d.kind());
    }
    if (logged) seen.logged_diagnoses.push_back(last.kind());
    Recorder rest;
    const auto result = job.Run(rest, team, seen);
    ASSERT_TRUE(result.ok()) << result.status();
    EXPECT_EQ(rest.diagnoses.size(), logged ? 0u : 1u);
  }
}

TEST(CheckpointTest, EndsWhereItWasSeenToEnd) {
  // An hour: it would not end on its own.
  const TrainingJob job =
      Prepare(kLine, "epochs: 1000000 batch_size: 5 max_duration { seconds: 3600 }", Line());
  Interrupter interrupter(5);
  EXPECT_EQ(job.Run(interrupter).outcome, TrainingOutcome::kStopped);
  SoloTeam team;
  MemorySource source(interrupter.checkpoint);
  Recorder rest;
  const auto result = job.Run(
      rest, team,
      {.checkpoint = &source, .logged_epoch = 4, .logged_stop = v1::STOP_REASON_MAX_DURATION});
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->outcome, TrainingOutcome::kCompleted);
  EXPECT_TRUE(rest.epochs.empty());
  EXPECT_EQ(result->last_epoch.epoch(), 4);
  EXPECT_EQ(result->last_epoch.stop_reason(), v1::STOP_REASON_MAX_DURATION);
}

TEST(CheckpointTest, TimeIsNoReasonWhereItWasNone) {
  const TrainingJob job =
      Prepare(kLine, "epochs: 9 batch_size: 5 max_duration { nanos: 1 }", Line());
  SoloTeam team;
  Recorder recorder;
  const auto result = job.Run(recorder, team, {.logged_epoch = 5});
  ASSERT_TRUE(result.ok()) << result.status();
  ASSERT_EQ(recorder.epochs.size(), 1u);
  EXPECT_EQ(recorder.epochs[0].epoch(), 6);
  EXPECT_EQ(recorder.epochs[0].stop_reason(), v1::STOP_REASON_MAX_DURATION);
}

// Comes to its first checkpoint late.
class Latecomer : public Interrupter {
 public:
  static constexpr std::chrono::milliseconds kLate{5};

  Latecomer() : Interrupter(2) {}
  bool WantsCheckpoint(const CheckpointPlace& place) override {
    if (place.batch == 0) start_ = Clock::now();  // The epoch's time has begun.
    while (place.batch == 1 && Clock::now() - start_ < kLate) {
    }
    return Interrupter::WantsCheckpoint(place);
  }

 private:
  using Clock = std::chrono::steady_clock;
  Clock::time_point start_;
};

// What it took before the interruption counts.
TEST(CheckpointTest, TimeGoesOn) {
  const TrainingJob job =
      Prepare(kLine, "epochs: 1000000 batch_size: 5 max_duration { nanos: 5000000 }", Line());
  Latecomer late;
  EXPECT_EQ(job.Run(late).outcome, TrainingOutcome::kStopped);
  SoloTeam team;
  MemorySource source(late.checkpoint);
  Recorder rest;
  const auto second = job.Run(rest, team, {.checkpoint = &source});
  ASSERT_TRUE(second.ok()) << second.status();
  ASSERT_EQ(rest.epochs.size(), 1u);
  EXPECT_EQ(rest.epochs[0].stop_reason(), v1::STOP_REASON_MAX_DURATION);
  EXPECT_GE(rest.epochs[0].timing().duration().nanos(), 5000000);
}

// ---- What is no checkpoint of the training --------------------------------------------------

std::string CheckpointOf(const TrainingJob& job, int64_t at = 3) {
  Interrupter interrupter(at);
  EXPECT_EQ(job.Run(interrupter).outcome, TrainingOutcome::kStopped);
  return interrupter.checkpoint;
}

absl::Status Continue(const TrainingJob& job, const std::string& checkpoint) {
  MemorySource source(checkpoint);
  Recorder recorder;
  SoloTeam team;
  const auto result = job.Run(recorder, team, {.checkpoint = &source});
  EXPECT_TRUE(result.ok() || recorder.epochs.empty());
  return result.status();
}

TEST(CheckpointTest, OfAnotherTrainingIsRefusedByName) {
  const std::string options =
      "epochs: 3 batch_size: 5 class_weights { weights { key: '1' value: 2 "
      "} weights { key: '0' value: 3 } } ";
  const auto prepare = [](const std::string& layers, const std::string& text, BoundTable data,
                          std::optional<BoundTable> validation) {
    return Prepare(WithLoss(layers), text, std::move(data), std::move(validation));
  };
  const std::string checkpoint = CheckpointOf(prepare(kLayers, options, Classes(), Classes()));
  EXPECT_TRUE(Continue(prepare(kLayers, options, Classes(), Classes()), checkpoint).ok());
  EXPECT_TRUE(
      Continue(prepare(kLayers, options + "threads: 2", Classes(), Classes()), checkpoint).ok());
  const auto refused = [&](const TrainingJob& job) {
    const absl::Status status = Continue(job, checkpoint);
    EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition) << status;
    EXPECT_EQ(Reason(status), "OTHER_TRAINING");
    return std::string(status.message());
  };
  EXPECT_THAT(refused(prepare(kPlain, options, Classes(), Classes())), HasSubstr("network"));
  EXPECT_THAT(refused(prepare(kLayers, options + "seed: 1", Classes(), Classes())),
              HasSubstr("other options;"));
  EXPECT_THAT(refused(prepare(kLayers, options, Weighted(), Classes())), HasSubstr("other data;"));
  EXPECT_THAT(refused(prepare(kLayers, options, Classes(), Weighted())),
              HasSubstr("other validation data;"));
  EXPECT_THAT(refused(prepare(kLayers, options, Classes(), std::nullopt)),
              HasSubstr("other validation data;"));
}

// Small ones, of much that a checkpoint may hold.
std::vector<TrainingJob> SmallJobs() {
  const std::string hidden = "layers { dense { units: 2 activation { tanh {} } } } ";
  const std::string classes =
      WithLoss("layers { dense { units: 1 activation { logistic {} } } }", "binary_cross_entropy");
  return {
      Prepare(kLine,
              "epochs: 3 batch_size: 5 optimizer { rprop {} } schedule { reduce_on_plateau {} } "
              "metrics { r2 {} } metrics { root_mean_squared_error {} } "
              "early_stopping { restore_best: true }",
              Line()),
      Prepare(classes,
              "epochs: 3 batch_size: 2 metrics { roc_auc {} } metrics { f1 {} } metrics { "
              "accuracy {} }",
              MakeData(1, 1, {0, 0, 1, 1, 2, 0, 3, 1, 4, 1})),
      Prepare(hidden + kLine, "epochs: 5 optimizer { lbfgs { history_size: 2 } }", Line())};
}

TEST(CheckpointTest, DamagedIsRefused) {
  for (const TrainingJob& job : SmallJobs()) {
    const std::string checkpoint = CheckpointOf(job);
    ASSERT_TRUE(Continue(job, checkpoint).ok());
    for (size_t i = 0; i < checkpoint.size(); ++i) {
      EXPECT_EQ(Reason(Continue(job, checkpoint.substr(0, i))), "INVALID_CHECKPOINT") << i;
      std::string damaged = checkpoint;
      for (const int bits : {1, 0xff}) {
        damaged[i] = static_cast<char>(checkpoint[i] ^ bits);
        EXPECT_EQ(Reason(Continue(job, damaged)), "INVALID_CHECKPOINT") << i;
      }
    }
  }
}

// One whose seal is right whatever is in it: it is refused, or trained from to the end.
TEST(CheckpointTest, ForgedIsHarmless) {
  constexpr size_t kSeal = 32;
  for (const TrainingJob& job : SmallJobs()) {
    const std::string checkpoint = CheckpointOf(job);
    const std::string body = checkpoint.substr(0, checkpoint.size() - kSeal);
    const auto seal = [](const std::string& bytes) {
      return Digest(std::as_bytes(std::span(bytes)));
    };
    ASSERT_EQ(body + seal(body), checkpoint);
    int taken = 0;
    for (size_t i = 0; i < body.size(); ++i) {
      for (const int bits : {1, 0x80, 0xff}) {
        std::string forged = body;
        forged[i] = static_cast<char>(body[i] ^ bits);
        const absl::Status status = Continue(job, forged + seal(forged));
        if (status.ok()) {
          ++taken;
        } else {
          EXPECT_EQ(Reason(status), "INVALID_CHECKPOINT") << i;
        }
      }
    }
    EXPECT_GT(taken, 0);
  }
}

// ---- Starting from a network ------------------------------------------------------------------

TEST(CheckpointTest, StartsFromANetwork) {
  const std::string scaled = absl::StrCat("inputs { scaling { standardize {} } } ", kLayers);
  Recorder recorder;
  const TrainingResult trained =
      Prepare(WithLoss(scaled), "epochs: 3 batch_size: 5", Classes()).Run(recorder);
  ASSERT_TRUE(trained.network.has_value());
  // Other rows, so that their scaling would be another.
  const TrainingJob job = Prepare(WithLoss(scaled), "epochs: 3 batch_size: 5 seed: 8", Weighted(),
                                  std::nullopt, &*trained.network);
  const Told whole = RunWhole(job);
  v1::EpochReport start;
  ASSERT_TRUE(start.ParseFromString(whole.reports.at(0)));
  EXPECT_EQ(start.parameter_digest(), trained.last_epoch.parameter_digest());
  ExpectCheckpointsChangeNothing(job, 7);
}

TEST(CheckpointTest, StartsFromNoNetworkOfOtherShapes) {
  const auto network = [](const std::string& layers) {
    Recorder recorder;
    return *Prepare(WithLoss(layers), "epochs: 1", Classes()).Run(recorder).network;
  };
  const auto fault = [](const Network& initial) {
    const absl::Status status =
        TryPrepare(ParseNetwork(WithLoss("layers { name: 'a' dense { units: 7 } } "
                                         "layers { name: 'b' dense { units: 3 } }")),
                   ParseOptions("epochs: 1"), Classes(), std::nullopt, &initial)
            .status();
    EXPECT_THAT(Faults(status), ElementsAre("initial PARAMETERS_DIFFER"));
    return Descriptions(status);
  };
  EXPECT_THAT(fault(network("layers { dense { units: 3 } }")), HasSubstr("a.weights\", [7, 4]"));
  EXPECT_THAT(fault(network("layers { name: 'a' dense { units: 7 } } "
                            "layers { name: 'c' dense { units: 7 } } "
                            "layers { name: 'b' dense { units: 3 } }")),
              HasSubstr("b.weights\", [3, 7]"));
  EXPECT_THAT(fault(network("layers { name: 'a' dense { units: 7 } } "
                            "layers { name: 'b' dense { units: 3 use_bias: false } }")),
              HasSubstr("nothing for \"b.bias\", [3]"));
  EXPECT_THAT(fault(network("layers { name: 'a' dense { units: 7 } } "
                            "layers { name: 'b' dense { units: 3 activation { prelu {} } } }")),
              HasSubstr("which the network has not"));
}

}  // namespace
}  // namespace fnn::core
