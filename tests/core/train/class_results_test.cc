// What evaluations say of each class, against scikit-learn (reference/class_reports.py).

#include "core/train/class_results.h"

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "fnn/v1/prediction_service.pb.h"
#include "gtest/gtest.h"
#include "tests/core/testing.h"

namespace fnn::core {
namespace {

// Of a classifier of so many outputs, from rows that come in two parts, as batches do.
template <typename T>
v1::Evaluation Results(int64_t outputs, const std::vector<double>& p, const std::vector<double>& t,
                       const std::vector<double>& w) {
  const auto plan =
      CompileOrDie(ParseNetwork(absl::StrCat(
                       "layers { dense { units: ", outputs, " } } outputs { loss { ",
                       outputs == 1 ? "binary_cross_entropy" : "cross_entropy", " {} } }")),
                   1);
  const std::vector<T> predictions(p.begin(), p.end());
  const std::vector<T> targets(t.begin(), t.end());
  const std::vector<T> weights(w.begin(), w.end());
  const T* const first = weights.empty() ? nullptr : weights.data();
  ClassResults results(*plan);
  results.Add(1, predictions.data(), targets.data(), first);
  results.Add(static_cast<int64_t>(p.size()) / outputs - 1, predictions.data() + outputs,
              targets.data() + outputs, first == nullptr ? first : first + 1);
  v1::Evaluation out;
  results.WriteTo(out);
  return out;
}

template <typename T>
class ClassResultsTest : public testing::Test {};
using Numbers32And64 = testing::Types<float, double>;
TYPED_TEST_SUITE(ClassResultsTest, Numbers32And64);

TYPED_TEST(ClassResultsTest, EqualScikitLearn) {
  int weighted = 0;
  int absent = 0;
  for (const auto& row : ReadReference("class_reports.csv")) {
    const std::vector<double> w = Numbers(row.at(3));
    if (!w.empty()) ++weighted;
    const v1::Evaluation results =
        Results<TypeParam>(std::stoll(row.at(0)), Numbers(row.at(1)), Numbers(row.at(2)), w);
    const std::vector<double> precision = Numbers(row.at(4));
    const std::vector<double> recall = Numbers(row.at(5));
    const std::vector<double> f1 = Numbers(row.at(6));
    const std::vector<double> support = Numbers(row.at(7));
    ASSERT_EQ(results.class_reports_size(), static_cast<int>(support.size()));
    ASSERT_EQ(results.confusion_matrix().classes_size(), results.class_reports_size());
    for (size_t c = 0; c < support.size(); ++c) {
      const v1::ClassReport& report = results.class_reports(static_cast<int>(c));
      EXPECT_EQ(report.name(), absl::StrCat(c));
      EXPECT_TRUE(Near(report.precision(), precision[c], 1e-14, 0)) << report.ShortDebugString();
      EXPECT_TRUE(Near(report.recall(), recall[c], 1e-14, 0)) << report.ShortDebugString();
      EXPECT_TRUE(Near(report.f1(), f1[c], 1e-14, 0)) << report.ShortDebugString();
      EXPECT_EQ(report.support(), support[c]);
      if (support[c] == 0) ++absent;
    }
  }
  EXPECT_GE(weighted, 10);
  EXPECT_GE(absent, 10) << "classes that are 0 / 0";
}

TYPED_TEST(ClassResultsTest, TheConfusionMatrixCountsRowsWhateverTheyWeigh) {
  const v1::Evaluation results =
      Results<TypeParam>(2, {1, 0, 0, 1, 1, 0}, {1, 0, 1, 0, 0, 1}, {0.5, 2, 0});
  const auto& counts = results.confusion_matrix().counts();
  EXPECT_EQ(std::vector<int64_t>(counts.begin(), counts.end()), (std::vector<int64_t>{1, 1, 1, 0}));
  EXPECT_EQ(results.class_reports(0).support(), 2.5);
  EXPECT_EQ(results.class_reports(0).recall(), 0.2);
  EXPECT_EQ(results.class_reports(0).precision(), 1);
  EXPECT_EQ(results.class_reports(1).support(), 0);
}

}  // namespace
}  // namespace fnn::core
