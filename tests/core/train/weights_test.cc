// Sample and class weights: against PyTorch (reference/weighted_losses.py), against rows that are
// there several times, and what is refused.

#include "core/train/weights.h"

#include <cmath>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "core/network.h"
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
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr int64_t kRows = kReferenceRows;
constexpr int64_t kFeatures = kReferenceFeatures;

float SampleWeight(int64_t r) { return static_cast<float>((r * 7 + 3) % 5) / 4; }

// A table whose last column is the weight, or whose rows are all there `copies(r)` times.
class Rows {
 public:
  Rows(int64_t features, int64_t targets) : features_(features), targets_(targets) {}
  void Add(const std::vector<float>& row, int64_t copies = 1) {
    for (int64_t i = 0; i < copies; ++i) values_.insert(values_.end(), row.begin(), row.end());
  }
  BoundTable Unweighted() const { return MakeData(features_, targets_, values_); }
  BoundTable Weighted() const {
    BoundTable data = MakeData(features_, targets_ + 1, values_);
    data.weight = data.targets.back();
    data.weight_path = FieldPath("data.weight");
    data.targets.pop_back();
    return data;
  }

 private:
  int64_t features_, targets_;
  std::vector<float> values_;
};

// The reports of a training from the script's parameters.
template <typename T>
std::vector<v1::EpochReport> Train(const LossOp& loss, BoundTable data, const std::string& text) {
  const auto plan = CompileOrDie(ParseNetwork(ReferenceNetwork(loss.name, "tanh")), kFeatures);
  auto samples = Samples::Create(*plan, std::move(data));
  EXPECT_TRUE(samples.ok()) << samples.status();
  const v1::TrainingOptions message = ParseOptions(text);
  auto options = ResolveOptions(message, samples->rows(), samples->classes(), FieldPath("options"));
  EXPECT_TRUE(options.ok()) << options.status();
  const absl::Status status =
      ResolveWeights(message, *plan, FieldPath("options"), *samples, nullptr);
  EXPECT_TRUE(status.ok()) << status;
  options->step.weighted = samples->weighted();
  SoloTeam team;
  Trainer<T> trainer(plan, *options, *samples, nullptr, team);
  trainer.SetParameters(ReferenceParameters<T>(plan->parameter_count()));
  Recorder recorder;
  EXPECT_EQ(trainer.Run(recorder), TrainingOutcome::kCompleted);
  return recorder.epochs;
}

template <typename T>
void ExpectPyTorch(double tolerance) {
  std::map<std::string, std::vector<v1::EpochReport>> trained;
  for (const auto& row : ReadReference("weighted_losses.csv")) {
    const LossOp& loss = *FindOp(Losses(), row.at(0));
    std::vector<v1::EpochReport>& reports = trained[row[0] + row.at(1)];
    if (reports.empty()) {
      Rows rows(kFeatures, ReferenceTargets(loss));
      for (int64_t r = 0; r < kRows; ++r) {
        std::vector<float> values = ReferenceRow(loss, r);
        if (row[1] != "class") values.push_back(SampleWeight(r));
        rows.Add(values);
      }
      const char* const classes =
          "class_weights { weights { key: '0' value: 0.5 } weights { key: '1' value: 2 } "
          "weights { key: '2' value: 1.25 } }";
      reports =
          Train<T>(loss, row[1] == "class" ? rows.Unweighted() : rows.Weighted(),
                   absl::StrFormat("optimizer { learning_rate: %s sgd {} } epochs: 5 batch_size: 8 "
                                   "shuffle: false %s",
                                   row.at(2), row[1] == "sample" ? "" : classes));
    }
    const double expected = std::stod(row.at(4));
    EXPECT_NEAR(reports.at(std::stoi(row.at(3))).train_loss() / expected, 1, tolerance)
        << row[0] << " " << row[1] << " epoch " << row[3];
  }
  EXPECT_EQ(trained.size(), 5u);
}

TEST(WeightsTest, DoubleEqualsPyTorchTo1e10) { ExpectPyTorch<double>(1e-10); }
TEST(WeightsTest, FloatEqualsPyTorchTo1e5) { ExpectPyTorch<float>(1e-5); }

class LossWeightsTest : public testing::TestWithParam<LossOp> {};

// A row of weight k is k rows, to every loss, and to metrics.
TEST_P(LossWeightsTest, AreCopies) {
  const LossOp& loss = GetParam();
  Rows weighted(kFeatures, ReferenceTargets(loss));
  Rows copied(kFeatures, ReferenceTargets(loss));
  int64_t copies = 0;
  for (int64_t r = 0; r < kRows; ++r) {
    const int64_t k = (r * 7 + 3) % 4;
    std::vector<float> row = ReferenceRow(loss, r);
    copied.Add(row, k);
    copies += k;
    row.push_back(static_cast<float>(k));
    weighted.Add(row);
  }
  const auto options = [](int64_t batch) {
    return absl::StrCat(
        "optimizer { learning_rate: 0.0625 momentum {} } epochs: 8 shuffle: false batch_size: ",
        batch, " regularization { l2: 0.01 } metrics { mean_squared_error {} } metrics { r2 {} }");
  };
  const auto expected = Train<double>(loss, copied.Unweighted(), options(copies));
  const auto got = Train<double>(loss, weighted.Weighted(), options(kRows));
  const auto in_float = Train<float>(loss, weighted.Weighted(), options(kRows));
  for (size_t e = 0; e < expected.size(); ++e) {
    EXPECT_NEAR(got[e].train_loss() / expected[e].train_loss(), 1, 1e-11) << e;
    EXPECT_NEAR(in_float[e].train_loss() / expected[e].train_loss(), 1, 1e-5) << e;
    for (int m = 0; m < 2; ++m) {
      const double metric = expected[e].train_metrics(m).value();
      EXPECT_NEAR(got[e].train_metrics(m).value() / metric, 1, 1e-11) << e;
      EXPECT_NEAR(in_float[e].train_metrics(m).value() / metric, 1, 1e-4) << e;
    }
  }
}

// Not even the last bit of a float.
TEST_P(LossWeightsTest, OfOneChangeNothing) {
  const LossOp& loss = GetParam();
  Rows weighted(kFeatures, ReferenceTargets(loss));
  Rows plain(kFeatures, ReferenceTargets(loss));
  for (int64_t r = 0; r < kRows; ++r) {
    std::vector<float> row = ReferenceRow(loss, r);
    plain.Add(row);
    row.push_back(1);
    weighted.Add(row);
  }
  const std::string options = "epochs: 4 batch_size: 8 optimizer { sgd {} }";
  auto expected = Train<float>(loss, plain.Unweighted(), options);
  auto got = Train<float>(loss, weighted.Weighted(), options);
  for (size_t e = 0; e < expected.size(); ++e) {
    expected[e].clear_timing();
    got[e].clear_timing();
    EXPECT_EQ(got[e].ShortDebugString(), expected[e].ShortDebugString());
  }
}

INSTANTIATE_TEST_SUITE_P(All, LossWeightsTest, testing::ValuesIn(Losses().begin(), Losses().end()),
                         [](const auto& info) { return std::string(info.param.name); });

constexpr char kLinear[] =
    "layers { dense { units: 1 } } outputs { loss { mean_squared_error {} } }";
constexpr char kClassifier[] =
    "layers { dense { units: 64 activation { tanh {} } } } layers { dense { units: 64 activation { "
    "relu {} } } } layers { dense { units: 3 } } outputs { loss { cross_entropy {} } class_names: "
    "['cat', 'dog', 'eel'] }";

absl::StatusOr<TrainingJob> Prepare(const std::string& network, const std::string& options,
                                    BoundTable data,
                                    std::optional<BoundTable> validation = std::nullopt) {
  return TrainingJob::Prepare({.network = ParseNetwork(network),
                               .network_path = FieldPath("network"),
                               .options = ParseOptions(options),
                               .options_path = FieldPath("options"),
                               .data = std::move(data),
                               .validation = std::move(validation),
                               .max_threads = 4});
}

v1::EpochReport LastEpoch(const std::string& network, const std::string& options, BoundTable data) {
  const auto job = Prepare(network, options, std::move(data));
  EXPECT_TRUE(job.ok()) << job.status();
  Recorder recorder;
  EXPECT_EQ(job->Run(recorder).outcome, TrainingOutcome::kCompleted);
  return recorder.epochs.back();
}

// x, y and weight.
BoundTable Lines(const std::vector<std::vector<float>>& rows) {
  Rows out(1, 1);
  for (const auto& row : rows) out.Add(row);
  return out.Weighted();
}

TEST(WeightsTest, ABatchThatWeighsNothingHasNoGradient) {
  const std::vector<float> a = {1, 3, 1};
  const std::vector<float> b = {-2, 1, 2};
  const std::string steps = "epochs: 1 batch_size: 2 shuffle: false ";
  const std::string sgd = steps + "optimizer { learning_rate: 0.1 sgd {} } ";
  const auto alone = LastEpoch(kLinear, sgd, Lines({a, b}));
  const auto before = LastEpoch(kLinear, sgd, Lines({{5, 7, 0}, {2, 9, 0}, a, b}));
  EXPECT_EQ(before.parameter_digest(), alone.parameter_digest());
  EXPECT_EQ(before.train_loss(), alone.train_loss());
  EXPECT_EQ(before.train_metrics(0).value(), alone.train_metrics(0).value());
  // What does not come from the loss goes on.
  for (const std::string& options :
       {sgd + "regularization { l2: 0.1 }", steps + "optimizer { momentum {} }"}) {
    EXPECT_NE(LastEpoch(kLinear, options, Lines({a, b, {5, 7, 0}, {2, 9, 0}})).parameter_digest(),
              LastEpoch(kLinear, options, Lines({a, b})).parameter_digest())
        << options;
  }
}

TEST(WeightsTest, ARowOfWeightZeroHasNoPartWhateverItHolds) {
  const std::string options = "epochs: 3 shuffle: false optimizer { learning_rate: 0.1 sgd {} } ";
  const auto expected =
      LastEpoch(kLinear, options + "batch_size: 2", Lines({{1, 3, 1}, {-2, 1, 2}}));
  const auto got = LastEpoch(kLinear, options + "batch_size: 3",
                             Lines({{1, 3, 1}, {-2, 1, 2}, {1, 1e30F, 0}}));  // Its loss is inf.
  EXPECT_EQ(got.train_loss(), expected.train_loss());
  EXPECT_EQ(got.parameter_digest(), expected.parameter_digest());
}

// Four features, a class, and a weight.
BoundTable Animals(int64_t rows, float weight = -1) {
  Rows out(kFeatures, 1);
  for (int64_t r = 0; r < rows; ++r) {
    std::vector<float> row;
    for (int64_t c = 0; c < kFeatures; ++c) {
      row.push_back(static_cast<float>((r * 31 + c * 17) % 23 - 11) / 8);
    }
    row.push_back(static_cast<float>(r / 3 % 5 == 0 ? 2 : r / 3 % 5 == 1 ? 1 : 0));
    row.push_back(weight >= 0 ? weight : SampleWeight(r));
    out.Add(row);
  }
  return out.Weighted();
}
BoundTable Unweighted(BoundTable data) {
  data.weight.reset();
  return data;
}

TEST(WeightsTest, ResultsDoNotDependOnTheTeam) {
  const auto job = Prepare(kClassifier,
                           "epochs: 2 batch_size: 700 validation_fraction: 0.2 class_weights { "
                           "balanced: true } metrics { accuracy {} } metrics { roc_auc {} }",
                           Animals(1500));
  ASSERT_TRUE(job.ok()) << job.status();
  EXPECT_GT(job->threads(), 1);
  const auto run = [&](Team& team) {
    Recorder recorder;
    EXPECT_EQ(job->Run(recorder, team).outcome, TrainingOutcome::kCompleted);
    recorder.epochs.back().clear_timing();
    return recorder.epochs.back().ShortDebugString();
  };
  SoloTeam alone;
  const std::string expected = run(alone);
  CorePool pool(4);
  for (const int most : {2, 3, 4}) EXPECT_EQ(run(*pool.Join(most)), expected) << most;
}

TEST(WeightsTest, ABatchInChunksIsThatOfTheReference) {
  const LossOp& loss = *FindOp(Losses(), "cross_entropy");
  const std::string options =
      "epochs: 3 batch_size: 9000 optimizer { learning_rate: 0.1 sgd {} } class_weights { "
      "balanced: true } gradient_clipping { norm: 0.05 }";
  const auto expected = Train<double>(loss, Animals(9500), options);
  const auto got = Train<float>(loss, Animals(9500), options);
  for (size_t e = 0; e < got.size(); ++e) {
    EXPECT_NEAR(got[e].train_loss() / expected[e].train_loss(), 1, 1e-5) << e;
  }
}

// Of 20 rows 9 are cats, 5 dogs, 6 eels.
TEST(WeightsTest, BalancedIsByTheCounts) {
  const std::string options = "epochs: 2 batch_size: 7 ";
  const auto balanced =
      LastEpoch(kClassifier, options + "class_weights { balanced: true }", Unweighted(Animals(20)));
  const auto named =
      LastEpoch(kClassifier,
                options + absl::StrFormat("class_weights { weights { key: 'cat' value: %.17g } "
                                          "weights { key: 'dog' value: %.17g } weights { key: "
                                          "'eel' value: %.17g } }",
                                          20 / (3.0 * 9), 20 / (3.0 * 5), 20 / (3.0 * 6)),
                Unweighted(Animals(20)));
  EXPECT_EQ(balanced.parameter_digest(), named.parameter_digest());
  EXPECT_EQ(balanced.train_loss(), named.train_loss());
}

TEST(WeightsTest, ClassWeightsAreInTheValidationLossAndSampleWeightsEverywhere) {
  const auto job = Prepare(kClassifier,
                           "epochs: 1 class_weights { weights { key: 'dog' value: 5 } } metrics { "
                           "log_loss {} } metrics { f1 {} }",
                           Animals(50), Animals(50));
  ASSERT_TRUE(job.ok()) << job.status();
  Recorder recorder;
  const TrainingResult result = job->Run(recorder);
  const v1::EpochReport& start = recorder.epochs.at(0);
  EXPECT_EQ(start.train_loss(), start.validation_loss());
  EXPECT_GT(std::abs(start.train_loss() - start.train_metrics(0).value()), 1e-3);
  // Evaluating knows of no class weights.
  const v1::EpochReport& end = recorder.epochs.at(1);
  const auto metrics = ParseOptions("metrics { log_loss {} } metrics { f1 {} }").metrics();
  const auto progress = [](int64_t, int64_t) { return true; };
  const auto weighted =
      result.network->Evaluate(Animals(50), metrics, FieldPath("metrics"), progress);
  ASSERT_TRUE(weighted.ok()) << weighted.status();
  EXPECT_NEAR(weighted->loss(), end.validation_metrics(0).value(), 1e-5);
  EXPECT_EQ(weighted->metrics(0).value(), end.validation_metrics(0).value());
  EXPECT_EQ(weighted->metrics(1).value(), end.validation_metrics(1).value());
  const auto plain =
      result.network->Evaluate(Unweighted(Animals(50)), metrics, FieldPath("metrics"), progress);
  EXPECT_GT(std::abs(plain->loss() - weighted->loss()), 1e-3);
  EXPECT_EQ(plain->confusion_matrix().ShortDebugString(),
            weighted->confusion_matrix().ShortDebugString());
  // The metric is the mean of what the reports say, both by the weights of the rows.
  double f1 = 0;
  for (const v1::ClassReport& report : weighted->class_reports()) f1 += report.f1();
  EXPECT_NEAR(f1 / weighted->class_reports_size(), weighted->metrics(1).value(), 1e-12);
  EXPECT_NE(plain->class_reports(0).support(), weighted->class_reports(0).support());
}

// ---- What is refused ----------------------------------------------------------------------------

std::vector<std::string> FaultsOf(const std::string& network, const std::string& class_weights,
                                  BoundTable data, const std::string& more = "") {
  return Faults(Prepare(network, absl::StrCat("class_weights { ", class_weights, " } ", more),
                        std::move(data))
                    .status());
}

TEST(WeightsTest, NamesClassesThatAreNotThere) {
  const std::string fish = "weights { key: 'fish' value: 2 } weights { key: '0' value: 1 }";
  EXPECT_THAT(FaultsOf(kClassifier, fish, Animals(20)),
              ElementsAre("options.class_weights.weights[\"0\"] UNKNOWN_CLASS",
                          "options.class_weights.weights[\"fish\"] UNKNOWN_CLASS"));
  EXPECT_THAT(
      Descriptions(Prepare(kClassifier, "class_weights { " + fish + " }", Animals(20)).status()),
      HasSubstr("the classes are called \"cat\", \"dog\", \"eel\""));
  const std::string nameless =
      "layers { dense { units: 3 } } outputs { loss { cross_entropy {} } }";
  for (const char* name : {"3", "-1", "+1", " 1", "01", "", "9999999999999999999"}) {
    const auto job =
        Prepare(nameless, absl::StrCat("class_weights { weights { key: '", name, "' value: 2 } }"),
                Animals(20));
    EXPECT_THAT(Faults(job.status()), ElementsAre(absl::StrCat("options.class_weights.weights[\"",
                                                               name, "\"] UNKNOWN_CLASS")));
    EXPECT_THAT(Descriptions(job.status()), HasSubstr("are called \"0\" to \"2\""));
  }
  EXPECT_THAT(FaultsOf(nameless, "weights { key: '2' value: 2 }", Animals(20)), IsEmpty());
}

TEST(WeightsTest, RefusesClassWeightsOutOfRange) {
  for (const char* value : {"-1", "nan", "inf", "1e39"}) {
    EXPECT_THAT(FaultsOf(kClassifier, absl::StrCat("weights { key: 'dog' value: ", value, " }"),
                         Animals(20)),
                ElementsAre("options.class_weights.weights[\"dog\"] OUT_OF_RANGE"));
  }
  EXPECT_THAT(FaultsOf(kClassifier, "", Animals(20)),
              ElementsAre("options.class_weights REQUIRED"));
  EXPECT_THAT(FaultsOf(kClassifier, "balanced: true weights { key: 'dog' value: 2 }", Animals(20)),
              ElementsAre("options.class_weights.balanced NOT_ALLOWED"));
}

TEST(WeightsTest, ClassWeightsNeedClasses) {
  EXPECT_THAT(FaultsOf(kLinear, "balanced: true", Lines({{1, 2, 3}, {2, 3, 4}})),
              ElementsAre("options.class_weights NOT_CLASSES"));
  EXPECT_THAT(FaultsOf("layers { dense { units: 1 } } outputs { loss { hinge {} } }",
                       "weights { key: '1' value: 2 }", Lines({{1, 1, 3}, {2, -1, 4}})),
              ElementsAre("options.class_weights NOT_CLASSES"));
  EXPECT_THAT(FaultsOf("layers { dense { units: 1 } } outputs { loss { binary_cross_entropy {} } }",
                       "weights { key: '1' value: 2 }", Lines({{1, 1, 3}, {2, 0, 4}})),
              IsEmpty());
}

TEST(WeightsTest, SomethingMustWeighSomething) {
  const std::string none =
      "weights { key: 'cat' value: 0 } weights { key: 'dog' value: 0 } weights { key: 'eel' "
      "value: 0 }";
  EXPECT_THAT(FaultsOf(kClassifier, none, Unweighted(Animals(20))),
              ElementsAre("options.class_weights NO_WEIGHT"));
  EXPECT_THAT(FaultsOf(kClassifier, none, Animals(20)), ElementsAre("data.weight NO_WEIGHT"));
  EXPECT_THAT(Faults(Prepare(kLinear, "", Lines({{1, 2, 0}, {2, 3, 0}})).status()),
              ElementsAre("data.weight NO_WEIGHT"));
  EXPECT_THAT(Faults(Prepare(kLinear, "", Lines({{1, 2, 1e-40F}, {2, 3, 0}})).status()),
              ElementsAre("data.weight NO_WEIGHT"));
  // Either way, one part is without.
  for (const char* seed : {"seed: 0", "seed: 1", "seed: 2", "seed: 3"}) {
    const auto job = Prepare(kLinear, absl::StrCat(seed, " validation_fraction: 0.5"),
                             Lines({{1, 2, 0}, {2, 3, 1}}));
    EXPECT_THAT(Faults(job.status()), ElementsAre("data.weight NO_WEIGHT")) << seed;
  }
}

TEST(WeightsTest, RefusesSampleWeightsOutOfRange) {
  const auto job = Prepare(kLinear, "", Lines({{1, 2, 0}, {2, 3, -0.5}}));
  EXPECT_THAT(Faults(job.status()), ElementsAre("data.weight OUT_OF_RANGE"));
  EXPECT_THAT(Descriptions(job.status()),
              HasSubstr("row 1 (from 0) of column \"y1\" is -0.5; a sample's weight must be >= 0"));
  // A product that no float holds.
  EXPECT_THAT(FaultsOf(kClassifier, "weights { key: 'cat' value: 1e30 }", Animals(20, 1e30F)),
              ElementsAre("data.weight OUT_OF_RANGE"));
}

TEST(WeightsTest, VeryLargeWeightsTrain) {
  const auto report = LastEpoch(kLinear, "epochs: 2 optimizer { sgd {} }",
                                Lines({{1, 2, 3e38F}, {2, 3, 3e38F}, {3, 3, 1e-30F}}));
  EXPECT_TRUE(std::isfinite(report.train_loss()));
}

TEST(WeightsTest, TheirMemoryIsInTheEstimate) {
  const auto bytes = [](BoundTable data) {
    return Prepare(kClassifier, "metrics { roc_auc {} }", std::move(data))->memory_bytes();
  };
  // Of a batch's rows, and of each row twice: as trained on, and as measured.
  EXPECT_EQ(bytes(Animals(1000)) - bytes(Unweighted(Animals(1000))), 32 * 4 + 2 * 1000 * 4);
}

}  // namespace
}  // namespace fnn::core
