#include <string>
#include <vector>

#include "core/ops/metrics/class_of.h"
#include "core/ops/table.h"
#include "fnn/v1/training.pb.h"
#include "google/protobuf/descriptor.h"
#include "gtest/gtest.h"

namespace fnn::core {
namespace {

TEST(ClassOfTest, IsTheFirstOfTheLargest) {
  const float rows[] = {1, 3, 2, 5, 5, 5, 0, 0, 1};
  EXPECT_EQ(ClassOf(3, rows), 1);
  EXPECT_EQ(ClassOf(3, rows + 3), 0);
  EXPECT_EQ(ClassOf(3, rows + 6), 2);
}

TEST(ClassOfTest, OfOneValueIsWhetherItIsAtLeastHalf) {
  const float values[] = {0.49999997F, 0.5F, 0, 1};
  EXPECT_EQ(ClassOf(1, values), 0);
  EXPECT_EQ(ClassOf(1, values + 1), 1);
  EXPECT_EQ(ClassOf(1, values + 2), 0);
  EXPECT_EQ(ClassOf(1, values + 3), 1);
}

template <typename T>
double Measure(const char* name, int64_t outputs, const std::vector<T>& predictions,
               const std::vector<T>& targets) {
  const auto metric = FindOp(Metrics(), name)->make<T>();
  const auto rows = static_cast<int64_t>(predictions.size()) / outputs;
  // In two parts, as batches come.
  metric->Add(1, outputs, predictions.data(), targets.data());
  metric->Add(rows - 1, outputs, predictions.data() + outputs, targets.data() + outputs);
  return metric->Value();
}

TEST(MetricsTest, Accuracy) {
  EXPECT_EQ(Measure<float>("accuracy", 2, {.9F, .1F, .2F, .8F, .6F, .4F, .5F, .5F},
                           {1, 0, 0, 1, 0, 1, 1, 0}),
            0.75);
  EXPECT_EQ(Measure<double>("accuracy", 1, {.9, .5, .1, .4}, {1, 1, 0, 1}), 0.75);
  EXPECT_TRUE(FindOp(Metrics(), "accuracy")->needs_classes);
}

TEST(MetricsTest, MeanSquaredError) {
  EXPECT_DOUBLE_EQ(Measure<float>("mean_squared_error", 2, {1, 2, 3, 4, 0, 0}, {1, 0, 0, 4, 1, 0}),
                   (4.0 + 9 + 1) / 6);
  EXPECT_DOUBLE_EQ(Measure<double>("mean_squared_error", 1, {1, 2, 3}, {1, 2, 5}), 4.0 / 3);
  EXPECT_FALSE(FindOp(Metrics(), "mean_squared_error")->needs_classes);
}

TEST(MetricsTest, EveryEntryHasAMessageAndTheOtherWayRound) {
  const auto* kind = v1::Metric::descriptor()->FindOneofByName("kind");
  EXPECT_EQ(kind->field_count(), static_cast<int>(Metrics().size()));
  for (int i = 0; i < kind->field_count(); ++i) {
    EXPECT_NE(FindOp(Metrics(), kind->field(i)->name()), nullptr) << kind->field(i)->name();
  }
}

}  // namespace
}  // namespace fnn::core
