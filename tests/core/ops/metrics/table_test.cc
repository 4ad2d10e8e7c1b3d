// Every entry of Metrics(), against scikit-learn (reference/metrics.py). A new metric needs no line
// here, but rows in reference/metrics.csv.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <type_traits>
#include <vector>

#include "core/ops/metrics/class_of.h"
#include "core/ops/table.h"
#include "fnn/v1/training.pb.h"
#include "google/protobuf/descriptor.h"
#include "gtest/gtest.h"
#include "tests/core/testing.h"

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
double Measure(const MetricOp& op, const Arguments& arguments, int64_t outputs,
               const std::vector<T>& predictions, const std::vector<T>& targets,
               const std::vector<T>& weights = {}) {
  const auto rows = static_cast<int64_t>(predictions.size()) / outputs;
  const T* const w = weights.empty() ? nullptr : weights.data();
  const auto metric =
      op.make<T>(arguments, {.rows = rows, .outputs = outputs, .weighted = w != nullptr});
  double value = 0;
  for (int time = 0; time < 2; ++time) {
    metric->Clear();
    // In two parts, as batches come.
    metric->Add(1, outputs, predictions.data(), targets.data(), w);
    metric->Add(rows - 1, outputs, predictions.data() + outputs, targets.data() + outputs,
                w == nullptr ? w : w + 1);
    const double again = metric->Value();
    EXPECT_TRUE(time == 0 || value == again || std::isnan(value)) << op.name;
    value = again;
  }
  return value;
}

class MetricTest : public testing::TestWithParam<MetricOp> {
 protected:
  template <typename T>
  void ExpectReference() {
    const MetricOp& op = GetParam();
    int cases = 0;
    int weighted = 0;
    for (const auto& row : ReadReference("metrics.csv")) {
      if (row.at(0) != op.name) continue;
      ++cases;
      const std::vector<double> values = Numbers(row.at(1));
      ASSERT_EQ(values.size(), op.arguments.size()) << op.name;
      Arguments arguments{};
      std::copy(values.begin(), values.end(), arguments.begin());
      const std::vector<double> p = Numbers(row.at(3));
      const std::vector<double> t = Numbers(row.at(4));
      const std::vector<double> w = Numbers(row.at(5));
      if (!w.empty()) ++weighted;
      const bool extreme =
          std::any_of(p.begin(), p.end(), [](double x) { return x == 0 || x == 1; });
      // A float is moved further from 0 and 1 than a double.
      if (op.name == "log_loss" && extreme && std::is_same_v<T, float>) continue;
      const double got = Measure<T>(op, arguments, std::stoll(row.at(2)), {p.begin(), p.end()},
                                    {t.begin(), t.end()}, {w.begin(), w.end()});
      EXPECT_TRUE(Near(got, Numbers(row.at(6)).at(0), 1e-12, 1e-15))
          << op.name << "{" << row[1] << "} of " << row[3] << "; " << row[4] << " by " << row[5]
          << " is " << got << ", not " << row[6];
      if (!w.empty()) continue;
      const int64_t outputs = std::stoll(row.at(2));
      const double by_ones =
          Measure<T>(op, arguments, outputs, {p.begin(), p.end()}, {t.begin(), t.end()},
                     std::vector<T>(p.size() / outputs, 1));
      EXPECT_TRUE(by_ones == got || std::isnan(got)) << op.name << ": weights of 1 change it";
    }
    EXPECT_GE(cases - weighted, 10)
        << "tests/core/reference/metrics.csv lacks rows for " << op.name;
    EXPECT_GE(weighted, 10) << "tests/core/reference/metrics.csv lacks weighted rows for "
                            << "tests/core/reference/metrics.csv lacks rows for " << op.name;
  }
};

TEST_P(MetricTest, EqualsTheReference) {
  ExpectReference<double>();
  ExpectReference<float>();
}

// Of a training that has diverged.
TEST_P(MetricTest, TakesNan) {
  const MetricOp& op = GetParam();
  const std::vector<float> p(24, std::nanf(""));
  std::vector<float> t(24, 0);
  for (size_t i = 0; i < t.size(); i += 4) t[i] = 1;
  for (const int64_t outputs : {1, 2, 3}) {
    Measure<float>(op, DefaultArguments(op.arguments), outputs, p, t);
  }
}

TEST_P(MetricTest, AgreesWithItsMessage) {
  const MetricOp& op = GetParam();
  const auto* field = v1::Metric::descriptor()->FindFieldByName(std::string(op.name));
  ASSERT_NE(field, nullptr) << op.name << " has no field in fnn.v1.Metric";
  EXPECT_LE(op.arguments.size(), static_cast<size_t>(kMostArguments));
  EXPECT_EQ(field->message_type()->field_count(), static_cast<int>(op.arguments.size()));
  for (const Argument& argument : op.arguments) {
    EXPECT_NE(field->message_type()->FindFieldByName(std::string(argument.name)), nullptr)
        << op.name << "." << argument.name;
  }
}

INSTANTIATE_TEST_SUITE_P(All, MetricTest, testing::ValuesIn(Metrics().begin(), Metrics().end()),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(MetricsTest, ThoseThatKeepRowsSaySo) {
  const auto bytes = [](const char* name, int64_t rows, int64_t outputs) {
    return FindOp(Metrics(), name)->bytes({.rows = rows, .outputs = outputs}).value();
  };
  EXPECT_EQ(bytes("accuracy", 1000, 3), 0);
  EXPECT_EQ(bytes("roc_auc", 1000, 1), 1000 * (4 + 4 + 8));
  EXPECT_EQ(bytes("pr_auc", 1000, 10), 1000 * (40 + 4 + 8));
  EXPECT_EQ(bytes("pr_auc", INT64_MAX, 10), INT64_MAX);
  EXPECT_EQ(
      FindOp(Metrics(), "roc_auc")->bytes({.rows = 1000, .outputs = 1, .weighted = true}).value(),
      1000 * (4 + 4 + 8 + 4));
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
