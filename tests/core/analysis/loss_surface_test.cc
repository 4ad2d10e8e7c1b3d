#include "core/analysis/loss_surface.h"

#include <cmath>
#include <limits>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_split.h"
#include "core/analysis/surface_directions.h"
#include "core/network.h"
#include "core/random/permutation.h"
#include "core/reference/training.h"
#include "gtest/gtest.h"
#include "tests/core/autodiff/problem.h"
#include "tests/core/testing.h"

namespace fnn::core {
namespace {

const char kClassifier[] =
    "layers { name: 'hidden' dense { units: 6 activation { tanh {} } } } "
    "layers { name: 'last' dense { units: 3 activation { softmax {} } } } "
    "outputs { loss { cross_entropy {} } }";

class Watcher : public SurfaceObserver {
 public:
  void OnProgress(int64_t done, int64_t /*epochs*/) override { epochs.push_back(done); }
  void OnFrame(v1::SurfaceFrame f) override { frame = std::move(f); }
  void OnRow(v1::SurfaceRow row) override { rows.push_back(std::move(row)); }
  bool ShouldStop() override { return ++asked > stop_after; }

  std::vector<int64_t> epochs;
  v1::SurfaceFrame frame;
  std::vector<v1::SurfaceRow> rows;
  int64_t asked = 0;
  int64_t stop_after = INT64_MAX;
};

class Nobody : public TrainingObserver {
  void OnEpoch(const v1::EpochReport&) override {}
  void OnBatch(int64_t, int64_t, int64_t, double) override {}
  bool ShouldStop() override { return false; }
};

struct Case {
  explicit Case(const std::string& network)
      : problem(MakeProblem(network, {.features = 4, .classes = 3, .rows = 40})),
        parameters(problem.parameters.begin(), problem.parameters.end()) {}

  absl::Status Compute(const SurfaceOptions& options, const TrainingJob* training = nullptr) {
    watcher = Watcher();
    return ComputeLossSurface(problem.plan, parameters, problem.samples, options, training,
                              FieldPath("request"), watcher);
  }
  TrainingJob Job(const std::string& options) const {
    const Network start(problem.plan, parameters);
    auto job = TrainingJob::Prepare({.network = problem.plan->network(),
                                     .network_path = FieldPath("network"),
                                     .options = ParseOptions(options),
                                     .options_path = FieldPath("training"),
                                     .data = problem.samples.data(),
                                     .validation = std::nullopt,
                                     .initial = &start});
    EXPECT_TRUE(job.ok()) << job.status();
    return *std::move(job);
  }

  GradientProblem problem;
  std::vector<float> parameters;
  Watcher watcher;
};

// The mean loss in double, straight from the definition.
double DirectLoss(const std::shared_ptr<const Plan>& plan, const Samples& samples,
                  const std::vector<double>& parameters) {
  SoloTeam alone;
  ReferenceInference inference(plan, 1, samples.rows());
  std::vector<double> predictions(samples.rows() * plan->output_width());
  std::vector<double> targets(predictions.size());
  std::vector<double> losses(samples.rows());
  inference.Measure(parameters.data(), samples, 0, samples.rows(), alone, predictions.data(),
                    targets.data(), losses.data());
  double sum = 0;
  for (const double loss : losses) sum += loss;
  return sum / static_cast<double>(losses.size());
}

std::vector<double> InDouble(std::span<const float> values) {
  return {values.begin(), values.end()};
}

// Cross-entropy and squares.
std::vector<v1::Loss> TwoLosses() {
  std::vector<v1::Loss> out(2);
  out[0].mutable_cross_entropy();
  out[1].mutable_mean_squared_error();
  return out;
}

// The surface that was computed is that of the losses around `center`, in random directions.
void ExpectDirectLosses(const Case& one, const std::vector<float>& center,
                        const SurfaceOptions& options) {
  const Plan& plan = *one.problem.plan;
  const v1::SurfaceFrame& frame = one.watcher.frame;
  const Direction a = FilterNormalized(plan, center, options.seed, 0);
  const Direction b = FilterNormalized(plan, center, options.seed, 1);
  for (size_t l = 0; l < options.losses.size(); ++l) {
    v1::Network network = plan.network();
    *network.mutable_outputs(0)->mutable_loss() = options.losses[l];
    const auto other = CompileOrDie(network, plan.input_width());
    const auto samples = Samples::Create(*other, one.problem.samples.data());
    ASSERT_TRUE(samples.ok());
    for (const v1::SurfaceRow& row : one.watcher.rows) {
      for (int i = 0; i < frame.x_size(); ++i) {
        std::vector<double> at = InDouble(center);
        for (size_t p = 0; p < at.size(); ++p) {
          at[p] += frame.x(i) * a[p] + frame.y(static_cast<int>(row.index())) * b[p];
        }
        const double loss = DirectLoss(other, *samples, at);
        EXPECT_NEAR(row.values(static_cast<int>(l)).loss(i), loss, 1e-9 * loss);
      }
    }
  }
}

TEST(LossSurfaceTest, IsTheLossAtEachPoint) {
  Case one(kClassifier);
  SurfaceOptions options;
  options.seed = 3;
  options.x = {.points = 10};
  options.y = SurfaceOptions::Line{.low = -0.5, .high = 0.75, .points = 5};
  options.losses = TwoLosses();
  const absl::Status status = one.Compute(options);
  ASSERT_TRUE(status.ok()) << status;
  const v1::SurfaceFrame& frame = one.watcher.frame;
  ASSERT_EQ(frame.x_size(), 10);
  ASSERT_EQ(frame.y_size(), 5);
  EXPECT_EQ(frame.x(0), -1);
  EXPECT_EQ(frame.x(9), 1);
  EXPECT_EQ(frame.y(4), 0.75);
  EXPECT_EQ(frame.losses(0), "cross_entropy");
  EXPECT_EQ(frame.losses(1), "mean_squared_error");
  EXPECT_EQ(frame.rows(), 40);
  EXPECT_TRUE(frame.trajectory().empty());
  ASSERT_EQ(one.watcher.rows.size(), 5u);
  ExpectDirectLosses(one, one.parameters, options);
}

// Little is left of either loss, of which float would keep few digits.
TEST(LossSurfaceTest, IsAsExactAtTheBottomOfAValley) {
  Case one(
      "layers { dense { units: 16 activation { tanh {} } } } "
      "layers { dense { units: 3 activation { softmax {} } } } "
      "outputs { loss { cross_entropy {} } }");
  const TrainingJob job =
      one.Job("epochs: 200 batch_size: 40 optimizer { adam {} learning_rate: 0.1 }");
  Nobody nobody;
  const TrainingResult trained = job.Run(nobody);
  SurfaceOptions options;
  options.seed = 5;
  options.x = {.low = -0.02, .high = 0.02, .points = 5};
  options.y = SurfaceOptions::Line{.low = -0.02, .high = 0.02, .points = 3};
  options.losses = TwoLosses();
  ASSERT_TRUE(one.Compute(options, &job).ok());
  EXPECT_LT(one.watcher.rows[1].values(0).loss(2), 1e-3);
  EXPECT_LT(one.watcher.rows[1].values(1).loss(2), 1e-6);
  ExpectDirectLosses(one, trained.network->parameters(), options);
}

TEST(LossSurfaceTest, IsThatOfNumPy) {
  for (const std::vector<std::string>& cells : ReadReference("surface_losses.csv")) {
    const std::vector<double> parameters = Numbers(cells[0]);
    std::vector<float> table;
    const std::vector<double> classes = Numbers(cells[2]);
    size_t row = 0;
    for (const absl::string_view features : absl::StrSplit(cells[1], ';')) {
      for (const double x : Numbers(std::string(features))) table.push_back(static_cast<float>(x));
      table.push_back(static_cast<float>(classes[row++]));
    }
    const auto plan =
        CompileOrDie(ParseNetwork("layers { dense { units: 7 activation { tanh {} } } } "
                                  "layers { dense { units: 3 activation { softmax {} } } } "
                                  "outputs { loss { cross_entropy {} } }"),
                     4);
    const auto samples = Samples::Create(*plan, MakeData(4, 1, std::move(table)));
    ASSERT_TRUE(samples.ok()) << samples.status();
    const std::vector<double> x = Numbers(cells[4]);
    const std::vector<double> y = Numbers(cells[5]);
    SurfaceOptions options;
    options.seed = std::stoull(cells[3]);
    options.x = {.low = x.front(), .high = x.back(), .points = static_cast<int64_t>(x.size())};
    options.y = SurfaceOptions::Line{
        .low = y.front(), .high = y.back(), .points = static_cast<int64_t>(y.size())};
    options.losses = TwoLosses();
    Watcher watcher;
    ASSERT_TRUE(ComputeLossSurface(plan, {parameters.begin(), parameters.end()}, *samples, options,
                                   nullptr, FieldPath(), watcher)
                    .ok());
    ASSERT_EQ(watcher.rows.size(), y.size());
    for (int loss = 0; loss < 2; ++loss) {
      size_t r = 0;
      for (const absl::string_view line : absl::StrSplit(cells[6 + loss], ';')) {
        const std::vector<double> expected = Numbers(std::string(line));
        ASSERT_EQ(expected.size(), x.size());
        for (size_t i = 0; i < expected.size(); ++i) {
          EXPECT_NEAR(watcher.rows[r].values(loss).loss(static_cast<int>(i)), expected[i],
                      1e-9 * expected[i]);
        }
        ++r;
      }
      EXPECT_EQ(r, y.size());
    }
  }
}

TEST(LossSurfaceTest, ALineHasOneRow) {
  Case one(kClassifier);
  SurfaceOptions options;
  options.x = {.low = 0, .high = 1, .points = 3};
  options.rows = 7;
  ASSERT_TRUE(one.Compute(options).ok());
  ASSERT_EQ(one.watcher.rows.size(), 1u);
  EXPECT_EQ(one.watcher.frame.y_size(), 1);
  EXPECT_EQ(one.watcher.frame.rows(), 7);
  const double seven = one.watcher.rows[0].values(0).loss(0);
  options.rows_seed = 1;
  ASSERT_TRUE(one.Compute(options).ok());
  EXPECT_NE(one.watcher.rows[0].values(0).loss(0), seven);  // Of other rows.
}

TEST(LossSurfaceTest, AlongATrainingItLeadsFromStartToEnd) {
  Case one(kClassifier);
  const TrainingJob job = one.Job("epochs: 6 optimizer { sgd {} learning_rate: 0.5 }");
  SurfaceOptions options;
  options.directions = v1::SURFACE_DIRECTIONS_TRAINING;
  options.x = {.low = 0, .high = 1, .points = 3};
  options.y = SurfaceOptions::Line{.points = 3};
  ASSERT_TRUE(one.Compute(options, &job).ok());
  EXPECT_EQ(one.watcher.epochs, (std::vector<int64_t>{0, 1, 2, 3, 4, 5, 6}));
  const auto& way = one.watcher.frame.trajectory();
  ASSERT_EQ(way.size(), 7);
  EXPECT_NEAR(way[0].x(), 0, 1e-12);
  EXPECT_NEAR(way[0].y(), 0, 1e-12);
  EXPECT_NEAR(way[6].x(), 1, 1e-12);
  EXPECT_NEAR(way[6].y(), 0, 1e-12);
  const v1::SurfaceRow& middle = one.watcher.rows[1];
  const double start = DirectLoss(one.problem.plan, one.problem.samples, InDouble(one.parameters));
  EXPECT_NEAR(middle.values(0).loss(0), start, 1e-6 * start);
  Nobody nobody;
  const TrainingResult result = job.Run(nobody);
  const double end =
      DirectLoss(one.problem.plan, one.problem.samples, InDouble(result.network->parameters()));
  EXPECT_LT(end, start);
  EXPECT_NEAR(middle.values(0).loss(2), end, 1e-6 * end);
}

TEST(LossSurfaceTest, ThePrincipalPlaneHoldsTheWay) {
  Case one(kClassifier);
  const TrainingJob job = one.Job("epochs: 8");
  SurfaceOptions options;
  options.directions = v1::SURFACE_DIRECTIONS_PRINCIPAL;
  options.x = {.points = 5};
  options.y = SurfaceOptions::Line{.points = 4};
  ASSERT_TRUE(one.Compute(options, &job).ok());
  const v1::SurfaceFrame& frame = one.watcher.frame;
  ASSERT_EQ(frame.explained_variance_size(), 2);
  EXPECT_GT(frame.explained_variance(0), frame.explained_variance(1));
  EXPECT_LE(frame.explained_variance(0) + frame.explained_variance(1), 1 + 1e-12);
  ASSERT_EQ(frame.trajectory_size(), 9);
  EXPECT_EQ(frame.trajectory(8).x(), 0);
  for (const v1::SurfacePoint& point : frame.trajectory()) {
    EXPECT_GT(point.x(), frame.x(0));
    EXPECT_LT(point.x(), frame.x(4));
    EXPECT_GT(point.y(), frame.y(0));
    EXPECT_LT(point.y(), frame.y(3));
  }
}

TEST(LossSurfaceTest, ALongWayIsThinnedOut) {
  Case one(kClassifier);
  const TrainingJob job = one.Job("epochs: 1003 optimizer { sgd {} learning_rate: 0.01 }");
  SurfaceOptions options;
  options.directions = v1::SURFACE_DIRECTIONS_TRAINING;
  options.x = {.points = 2};
  ASSERT_TRUE(one.Compute(options, &job).ok());
  const auto& way = one.watcher.frame.trajectory();
  ASSERT_EQ(way.size(), 1 + 334 + 1);  // 0, 3, 6, ..., 1002, and 1003.
  EXPECT_NEAR(way[0].x(), 0, 1e-12);
  EXPECT_NEAR(way[335].x(), 1, 1e-12);
  EXPECT_LT(way[334].x(), 1);
}

TEST(LossSurfaceTest, WhatCanNotBeIsRefused) {
  Case one(kClassifier);
  SurfaceOptions options;
  options.x = {.low = 2, .points = 3};
  EXPECT_EQ(Faults(one.Compute(options)), std::vector<std::string>{"request.x.high OUT_OF_RANGE"});
  options.x = {.points = 3};
  options.losses = TwoLosses();
  options.losses[1].mutable_binary_cross_entropy();  // Not of softmax.
  EXPECT_EQ(Faults(one.Compute(options)),
            std::vector<std::string>{"request.losses[1].binary_cross_entropy NOT_LOGITS"});
  options.losses[1].mutable_focal()->set_gamma(-1);
  EXPECT_EQ(Faults(one.Compute(options)),
            std::vector<std::string>{"request.losses[1].focal.gamma OUT_OF_RANGE"});
  options.losses[1].Clear();
  EXPECT_EQ(Faults(one.Compute(options)), std::vector<std::string>{"request.losses[1] REQUIRED"});
  options.losses.clear();
  options.most_bytes = 1000;
  EXPECT_EQ(Reason(one.Compute(options)), "SURFACE_TOO_LARGE");
  options.most_bytes = int64_t{1} << 30;
  std::fill(one.parameters.begin(), one.parameters.end(), 0);
  EXPECT_EQ(Reason(one.Compute(options)), "NO_DIRECTION");
}

// Rows that weigh something, and the only one that is drawn weighs 0.
TEST(LossSurfaceTest, RowsThatAllWeighNothingAreRefused) {
  const GradientProblem problem =
      MakeProblem(kClassifier, {.features = 4, .classes = 3, .rows = 40});
  std::vector<float> values;
  for (int64_t r = 0; r < 40; ++r) {
    for (int64_t c = 0; c < 5; ++c) values.push_back(problem.samples.data().table->at(r, c));
    values.push_back(0);
  }
  const int64_t drawn = Permutation(40, RandomStream(0, Purpose::kShuffle, 1))(0);
  values[drawn == 0 ? 11 : 5] = 1;  // Another's.
  BoundTable table = MakeData(4, 2, std::move(values));
  table.weight = table.targets.back();
  table.targets.pop_back();
  const auto samples = Samples::Create(*problem.plan, table);
  ASSERT_TRUE(samples.ok()) << samples.status();
  SurfaceOptions options;
  options.x = {.points = 3};
  options.rows = 1;
  Watcher watcher;
  const auto compute = [&] {
    return ComputeLossSurface(problem.plan, {problem.parameters.begin(), problem.parameters.end()},
                              *samples, options, nullptr, FieldPath("request"), watcher);
  };
  EXPECT_EQ(Faults(compute()), std::vector<std::string>{"request.rows NO_WEIGHT"});
  EXPECT_TRUE(watcher.rows.empty());
  options.rows = 40;
  EXPECT_TRUE(compute().ok());
}

// How many names of classes there are depends on the loss.
TEST(LossSurfaceTest, NamesOfClassesDoNotStandInTheWayOfALoss) {
  const GradientProblem problem = MakeProblem(
      "layers { dense { units: 1 } } "
      "outputs { loss { binary_cross_entropy {} } class_names: 'no' class_names: 'yes' }",
      {.features = 4, .classes = 2, .rows = 10});
  SurfaceOptions options;
  options.x = {.points = 3};
  options.losses = {TwoLosses()[1]};
  Watcher watcher;
  const absl::Status status =
      ComputeLossSurface(problem.plan, {problem.parameters.begin(), problem.parameters.end()},
                         problem.samples, options, nullptr, FieldPath(), watcher);
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_EQ(watcher.rows.size(), 1u);
}

TEST(LossSurfaceTest, ATrainingThatDivergesSaysSo) {
  Case one(
      "layers { dense { units: 3 } } layers { dense { units: 3 } } "
      "outputs { loss { mean_squared_error {} } }");
  const TrainingJob job = one.Job("epochs: 400 optimizer { sgd {} learning_rate: 1000 }");
  SurfaceOptions options;
  options.directions = v1::SURFACE_DIRECTIONS_TRAINING;
  EXPECT_EQ(Reason(one.Compute(options, &job)), "DIVERGED");
}

TEST(LossSurfaceTest, StopsWhereverItIs) {
  for (const int64_t after : {0, 5, 20, 40}) {
    Case one(kClassifier);
    const TrainingJob job = one.Job("epochs: 3");
    one.watcher = Watcher();
    one.watcher.stop_after = after;
    SurfaceOptions options;
    options.x = {.points = 51};
    const absl::Status status =
        ComputeLossSurface(one.problem.plan, one.parameters, one.problem.samples, options, &job,
                           FieldPath("request"), one.watcher);
    EXPECT_EQ(status.code(), absl::StatusCode::kCancelled) << after;
  }
}

TEST(LossSurfaceTest, OptionsAreChecked) {
  v1::ComputeLossSurfaceRequest request;
  request.set_rows(0);
  request.mutable_x()->set_points(1);
  request.mutable_x()->set_low(std::numeric_limits<double>::quiet_NaN());
  request.mutable_y()->set_points(1002);
  request.mutable_y()->set_high(2e6);
  request.set_directions(v1::SURFACE_DIRECTIONS_PRINCIPAL);
  for (int i = 0; i < 5; ++i) request.add_losses();
  EXPECT_EQ(
      Faults(ResolveSurface(request, FieldPath()).status()),
      (std::vector<std::string>{"training REQUIRED", "rows OUT_OF_RANGE", "x.low OUT_OF_RANGE",
                                "x.points OUT_OF_RANGE", "y.high OUT_OF_RANGE",
                                "y.points OUT_OF_RANGE", "losses TOO_MANY"}));
  request = {};
  request.mutable_training()->set_validation_fraction(0.5);
  request.set_directions(static_cast<v1::SurfaceDirections>(99));
  EXPECT_EQ(Faults(ResolveSurface(request, FieldPath()).status()),
            (std::vector<std::string>{"directions UNKNOWN_VALUE", "training NOT_ALLOWED"}));
  EXPECT_TRUE(ResolveSurface({}, FieldPath()).ok());
}

}  // namespace
}  // namespace fnn::core
