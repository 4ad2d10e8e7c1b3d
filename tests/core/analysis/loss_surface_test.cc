#include "core/analysis/loss_surface.h"

#include <cmath>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "core/analysis/surface_directions.h"
#include "core/network.h"
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
                  const std::vector<float>& at) {
  const std::vector<double> parameters(at.begin(), at.end());
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

TEST(LossSurfaceTest, IsTheLossAtEachPoint) {
  Case one(kClassifier);
  v1::Loss squares;
  squares.mutable_mean_squared_error();
  v1::Loss entropy;
  entropy.mutable_cross_entropy();
  SurfaceOptions options;
  options.seed = 3;
  options.x = {.points = 10};
  options.y = SurfaceOptions::Line{.low = -0.5, .high = 0.75, .points = 5};
  options.losses = {entropy, squares};
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

  const Plan& plan = *one.problem.plan;
  const Direction a = FilterNormalized(plan, one.parameters, 3, 0);
  const Direction b = FilterNormalized(plan, one.parameters, 3, 1);
  for (size_t l = 0; l < options.losses.size(); ++l) {
    v1::Network network = plan.network();
    *network.mutable_outputs(0)->mutable_loss() = options.losses[l];
    const auto other = CompileOrDie(network, plan.input_width());
    const auto samples = Samples::Create(*other, one.problem.samples.data());
    ASSERT_TRUE(samples.ok());
    for (const v1::SurfaceRow& row : one.watcher.rows) {
      for (int i = 0; i < frame.x_size(); ++i) {
        std::vector<float> at = one.parameters;
        for (size_t p = 0; p < at.size(); ++p) {
          at[p] = static_cast<float>(one.parameters[p] + frame.x(i) * a[p] +
                                     frame.y(static_cast<int>(row.index())) * b[p]);
        }
        const double loss = DirectLoss(other, *samples, at);
        EXPECT_NEAR(row.values(static_cast<int>(l)).loss(i), loss, 1e-6 * loss);
      }
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
  const double start = DirectLoss(one.problem.plan, one.problem.samples, one.parameters);
  EXPECT_NEAR(middle.values(0).loss(0), start, 1e-6 * start);
  TrainingResult result = [&] {
    Watcher quiet;
    class Nobody : public TrainingObserver {
      void OnEpoch(const v1::EpochReport&) override {}
      void OnBatch(int64_t, int64_t, int64_t, double) override {}
      bool ShouldStop() override { return false; }
    } nobody;
    return job.Run(nobody);
  }();
  const double end =
      DirectLoss(one.problem.plan, one.problem.samples, result.network->parameters());
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
  options.losses.emplace_back().mutable_binary_cross_entropy();
  EXPECT_FALSE(Faults(one.Compute(options)).empty());
  options.losses.clear();
  options.most_bytes = 1000;
  EXPECT_EQ(Reason(one.Compute(options)), "SURFACE_TOO_LARGE");
  options.most_bytes = int64_t{1} << 30;
  std::fill(one.parameters.begin(), one.parameters.end(), 0);
  EXPECT_EQ(Reason(one.Compute(options)), "NO_DIRECTION");
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
