// Every entry of Losses(), against numbers from outside (reference/formulas.py). A new loss needs
// no line here, but rows in reference/losses.csv.

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "core/ops/table.h"
#include "google/protobuf/descriptor.h"
#include "gtest/gtest.h"
#include "tests/core/kernels/instruction_sets.h"
#include "tests/core/testing.h"

namespace fnn::core {
namespace {

class LossTest : public testing::TestWithParam<LossOp> {
 protected:
  template <typename T>
  void ExpectReference() {
    const LossOp& op = GetParam();
    constexpr double kEpsilon = std::numeric_limits<T>::epsilon();
    constexpr double kMost = std::numeric_limits<T>::max();
    int points = 0;
    for (const auto& row : ReadReference("losses.csv")) {
      if (row.at(0) != op.name) continue;
      const std::vector<double> at = Numbers(row.at(1));
      if (!std::all_of(at.begin(), at.end(), [](double x) {
            return std::abs(x) <= kMost && static_cast<double>(static_cast<T>(x)) == x;
          })) {
        continue;
      }
      const std::vector<T> y(at.begin(), at.end());
      const std::vector<double> targets = Numbers(row.at(2));
      const std::vector<T> t(targets.begin(), targets.end());
      const T value = static_cast<T>(Numbers(row.at(3)).at(0));
      const std::vector<double> slopes = Numbers(row.at(4));
      ASSERT_EQ(slopes.size(), y.size());
      T loss = 3;
      std::vector<T> delta(y.size());
      const auto outputs = static_cast<int64_t>(y.size());
      op.kernels<T>().compute(1, outputs, y.data(), t.data(), &loss, delta.data());
      EXPECT_TRUE(Near(loss, value, 4 * kEpsilon, 8 * kEpsilon))
          << op.name << "(" << row[1] << "; " << row[2] << ") = " << loss << ", not " << value;
      for (size_t i = 0; i < y.size(); ++i) {
        EXPECT_TRUE(Near(delta[i], static_cast<T>(slopes[i]), 4 * kEpsilon, 4 * kEpsilon))
            << "slope of " << op.name << "(" << row[1] << "; " << row[2] << ")[" << i
            << "] = " << delta[i] << ", not " << slopes[i];
      }
      T without_slope = 3;
      op.kernels<T>().compute(1, outputs, y.data(), t.data(), &without_slope, nullptr);
      EXPECT_EQ(without_slope, loss);
      ++points;
    }
    EXPECT_GE(points, 40) << "tests/core/reference/losses.csv lacks rows for " << op.name;
  }

  template <typename T>
  void ExpectNanGivesNan() {
    const LossOp& op = GetParam();
    for (int at = 0; at < 3; ++at) {
      std::vector<T> y{1, -2, 3};
      y[at] = std::numeric_limits<T>::quiet_NaN();
      const std::vector<T> t{0, 1, 0};
      std::vector<T> delta(3);
      T loss = 0;
      op.kernels<T>().compute(1, 3, y.data(), t.data(), &loss, delta.data());
      EXPECT_TRUE(std::isnan(loss)) << op.name;
      EXPECT_TRUE(std::isnan(delta[at])) << op.name;
    }
  }

  // An infinite output is a training that has diverged: the loss must not look finite, unless the
  // target is on its side.
  template <typename T>
  void ExpectInfinityShows() {
    const LossOp& op = GetParam();
    const T infinity = std::numeric_limits<T>::infinity();
    const T y[2] = {-infinity, 1};
    const T t[2] = {1, 0};
    T loss = 0;
    op.kernels<T>().compute(1, 2, y, t, &loss, nullptr);
    EXPECT_FALSE(std::isfinite(loss)) << op.name;
  }
};

TEST_P(LossTest, EqualsTheReference) {
  AtEachInstructionSet([&](const std::string&) { ExpectReference<float>(); });
  ExpectReference<double>();
}

TEST_P(LossTest, NanGivesNan) {
  AtEachInstructionSet([&](const std::string&) { ExpectNanGivesNan<float>(); });
  ExpectNanGivesNan<double>();
}

TEST_P(LossTest, InfinityShows) {
  AtEachInstructionSet([&](const std::string&) { ExpectInfinityShows<float>(); });
  ExpectInfinityShows<double>();
}

TEST_P(LossTest, RowsAreApart) {
  const LossOp& op = GetParam();
  const double y[] = {0.5, -1, 2, 1, 0, -2};
  const double t[] = {0, 1, 0, 0.25, 0.25, 0.5};
  double together[2];
  double first = 0;
  double second = 0;
  double delta[6];
  double second_delta[3];
  op.kernels<double>().compute(2, 3, y, t, together, delta);
  op.kernels<double>().compute(1, 3, y, t, &first, nullptr);
  op.kernels<double>().compute(1, 3, y + 3, t + 3, &second, second_delta);
  EXPECT_EQ(together[0], first);
  EXPECT_EQ(together[1], second);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(second_delta[i], delta[3 + i]);
}

// The engine has the slope written over the outputs.
TEST_P(LossTest, DeltaMayTakeThePlaceOfOutputs) {
  const LossOp& op = GetParam();
  std::vector<float> y{0.5F, -1, 2, 1, 0, -2};
  const std::vector<float> t{0, 1, 0, 0.25F, 0.25F, 0.5F};
  std::vector<float> losses(2), delta(6), losses_in_place(2);
  op.kernels<float>().compute(2, 3, y.data(), t.data(), losses.data(), delta.data());
  op.kernels<float>().compute(2, 3, y.data(), t.data(), losses_in_place.data(), y.data());
  EXPECT_EQ(losses, losses_in_place);
  EXPECT_EQ(delta, y);
}

TEST_P(LossTest, EntryIsCompleteAndAgreesWithItsMessage) {
  const LossOp& op = GetParam();
  EXPECT_FALSE(op.formula.empty());
  EXPECT_NE(FindOp(Activations(), op.link), nullptr);
  EXPECT_GE(op.min_outputs, 1);
  EXPECT_NE(v1::Loss::descriptor()->FindFieldByName(std::string(op.name)), nullptr)
      << op.name << " has no field in fnn.v1.Loss";
}

INSTANTIATE_TEST_SUITE_P(All, LossTest, testing::ValuesIn(Losses().begin(), Losses().end()),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(LossesTest, EveryMessageHasAnEntry) {
  EXPECT_EQ(v1::Loss::descriptor()->FindOneofByName("kind")->field_count(),
            static_cast<int>(Losses().size()));
}

}  // namespace
}  // namespace fnn::core
