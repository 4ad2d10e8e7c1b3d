// Every entry of Activations(), against numbers from outside (reference/formulas.py). A new
// activation needs no line here, but rows in reference/activations.csv; and its name among kHarder
// where the last bits can't be right.

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <string>
#include <type_traits>
#include <vector>

#include "absl/strings/string_view.h"
#include "core/ops/layers/table.h"
#include "core/ops/table.h"
#include "google/protobuf/descriptor.h"
#include "gtest/gtest.h"
#include "tests/core/kernels/instruction_sets.h"
#include "tests/core/testing.h"

namespace fnn::core {
namespace {

template <typename T>
std::vector<T> Cast(const std::vector<double>& values) {
  return std::vector<T>(values.begin(), values.end());
}

// Whether a T holds every value exactly.
template <typename T>
bool Exact(const std::vector<double>& values) {
  return std::all_of(values.begin(), values.end(), [](double x) {
    return !std::isfinite(x) ||
           (std::abs(x) <= static_cast<double>(std::numeric_limits<T>::max()) &&
            static_cast<double>(static_cast<T>(x)) == x);
  });
}

// How far a value or a slope may be from the reference: relative to it, and beside that.
struct Tolerance {
  double relative;
  double absolute;
  double absolute_slope;
};

// For x the net input, and deltas of at most `largest`.
template <typename T>
Tolerance ToleranceFor(const ActivationOp& op, double x, double largest) {
  // Those that rightly lose more than the last bits: what multiplies the net input by a number
  // close to 0, and differences near 0.
  static constexpr absl::string_view kHarder[] = {
      "swish", "silu", "mish", "gelu", "gelu_tanh", "gelu_logistic", "tanh_shrink", "log_softmax"};
  if (std::find(std::begin(kHarder), std::end(kHarder), op.name) != std::end(kHarder)) {
    constexpr bool kFloat = std::is_same_v<T, float>;
    const double absolute = (kFloat ? 1e-7 : 1e-15) * std::max(1.0, std::abs(x));
    return {kFloat ? 1e-6 : 1e-13, absolute, absolute * largest};
  }
  constexpr double kEpsilon = std::numeric_limits<T>::epsilon();
  return {4 * kEpsilon, std::numeric_limits<T>::denorm_min(), 4 * kEpsilon * largest};
}

class ActivationTest : public testing::TestWithParam<ActivationOp> {
 protected:
  // Compares values and slopes with the reference; gives the number of rows compared.
  template <typename T>
  void ExpectReference() {
    const ActivationOp& op = GetParam();
    int points = 0;
    for (const auto& row : ReadReference("activations.csv")) {
      if (row.at(0) != op.name || !Exact<T>(Numbers(row.at(1)))) continue;
      const std::vector<T> z = Cast<T>(Numbers(row[1]));
      std::vector<T> delta = Cast<T>(Numbers(row[2]));
      const std::vector<T> activity = Cast<T>(Numbers(row.at(3)));
      const std::vector<T> slope = Cast<T>(Numbers(row.at(4)));
      ASSERT_EQ(z.size(), activity.size());
      Arguments arguments = Defaults(op);
      const std::vector<double> given = Numbers(row.at(5));
      std::copy(given.begin(), given.end(), arguments.begin());
      const auto units = static_cast<int64_t>(z.size());
      std::vector<T> a(z.size());
      op.kernels<T>().forward(arguments, 1, units, z.data(), a.data());
      const T largest = *std::max_element(delta.begin(), delta.end());
      op.kernels<T>().backward(arguments, 1, units, z.data(), a.data(), delta.data());
      for (size_t i = 0; i < z.size(); ++i) {
        const Tolerance tolerance = ToleranceFor<T>(op, z[i], largest);
        EXPECT_TRUE(Near(a[i], activity[i], tolerance.relative, tolerance.absolute))
            << op.name << "(" << row[1] << "; " << row[5] << ")[" << i << "] = " << a[i] << ", not "
            << activity[i];
        EXPECT_TRUE(Near(delta[i], slope[i], tolerance.relative, tolerance.absolute_slope))
            << "slope of " << op.name << "(" << row[1] << "; " << row[5] << ")[" << i
            << "] = " << delta[i] << ", not " << slope[i];
      }
      // The two arrays may be the same.
      std::vector<T> in_place = z;
      op.kernels<T>().forward(arguments, 1, units, in_place.data(), in_place.data());
      for (size_t i = 0; i < z.size(); ++i) EXPECT_TRUE(Near(in_place[i], a[i], 0, 0));
      if (op.slope_from_activity) {
        std::vector<T> from_activity = Cast<T>(Numbers(row[2]));
        op.kernels<T>().backward(arguments, 1, units, a.data(), a.data(), from_activity.data());
        for (size_t i = 0; i < z.size(); ++i) {
          EXPECT_TRUE(std::isnan(a[i]) || Near(from_activity[i], delta[i], 0, 0));
        }
      }
      if (given.empty()) ++points;
    }
    EXPECT_GE(points, 40) << "tests/core/reference/activations.csv lacks rows for " << op.name;
  }

  template <typename T>
  void ExpectNanGivesNan() {
    const ActivationOp& op = GetParam();
    for (int at = 0; at < 3; ++at) {
      std::vector<T> z{1, -2, 3};
      z[at] = std::numeric_limits<T>::quiet_NaN();
      std::vector<T> a(3);
      std::vector<T> delta(3, 1);
      op.kernels<T>().forward(Defaults(op), 1, 3, z.data(), a.data());
      op.kernels<T>().backward(Defaults(op), 1, 3, z.data(), a.data(), delta.data());
      EXPECT_TRUE(std::isnan(a[at])) << op.name;
      EXPECT_TRUE(op.name == "identity" || std::isnan(delta[at])) << op.name;
    }
  }

  // Rows have nothing to do with each other, and no finite input gives NaN.
  template <typename T>
  void ExpectRowsAreApart() {
    const ActivationOp& op = GetParam();
    constexpr T kMost = std::numeric_limits<T>::max();
    const std::vector<T> z{0, 1, -1, kMost, -kMost, kMost, -3, -kMost, -kMost, 7, 7, 7};
    std::vector<T> together(z.size());
    std::vector<T> delta(z.size(), 2);
    op.kernels<T>().forward(Defaults(op), 4, 3, z.data(), together.data());
    op.kernels<T>().backward(Defaults(op), 4, 3, z.data(), together.data(), delta.data());
    for (int r = 0; r < 4; ++r) {
      T alone[3];
      T alone_delta[3] = {2, 2, 2};
      op.kernels<T>().forward(Defaults(op), 1, 3, z.data() + 3 * r, alone);
      op.kernels<T>().backward(Defaults(op), 1, 3, z.data() + 3 * r, alone, alone_delta);
      for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(alone[i], together[3 * r + i]) << op.name;
        EXPECT_EQ(alone_delta[i], delta[3 * r + i]) << op.name;
      }
    }
  }
};

TEST_P(ActivationTest, EqualsTheReference) {
  AtEachInstructionSet([&](const std::string&) { ExpectReference<float>(); });
  ExpectReference<double>();
}

TEST_P(ActivationTest, NanGivesNan) {
  AtEachInstructionSet([&](const std::string&) { ExpectNanGivesNan<float>(); });
  ExpectNanGivesNan<double>();
}

TEST_P(ActivationTest, RowsAreApartAndFiniteInputsNeverGiveNan) {
  AtEachInstructionSet([&](const std::string&) { ExpectRowsAreApart<float>(); });
  ExpectRowsAreApart<double>();
}

TEST_P(ActivationTest, EntryIsCompleteAndAgreesWithItsMessage) {
  const ActivationOp& op = GetParam();
  EXPECT_FALSE(op.formula.empty());
  EXPECT_NE(FindOp(Initializers(), op.weight_initializer), nullptr);
  EXPECT_LE(op.arguments.size(), static_cast<size_t>(kMostArguments));
  const auto* field = v1::Activation::descriptor()->FindFieldByName(std::string(op.name));
  ASSERT_NE(field, nullptr) << op.name << " has no field in fnn.v1.Activation";
  // Where an argument may be learned, that is said by other fields (core/ops/layers/learned.h).
  const bool may_be_learned = field->message_type()->FindFieldByName("learned") != nullptr;
  EXPECT_EQ(static_cast<int>(op.arguments.size()),
            field->message_type()->field_count() - (may_be_learned ? 2 : 0));
  for (const Argument& argument : op.arguments) {
    const auto* number = field->message_type()->FindFieldByName(std::string(argument.name));
    ASSERT_NE(number, nullptr) << argument.name;
    EXPECT_EQ(number->has_presence(), argument.default_value != 0) << argument.name;
  }
}

INSTANTIATE_TEST_SUITE_P(All, ActivationTest,
                         testing::ValuesIn(Activations().begin(), Activations().end()),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(ActivationsTest, EveryMessageHasAnEntry) {
  const auto* kind = v1::Activation::descriptor()->FindOneofByName("kind");
  for (int i = 0; i < kind->field_count(); ++i) {
    const std::string& name = kind->field(i)->name();
    EXPECT_TRUE(FindOp(Activations(), name) != nullptr || FindOp(LayerFunctions(), name) != nullptr)
        << name;
  }
}

TEST(ActivationsTest, SoftmaxIsADistribution) {
  const auto& softmax = FindOp(Activations(), "softmax")->kernels<float>();
  std::vector<float> a(1000);
  for (int i = 0; i < 1000; ++i) a[i] = static_cast<float>((i * 37) % 101) / 3;
  softmax.forward({}, 1, 1000, a.data(), a.data());
  double sum = 0;
  for (const float p : a) {
    EXPECT_GE(p, 0);
    sum += p;
  }
  EXPECT_NEAR(sum, 1, 1e-5);
}

// Relative to itself, also where the activity is as good as 1 and its slope as good as 0.
TEST(ActivationsTest, LogisticsSlopeIsRelativelyExact) {
  const auto& logistic = FindOp(Activations(), "logistic")->kernels<float>();
  for (const float z : {0.5F, 5.0F, 20.0F, 40.0F, -20.0F, -80.0F, 80.0F}) {
    float a = 0;
    float delta = 1;
    logistic.forward({}, 1, 1, &z, &a);
    logistic.backward({}, 1, 1, &z, &a, &delta);
    const double e = std::exp(-std::abs(static_cast<double>(z)));
    EXPECT_TRUE(Near(delta, e / ((1 + e) * (1 + e)), 1e-6, 0)) << z;
  }
}

}  // namespace
}  // namespace fnn::core
