// Every entry of Losses(), against numbers from outside (reference/formulas.py). A new loss needs
// no line here, but rows in reference/losses.csv.

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <type_traits>
#include <vector>

#include "absl/strings/str_cat.h"
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
    constexpr double kRelative = std::is_same_v<T, float> ? 1e-6 : 1e-13;
    constexpr double kAbsolute = std::is_same_v<T, float> ? 1e-7 : 1e-15;
    constexpr double kMost = std::numeric_limits<T>::max();
    int points = 0;
    double worst = 0;  // As a share of what is allowed.
    for (const auto& row : ReadReference("losses.csv")) {
      if (row.at(0) != op.name) continue;
      const std::vector<double> values = Numbers(row.at(1));
      ASSERT_EQ(values.size(), op.arguments.size()) << op.name;
      Arguments arguments{};
      std::copy(values.begin(), values.end(), arguments.begin());
      const std::vector<double> at = Numbers(row.at(2));
      if (!std::all_of(at.begin(), at.end(), [](double x) {
            return std::abs(x) <= kMost && static_cast<double>(static_cast<T>(x)) == x;
          })) {
        continue;
      }
      const std::vector<T> y(at.begin(), at.end());
      const std::vector<double> targets = Numbers(row.at(3));
      const std::vector<T> t(targets.begin(), targets.end());
      const T value = static_cast<T>(Numbers(row.at(4)).at(0));
      const std::vector<double> slopes = Numbers(row.at(5));
      ASSERT_EQ(slopes.size(), y.size());
      T loss = 3;
      std::vector<T> delta(y.size());
      const auto outputs = static_cast<int64_t>(y.size());
      op.kernels<T>().compute(arguments, 1, outputs, y.data(), t.data(), &loss, delta.data());
      // The larger an output, the coarser it is.
      double largest = 1;
      for (const double x : at) largest = std::max(largest, std::abs(x));
      const std::string call = absl::StrCat(op.name, "{", row[1], "}(", row[2], "; ", row[3], ")");
      const auto near = [&](double got, double expected) {
        const double allowed = kRelative * std::abs(expected) + kAbsolute * largest;
        if (std::isfinite(expected)) worst = std::max(worst, std::abs(got - expected) / allowed);
        return Near(got, expected, kRelative, kAbsolute * largest);
      };
      EXPECT_TRUE(near(loss, value)) << call << " = " << loss << ", not " << value;
      for (size_t i = 0; i < y.size(); ++i) {
        EXPECT_TRUE(near(delta[i], static_cast<T>(slopes[i])))
            << "slope of " << call << "[" << i << "] = " << delta[i] << ", not " << slopes[i];
      }
      T without_slope = 3;
      op.kernels<T>().compute(arguments, 1, outputs, y.data(), t.data(), &without_slope, nullptr);
      EXPECT_EQ(without_slope, loss);
      ++points;
    }
    RecordProperty(
        std::is_same_v<T, float> ? "worst_in_float_" + InstructionSet() : "worst_in_double",
        absl::StrCat(worst));
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
      op.kernels<T>().compute(DefaultArguments(op.arguments), 1, 3, y.data(), t.data(), &loss,
                              delta.data());
      EXPECT_TRUE(std::isnan(loss)) << op.name;
      EXPECT_TRUE(std::isnan(delta[at])) << op.name;
    }
  }

  // However large outputs and targets are. (A mean may add up infinities of both signs, so outputs
  // are alone but where classes need two.)
  template <typename T>
  void ExpectNoNan() {
    const LossOp& op = GetParam();
    const T most = std::numeric_limits<T>::max();
    const T least = std::numeric_limits<T>::min();
    std::vector<T> targets = {0, 1};
    if (op.targets == Targets::kAny || op.targets == Targets::kSigns) targets.push_back(-1);
    if (op.targets == Targets::kAny) targets.insert(targets.end(), {-most, -least});
    if (op.targets == Targets::kAny || op.targets == Targets::kNotNegative) {
      targets.insert(targets.end(), {most, least, 1e30F});
    }
    std::vector<T> outputs;
    for (const T x : {T{0}, least, T{1}, T{17}, T{88}, T{89}, T{710}, T{1e10F}, T{1e30F}, most}) {
      outputs.insert(outputs.end(), {x, -x});
    }
    for (const bool largest : {false, true}) {
      Arguments arguments{};
      for (size_t i = 0; i < op.arguments.size(); ++i) {
        const Argument& a = op.arguments[i];
        arguments[i] =
            largest ? a.max - (a.max_excluded ? 0.0625 : 0) : a.min + (a.min_excluded ? 0.0625 : 0);
      }
      for (const T a : outputs) {
        for (const T b : outputs) {
          for (const T target : targets) {
            const T y[2] = {a, b};
            const T t[2] = {target, op.targets == Targets::kDistribution ? 1 - target : target};
            T loss = 0;
            T delta[2] = {0, 0};
            op.kernels<T>().compute(arguments, 1, op.min_outputs, y, t, &loss, delta);
            EXPECT_FALSE(std::isnan(loss) || std::isnan(delta[0]) || std::isnan(delta[1]))
                << op.name << "{" << arguments[0] << "}(" << a << " " << b << "; " << target
                << ") = " << loss << ", slopes " << delta[0] << " " << delta[1];
          }
        }
      }
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
    op.kernels<T>().compute(DefaultArguments(op.arguments), 1, 2, y, t, &loss, nullptr);
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

TEST_P(LossTest, FiniteGivesNoNan) {
  AtEachInstructionSet([&](const std::string&) { ExpectNoNan<float>(); });
  ExpectNoNan<double>();
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
  op.kernels<double>().compute(DefaultArguments(op.arguments), 2, 3, y, t, together, delta);
  op.kernels<double>().compute(DefaultArguments(op.arguments), 1, 3, y, t, &first, nullptr);
  op.kernels<double>().compute(DefaultArguments(op.arguments), 1, 3, y + 3, t + 3, &second,
                               second_delta);
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
  op.kernels<float>().compute(DefaultArguments(op.arguments), 2, 3, y.data(), t.data(),
                              losses.data(), delta.data());
  op.kernels<float>().compute(DefaultArguments(op.arguments), 2, 3, y.data(), t.data(),
                              losses_in_place.data(), y.data());
  EXPECT_EQ(losses, losses_in_place);
  EXPECT_EQ(delta, y);
}

TEST_P(LossTest, EntryIsCompleteAndAgreesWithItsMessage) {
  const LossOp& op = GetParam();
  EXPECT_FALSE(op.formula.empty());
  EXPECT_NE(FindOp(Activations(), op.link), nullptr);
  EXPECT_GE(op.min_outputs, 1);
  const auto* field = v1::Loss::descriptor()->FindFieldByName(std::string(op.name));
  ASSERT_NE(field, nullptr) << op.name << " has no field in fnn.v1.Loss";
  EXPECT_LE(op.arguments.size(), static_cast<size_t>(kMostArguments));
  EXPECT_EQ(field->message_type()->field_count(), static_cast<int>(op.arguments.size()));
  for (const Argument& argument : op.arguments) {
    const auto* message = field->message_type()->FindFieldByName(std::string(argument.name));
    ASSERT_NE(message, nullptr) << op.name << "." << argument.name;
    EXPECT_EQ(message->has_presence(), argument.default_value != 0) << argument.name;
  }
}

INSTANTIATE_TEST_SUITE_P(All, LossTest, testing::ValuesIn(Losses().begin(), Losses().end()),
                         [](const auto& info) { return std::string(info.param.name); });

// What is left of the loss where the right class is all but certain has as many digits as another.
template <typename T>
void ExpectSmallLossesKeepTheirDigits() {
  constexpr double kRelative = std::is_same_v<T, float> ? 1e-6 : 1e-13;
  int points = 0;
  for (const auto& row : ReadReference("losses.csv")) {
    const std::string& name = row.at(0);
    if (name != "cross_entropy" && name != "kl_divergence" && name != "focal") continue;
    const std::vector<double> arguments = Numbers(row.at(1));
    if (std::any_of(arguments.begin(), arguments.end(), [](double a) { return a != 0; })) continue;
    const double value = Numbers(row.at(4)).at(0);
    if (!(value > 1e-30 && value < 0.01)) continue;
    const std::vector<double> at = Numbers(row.at(2));
    const std::vector<double> targets = Numbers(row.at(3));
    if (std::count(targets.begin(), targets.end(), 1) != 1) continue;
    const std::vector<T> y(at.begin(), at.end());
    const std::vector<T> t(targets.begin(), targets.end());
    if (!std::equal(y.begin(), y.end(), at.begin())) continue;  // No float.
    T loss = 0;
    FindOp(Losses(), name)
        ->kernels<T>()
        .compute(Arguments{}, 1, static_cast<int64_t>(y.size()), y.data(), t.data(), &loss,
                 nullptr);
    EXPECT_NEAR(loss, value, kRelative * value) << name << "(" << row[2] << "; " << row[3] << ")";
    ++points;
  }
  EXPECT_GE(points, 60);
}

TEST(LossesTest, SmallLossesKeepTheirDigits) {
  AtEachInstructionSet([](const std::string&) { ExpectSmallLossesKeepTheirDigits<float>(); });
  ExpectSmallLossesKeepTheirDigits<double>();
}

TEST(LossesTest, EveryMessageHasAnEntry) {
  EXPECT_EQ(v1::Loss::descriptor()->FindOneofByName("kind")->field_count(),
            static_cast<int>(Losses().size()));
}

}  // namespace
}  // namespace fnn::core
