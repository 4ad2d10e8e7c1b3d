// Every entry of LearnedActivations() against numbers from outside (reference/formulas.py): values,
// and slopes with regard to x and to each parameter. A new entry needs rows in
// reference/learned_activations.csv, and no line here.

#include "core/ops/layers/learned.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <ostream>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/core/kernels/instruction_sets.h"
#include "tests/core/testing.h"

namespace fnn::core {

void PrintTo(const LearnedOp& op, std::ostream* out) { *out << op.name; }

namespace {

template <typename T>
const LearnedKernels<T>& KernelsFor(const LearnedOp& op) {
  if constexpr (std::is_same_v<T, float>) {
    return LearnedFloatKernels()[std::distance(
        LearnedActivations().begin(),
        std::find_if(LearnedActivations().begin(), LearnedActivations().end(),
                     [&](const LearnedOp& entry) { return entry.name == op.name; }))];
  } else {
    return op.f64;
  }
}

// At one x: the value, the slope with regard to x, and those with regard to each parameter.
template <typename T>
std::vector<T> Evaluate(const LearnedOp& op, T x, const std::vector<T>& p) {
  const LearnedKernels<T>& kernels = KernelsFor<T>(op);
  std::vector<const T*> parameters;
  for (const T& one : p) parameters.push_back(&one);
  const T delta = 1;
  std::vector<T> out(2 + p.size(), 0);
  kernels.forward(1, 1, parameters.data(), &x, &out[0]);
  kernels.backward(1, 1, parameters.data(), &x, &delta, /*adds=*/false, &out[1]);
  for (size_t i = 0; i < p.size(); ++i) {
    kernels.gradient(1, 1, parameters.data(), i, &x, &delta, &out[2 + i]);
  }
  return out;
}

template <typename T>
bool Holds(double x) {
  return !std::isfinite(x) || (std::abs(x) <= static_cast<double>(std::numeric_limits<T>::max()) &&
                               static_cast<double>(static_cast<T>(x)) == x);
}

class LearnedTest : public testing::TestWithParam<LearnedOp> {
 protected:
  template <typename T>
  void ExpectReference() {
    const LearnedOp& op = GetParam();
    constexpr bool kFloat = std::is_same_v<T, float>;
    int points = 0;
    for (const auto& row : ReadReference("learned_activations.csv")) {
      const double x = Numbers(row.at(1))[0];
      const std::vector<double> given = Numbers(row.at(2));
      const bool held = Holds<T>(x) && std::all_of(given.begin(), given.end(),
                                                   [](double p) { return Holds<T>(p); });
      if (row.at(0) != op.name || !held) continue;
      const std::vector<T> p(given.begin(), given.end());
      ASSERT_EQ(p.size(), op.parameters.size());
      const std::vector<T> got = Evaluate<T>(op, static_cast<T>(x), p);
      const std::vector<double> expected = Numbers(row.at(3));
      ASSERT_EQ(got.size(), expected.size());
      for (size_t i = 0; i < got.size(); ++i) {
        // Beyond the range of the type there is nothing to compare.
        if (std::isfinite(expected[i]) && !std::isfinite(static_cast<T>(expected[i]))) continue;
        EXPECT_TRUE(Near(got[i], expected[i], kFloat ? 1e-6 : 1e-13,
                         (kFloat ? 1e-7 : 1e-15) * std::max(1.0, std::abs(x))))
            << op.name << "(" << row[1] << "; " << row[2] << ") result " << i << " = " << got[i]
            << ", not " << expected[i];
      }
      ++points;
    }
    EXPECT_GE(points, 40) << "reference/learned_activations.csv lacks rows for " << op.name;
  }

  template <typename T>
  void ExpectNanGivesNan() {
    const LearnedOp& op = GetParam();
    std::vector<T> p;
    for (const LearnedParameter& entry : op.parameters) {
      p.push_back(
          static_cast<T>(entry.starts_at_argument ? op.arguments[0].default_value : entry.start));
    }
    for (const T got : Evaluate<T>(op, std::numeric_limits<T>::quiet_NaN(), p)) {
      EXPECT_TRUE(std::isnan(got)) << op.name;
    }
  }
};

TEST_P(LearnedTest, EqualsTheReference) {
  AtEachInstructionSet([&](const std::string&) { ExpectReference<float>(); });
  ExpectReference<double>();
}

TEST_P(LearnedTest, NanGivesNan) {
  AtEachInstructionSet([&](const std::string&) { ExpectNanGivesNan<float>(); });
  ExpectNanGivesNan<double>();
}

INSTANTIATE_TEST_SUITE_P(All, LearnedTest,
                         testing::ValuesIn(LearnedActivations().begin(),
                                           LearnedActivations().end()),
                         [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace fnn::core
