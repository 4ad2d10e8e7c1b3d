// Every entry of LayerFunctions(): slopes against differences, float against double, calls cut into
// parts against whole ones, and what its parameters are. A new function needs no line here.

#include <algorithm>
#include <cmath>
#include <set>
#include <string>
#include <tuple>
#include <type_traits>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "core/ops/layers/table.h"
#include "fnn/v1/activation.pb.h"
#include "fnn/v1/layer.pb.h"
#include "google/protobuf/descriptor.h"
#include "gtest/gtest.h"
#include "tests/core/kernels/instruction_sets.h"
#include "tests/core/ops/layers/function_cases.h"
#include "tests/core/ops/layers/function_run.h"
#include "tests/core/ops/layers/gradient_check.h"
#include "tests/core/testing.h"

namespace fnn::core {
namespace {

// All that a function computes for a batch: what comes out, and the slopes. Calls are cut into rows
// at each of `cuts`.
template <typename T>
std::vector<std::vector<T>> Everything(const FunctionCase& c,
                                       const std::vector<int64_t>& cuts = {}) {
  FunctionRun<T> run(*c.function, c.inputs);
  run.Measure();
  std::vector<std::vector<T>> out{run.Forward(cuts)};
  for (size_t i = 0; i < c.inputs.size(); ++i) out.push_back(run.Backward(i, false, cuts));
  for (size_t p = 0; p < c.function->parameters().size(); ++p) {
    if (c.function->parameters()[p].trained) out.push_back(run.Gradient(p, false, cuts));
  }
  return out;
}

// The largest difference, relative to the largest value where that is more than 1.
template <typename A, typename B>
double Difference(const std::vector<A>& got, const std::vector<B>& expected) {
  EXPECT_EQ(got.size(), expected.size());
  double worst = 0;
  double largest = 1;
  for (size_t i = 0; i < std::min(got.size(), expected.size()); ++i) {
    const double off = std::abs(static_cast<double>(got[i]) - static_cast<double>(expected[i]));
    worst = std::isnan(off) ? HUGE_VAL : std::max(worst, off);
    largest = std::max(largest, std::abs(static_cast<double>(expected[i])));
  }
  return worst / largest;
}

class LayerFunctionTest : public testing::TestWithParam<LayerOp> {
 protected:
  void SetUp() override {
    cases_ = CasesOf(GetParam());
    ASSERT_FALSE(cases_.empty());
  }

  template <typename T>
  void ExpectRowsApart() {
    const std::vector<int64_t> cuts{1, 3};
    for (const FunctionCase& c : cases_) {
      SCOPED_TRACE(c.name);
      const auto whole = Everything<T>(c);
      const auto parts = Everything<T>(c, cuts);
      ASSERT_EQ(whole.size(), parts.size());
      const size_t rows = 1 + c.inputs.size();  // Then sums over them, which may round otherwise.
      for (size_t i = 0; i < rows; ++i) EXPECT_EQ(whole[i], parts[i]);
      const double rounding = std::is_same_v<T, float> ? 1e-6 : 1e-14;
      for (size_t i = rows; i < whole.size(); ++i) {
        EXPECT_LE(Difference(parts[i], whole[i]), rounding);
      }
    }
  }

  // Statistics of each channel are the same bits, however channels are cut: 130 are more than what
  // a function may take at a time.
  template <typename T>
  void ExpectChannelsApart() {
    for (const Shape& shape : {Shape{130}, Shape{2, 130}}) {
      for (const FunctionCase& c : CasesOf(GetParam(), shape)) {
        if (c.function->statistics_size() == 0) continue;
        SCOPED_TRACE(c.name);
        FunctionRun<T> whole(*c.function, c.inputs);
        whole.Measure();
        for (const std::vector<int64_t>& cuts :
             {std::vector<int64_t>{1}, {64}, {63, 65, 66}, {7, 70, 128, 129}}) {
          FunctionRun<T> parts(*c.function, c.inputs);
          parts.Measure(cuts);
          EXPECT_EQ(parts.statistics(), whole.statistics());
        }
      }
    }
  }

  std::vector<FunctionCase> cases_;
};

TEST_P(LayerFunctionTest, SlopesEqualCentralDifferences) {
  for (const FunctionCase& c : cases_) {
    EXPECT_LE(GradientError(*c.function, c.inputs), 1e-6) << c.name;
    EXPECT_LE(GradientError(*c.function, c.inputs, /*training=*/false), 1e-6) << c.name;
  }
}

TEST_P(LayerFunctionTest, FloatEqualsDouble) {
  for (const FunctionCase& c : cases_) {
    const auto expected = Everything<double>(c);
    AtEachInstructionSet([&](const std::string&) {
      // A function may keep the kernels that were best when it was made.
      for (const FunctionCase& made : CasesOf(GetParam())) {
        if (made.name != c.name) continue;
        const auto got = Everything<float>(made);
        ASSERT_EQ(got.size(), expected.size());
        for (size_t i = 0; i < got.size(); ++i) {
          EXPECT_LE(Difference(got[i], expected[i]), 1e-5) << c.name << ", result " << i;
        }
      }
    });
  }
}

TEST_P(LayerFunctionTest, RowsAreApart) {
  ExpectRowsApart<float>();
  ExpectRowsApart<double>();
}

TEST_P(LayerFunctionTest, ChannelsAreMeasuredApart) {
  ExpectChannelsApart<float>();
  ExpectChannelsApart<double>();
}

TEST_P(LayerFunctionTest, ParametersAreNamedAndSized) {
  for (const FunctionCase& c : cases_) {
    SCOPED_TRACE(c.name);
    std::set<std::string> names;
    EXPECT_LE(c.function->parameters().size(), static_cast<size_t>(LayerFunction::kMostParameters));
    for (const FunctionParameter& p : c.function->parameters()) {
      EXPECT_TRUE(!p.name.empty() && absl::ascii_islower(p.name[0])) << p.name;
      EXPECT_TRUE(names.emplace(p.name).second) << p.name;
      EXPECT_TRUE(p.size == 1 || p.size == c.function->channels()) << p.name;
      EXPECT_TRUE(std::isfinite(p.start)) << p.name;
      EXPECT_TRUE(p.trained || !p.regularized) << p.name;
      const bool turned = absl::StrContains(c.name, "regularized turned");
      EXPECT_TRUE(turned || !p.regularized) << p.name << " is regularised unasked";
    }
    EXPECT_GT(c.function->operations(), 0);
  }
}

TEST_P(LayerFunctionTest, EntryIsCompleteAndAgreesWithItsMessage) {
  const LayerOp& op = GetParam();
  EXPECT_FALSE(op.formula.empty());
  EXPECT_NE(FindOp(Initializers(), op.weight_initializer), nullptr);
  EXPECT_LE(op.arguments.size(), static_cast<size_t>(kMostArguments));
  const std::string name(op.name);
  const auto* layer = v1::Layer::descriptor()->FindFieldByName(name);
  const auto* field =
      layer != nullptr ? layer : v1::Activation::descriptor()->FindFieldByName(name);
  ASSERT_NE(field, nullptr) << name << " has no field in fnn.v1.Layer or fnn.v1.Activation";
  for (const Argument& argument : op.arguments) {
    const auto* number = field->message_type()->FindFieldByName(std::string(argument.name));
    ASSERT_NE(number, nullptr) << argument.name;
    EXPECT_EQ(number->has_presence(), argument.default_value != 0) << argument.name;
  }
}

INSTANTIATE_TEST_SUITE_P(All, LayerFunctionTest,
                         testing::ValuesIn(LayerFunctions().begin(), LayerFunctions().end()),
                         [](const auto& info) { return std::string(info.param.name); });

// What models are stored with: names and starts are part of the contract.
using Parameter = std::tuple<std::string, double, bool, bool>;  // Name, start, shared, trained.

std::vector<Parameter> ParametersOf(absl::string_view name) {
  const LayerOp* op = FindOp(LayerFunctions(), name);
  std::vector<Parameter> out;
  const FunctionCase first = CasesOf(*op).front();
  for (const FunctionParameter& p : first.function->parameters()) {
    out.emplace_back(p.name, p.start, p.size == 1, p.trained);
  }
  return out;
}

TEST(LayerFunctionsTest, ParametersAreWhatTheyAre) {
  using Parameters = std::vector<Parameter>;
  EXPECT_EQ(ParametersOf("batch_norm"), (Parameters{{"gamma", 1, false, true},
                                                    {"beta", 0, false, true},
                                                    {"running_mean", 0, false, false},
                                                    {"running_variance", 1, false, false}}));
  EXPECT_EQ(ParametersOf("layer_norm"),
            (Parameters{{"gamma", 1, false, true}, {"beta", 0, false, true}}));
  EXPECT_EQ(ParametersOf("dynamic_tanh"),
            (Parameters{
                {"alpha", 0.5, true, true}, {"gamma", 1, false, true}, {"beta", 0, false, true}}));
  EXPECT_EQ(ParametersOf("prelu"), (Parameters{{"gamma", 0.25, false, true}}));
  EXPECT_EQ(ParametersOf("swish"), (Parameters{{"beta", 1, false, true}}));
}

}  // namespace
}  // namespace fnn::core
