#include "core/network.h"

#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/train/evaluator.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/core/testing.h"

namespace fnn::core {
namespace {

using ::testing::ElementsAre;

bool Go(int64_t /*done*/, int64_t /*rows*/) { return true; }

Network Make(const std::string& text, int64_t features, std::vector<float> parameters) {
  return Network(CompileOrDie(ParseNetwork(text), features), std::move(parameters));
}

google::protobuf::RepeatedPtrField<v1::Metric> AllMetrics() {
  google::protobuf::RepeatedPtrField<v1::Metric> metrics;
  metrics.Add()->mutable_mean_squared_error();
  metrics.Add()->mutable_accuracy();
  return metrics;
}

TEST(NetworkTest, PredictsAsByHand) {
  const Network network = Make(
      "layers { dense { units: 2 activation { relu {} } } } layers { dense { units: 1 } } "
      "outputs { loss { mean_squared_error {} } }",
      2, {1, 2, /**/ -1, 1, /*bias*/ 0.5, -0.5, /*second*/ 3, -2, /*bias*/ 10});
  // (1, 1): relu(3.5), relu(-0.5) -> 20.5; (2, 3): relu(8.5), relu(0.5) -> 34.5.
  EXPECT_THAT(network.Predict(std::vector<float>{1, 1, 2, 3}), ElementsAre(20.5, 34.5));
  EXPECT_THAT(network.Predict(std::vector<float>{}), ElementsAre());
}

TEST(NetworkTest, PredictsProbabilities) {
  const std::string dense = "layers { dense { units: 2 use_bias: false ";
  for (const char* rest : {"} }", "activation { softmax {} } } }"}) {
    const Network network =
        Make(absl::StrCat(dense, rest, "outputs { loss { cross_entropy {} } }"), 1, {1, 0});
    const std::vector<float> y = network.Predict(std::vector<float>{2});
    EXPECT_NEAR(y[0], 1 / (1 + std::exp(-2.0)), 1e-6);
    EXPECT_NEAR(y[1], 1 / (1 + std::exp(2.0)), 1e-6);
  }
  for (const char* rest : {"} }", "activation { logistic {} } } }"}) {
    const Network network =
        Make(absl::StrCat(dense, rest, "outputs { loss { binary_cross_entropy {} } }"), 1, {1, 0});
    const std::vector<float> y = network.Predict(std::vector<float>{2});
    EXPECT_NEAR(y[0], 1 / (1 + std::exp(-2.0)), 1e-6);
    EXPECT_EQ(y[1], 0.5);
  }
  // Softmax under a loss that takes no logits is applied once.
  const Network brier =
      Make(dense + "activation { softmax {} } } } outputs { loss { mean_squared_error {} } }", 1,
           {1, 0});
  EXPECT_NEAR(brier.Predict(std::vector<float>{2})[0], 1 / (1 + std::exp(-2.0)), 1e-6);
}

TEST(NetworkTest, RowsDoNotDependOnTheirBatch) {
  const Network network = [] {
    const auto plan =
        CompileOrDie(ParseNetwork("layers { dense { units: 33 activation { tanh {} } } }"
                                  "layers { dense { units: 7 activation { softmax {} } } }"
                                  "outputs { loss { cross_entropy {} } }"),
                     19);
    std::vector<float> parameters(plan->parameter_count());
    plan->Initialize<float>(1, parameters);
    return Network(plan, parameters);
  }();
  constexpr int64_t kRows = 600;  // Two full batches and a part.
  ASSERT_EQ(EvaluationBatch(network.plan()), 256);
  std::vector<float> x(kRows * 19);
  for (size_t i = 0; i < x.size(); ++i) x[i] = std::sin(static_cast<float>(i));
  const std::vector<float> all = network.Predict(x);
  ASSERT_EQ(all.size(), kRows * 7u);
  for (const int64_t r : {0, 1, 255, 256, 511, 512, 599}) {
    const std::vector<float> alone = network.Predict(std::span(x).subspan(r * 19, 19));
    for (int64_t o = 0; o < 7; ++o) EXPECT_EQ(alone[o], all[r * 7 + o]) << r;
  }
}

TEST(NetworkTest, ClassifiesRows) {
  const Network several = Make(
      "layers { dense { units: 3 } } outputs { loss { cross_entropy {} } "
      "class_names: ['a', 'b', 'c'] }",
      1, std::vector<float>(6));
  const v1::PredictedClass b = several.Classify(std::vector<float>{.2F, .5F, .3F});
  EXPECT_EQ(b.index(), 1);
  EXPECT_EQ(b.name(), "b");
  EXPECT_FLOAT_EQ(static_cast<float>(b.probability()), .5F);

  const Network one =
      Make("layers { dense { units: 1 } } outputs { loss { binary_cross_entropy {} } }", 1, {0, 0});
  const v1::PredictedClass yes = one.Classify(std::vector<float>{.75F});
  EXPECT_EQ(yes.index(), 1);
  EXPECT_EQ(yes.name(), "");
  EXPECT_EQ(yes.probability(), .75);
  EXPECT_EQ(one.Classify(std::vector<float>{.5F}).index(), 1);
  const v1::PredictedClass no = one.Classify(std::vector<float>{.25F});
  EXPECT_EQ(no.index(), 0);
  EXPECT_EQ(no.probability(), .75);
}

// Two classes told by the sign of x: predicted 1 where x > 0.
Network Sign(const std::string& names = "") {
  return Make("layers { dense { units: 2 use_bias: false } } outputs { loss { cross_entropy {} } " +
                  names + " }",
              1, {0, 1});
}

TEST(EvaluateTest, LossMetricsAndConfusion) {
  const Network network = Sign("class_names: ['minus', 'plus']");
  const BoundTable data = MakeData(1, 1, {-1, 0, -2, 1, 3, 1, 4, 1, 5, 0, -6, 0, 7, 1});
  const auto out = network.Evaluate(data, AllMetrics(), FieldPath("metrics"), Go);
  ASSERT_TRUE(out.ok()) << out.status();
  EXPECT_EQ(out->rows(), 7);
  double loss = 0;
  double squares = 0;
  for (int64_t r = 0; r < 7; ++r) {
    const double x = data.table->at(r, 0);
    const bool plus = data.table->at(r, 1) == 1;
    const double p = 1 / (1 + std::exp(-x));
    loss -= std::log(plus ? p : 1 - p) / 7;
    squares += (p - plus) * (p - plus) / 7;  // Twice over two outputs.
  }
  EXPECT_NEAR(out->loss(), loss, 1e-6);
  ASSERT_EQ(out->metrics_size(), 2);
  EXPECT_EQ(out->metrics(0).name(), "mean_squared_error");
  EXPECT_NEAR(out->metrics(0).value(), squares, 1e-6);
  EXPECT_EQ(out->metrics(1).name(), "accuracy");
  EXPECT_DOUBLE_EQ(out->metrics(1).value(), 5.0 / 7);
  EXPECT_THAT(out->confusion_matrix().classes(), ElementsAre("minus", "plus"));
  EXPECT_THAT(out->confusion_matrix().counts(), ElementsAre(2, 1, 1, 3));
  ASSERT_EQ(out->class_reports_size(), 2);
  EXPECT_EQ(out->class_reports(1).name(), "plus");
  EXPECT_EQ(out->class_reports(1).recall(), 0.75);
  EXPECT_EQ(out->model_version(), "");
}

TEST(EvaluateTest, ConfusionOfOneOutputAndOfOneHotMse) {
  const Network one =
      Make("layers { dense { units: 1 } } outputs { loss { binary_cross_entropy {} } }", 1, {1, 0});
  const auto a = one.Evaluate(MakeData(1, 1, {-1, 0, 1, 1, 2, 0}), {}, FieldPath("m"), Go);
  ASSERT_TRUE(a.ok()) << a.status();
  EXPECT_EQ(a->metrics(0).name(), "accuracy");
  EXPECT_THAT(a->confusion_matrix().classes(), ElementsAre("0", "1"));
  EXPECT_THAT(a->confusion_matrix().counts(), ElementsAre(1, 1, 0, 1));

  const Network mse =
      Make("layers { dense { units: 3 } } outputs { loss { mean_squared_error {} } }", 1,
           {1, 2, 3, 0, 0, 0});
  const auto b = mse.Evaluate(MakeData(1, 1, {1, 2, -1, 2}), {}, FieldPath("m"), Go);
  ASSERT_TRUE(b.ok()) << b.status();
  EXPECT_THAT(b->confusion_matrix().counts(), ElementsAre(0, 0, 0, 0, 0, 0, 1, 0, 1));
}

TEST(EvaluateTest, RegressionHasNoClasses) {
  const Network network =
      Make("layers { dense { units: 1 } } outputs { loss { mean_squared_error {} } }", 1, {1, 0});
  const auto out = network.Evaluate(MakeData(1, 1, {1, 3, 2, 2}), {}, FieldPath("m"), Go);
  ASSERT_TRUE(out.ok());
  EXPECT_EQ(out->loss(), 2);
  EXPECT_EQ(out->metrics(0).name(), "mean_squared_error");
  EXPECT_FALSE(out->has_confusion_matrix());
  EXPECT_EQ(out->class_reports_size(), 0);
  const auto refused = network.Evaluate(MakeData(1, 1, {1, 3}), AllMetrics(), FieldPath("m"), Go);
  EXPECT_THAT(Faults(refused.status()), ElementsAre("m[1].accuracy NOT_CLASSES"));
}

TEST(EvaluateTest, TheConfusionOfTooManyClassesIsLeftOut) {
  const Network network =
      Make("layers { dense { units: 1001 use_bias: false } } outputs { loss { cross_entropy {} } }",
           1, std::vector<float>(1001));
  const auto out = network.Evaluate(MakeData(1, 1, {1, 1000}), {}, FieldPath("m"), Go);
  ASSERT_TRUE(out.ok());
  EXPECT_FALSE(out->has_confusion_matrix());
  EXPECT_EQ(out->class_reports_size(), 0);
  EXPECT_NEAR(out->loss(), std::log(1001), 1e-5);
}

TEST(EvaluateTest, DataMustFit) {
  EXPECT_THAT(Faults(Sign().Evaluate(MakeData(2, 1, {1, 2, 0}), {}, FieldPath("m"), Go).status()),
              ElementsAre("data.features WRONG_WIDTH"));
  EXPECT_THAT(Faults(Sign().Evaluate(MakeData(1, 1, {1, 2}), {}, FieldPath("m"), Go).status()),
              ElementsAre("data.targets OUT_OF_RANGE"));
}

TEST(EvaluateTest, ProgressAndCancelling) {
  std::vector<float> values(2 * 600);
  std::vector<std::pair<int64_t, int64_t>> seen;
  const auto done = Sign().Evaluate(MakeData(1, 1, values), {}, FieldPath("m"),
                                    [&](int64_t rows_done, int64_t rows) {
                                      seen.emplace_back(rows_done, rows);
                                      return true;
                                    });
  ASSERT_TRUE(done.ok());
  EXPECT_THAT(seen, ElementsAre(std::pair(0, 600), std::pair(256, 600), std::pair(512, 600)));
  const auto cancelled =
      Sign().Evaluate(MakeData(1, 1, values), {}, FieldPath("m"),
                      [](int64_t rows_done, int64_t /*rows*/) { return rows_done == 0; });
  EXPECT_EQ(cancelled.status().code(), absl::StatusCode::kCancelled);
  EXPECT_EQ(Reason(cancelled.status()), "CANCELLED");
}

TEST(EvaluateTest, BatchesGrowSmallForWideNetworks) {
  const auto batch = [](int64_t units) {
    return EvaluationBatch(
        *CompileOrDie(ParseNetwork(absl::StrCat("layers { dense { units: ", units,
                                                " } } outputs { loss { mean_squared_error {} } }")),
                      1));
  };
  EXPECT_EQ(batch(1), 256);
  EXPECT_EQ(batch(1 << 20), 4);
  EXPECT_EQ(batch(1 << 24), 1);
}

TEST(NetworkTest, APredictionThatIsStoppedGivesNothing) {
  const auto plan = CompileOrDie(
      ParseNetwork("layers { dense { units: 2 } } outputs { loss { mean_squared_error {} } }"), 1);
  const Network network(plan, std::vector<float>{1, 2, 0, 0});
  const std::vector<float> x(1000, 1);
  int asked = 0;
  EXPECT_EQ(network.Predict(x, [&] { return ++asked == 3; }), std::nullopt);
  EXPECT_EQ(asked, 3);
  EXPECT_EQ(network.Predict(x, [] { return false; }), network.Predict(x));
}

}  // namespace
}  // namespace fnn::core
