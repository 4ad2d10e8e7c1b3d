// Numbers at the edges, through the operators that use them, at every instruction set: NaN gives
// NaN, infinities and overflow come out right, and every width of vector gives the same bits.

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "core/ops/table.h"
#include "gtest/gtest.h"
#include "tests/core/kernels/instruction_sets.h"
#include "tests/core/testing.h"

namespace fnn::core {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kMost = std::numeric_limits<float>::max();
constexpr float kLeast = std::numeric_limits<float>::min();

std::vector<float> Apply(absl::string_view name, std::vector<float> z) {
  const auto n = static_cast<int64_t>(z.size());
  const ActivationOp& op = *FindOp(Activations(), name);
  op.kernels<float>().forward(Defaults(op), 1, n, z.data(), z.data());
  return z;
}

TEST(LanesTest, EdgesComeOutRight) {
  const std::vector<float> edges = {kInfinity, -kInfinity, kMost, -kMost, kLeast, 0, 200, -200, 89};
  AtEachInstructionSet([&](const std::string&) {
    EXPECT_EQ(Apply("logistic", edges), (std::vector<float>{1, 0, 1, 0, 0.5, 0.5, 1, 0, 1}));
    EXPECT_EQ(Apply("tanh", edges), (std::vector<float>{1, -1, 1, -1, kLeast, 0, 1, -1, 1}));
    EXPECT_EQ(Apply("relu", edges),
              (std::vector<float>{kInfinity, 0, kMost, 0, kLeast, 0, 200, 0, 89}));
    EXPECT_TRUE(std::signbit(Apply("tanh", {-0.0F})[0]));
    EXPECT_EQ(Apply("exponential", edges),
              (std::vector<float>{kInfinity, 0, kInfinity, 0, 1, 1, kInfinity, 0, kInfinity}));
    EXPECT_EQ(Apply("elu", edges),
              (std::vector<float>{kInfinity, -1, kMost, -1, kLeast, 0, 200, -1, 89}));
    for (const absl::string_view name : {"logistic", "tanh", "relu", "softmax"}) {
      for (const float nan : Apply(name, std::vector<float>(19, std::nanf("")))) {
        EXPECT_TRUE(std::isnan(nan)) << name;
      }
    }
    // Far apart logits: nothing overflows.
    EXPECT_EQ(Apply("softmax", {kMost, -kMost, 0}), (std::vector<float>{1, 0, 0}));
  });
}

// Fused multiply-add is in all but the baseline.
TEST(LanesTest, SameBitsAtEveryWidth) {
  std::vector<float> z;
  for (int i = 0; i < 4099; ++i)
    z.push_back(std::sin(static_cast<float>(i)) * 0.02F * static_cast<float>(i));
  for (const ActivationOp& op : Activations()) {
    for (const int64_t units : {1, 2, 10, 16, 17, 4099}) {
      std::vector<std::vector<float>> expected;
      AtEachInstructionSet([&](const std::string& name) {
        if (name == "baseline") return;
        const int64_t rows = 4099 / units;
        std::vector<float> a(z.size());
        std::vector<float> delta(z.size(), 0.3F);
        op.kernels<float>().forward(Defaults(op), rows, units, z.data(), a.data());
        op.kernels<float>().backward(Defaults(op), rows, units, z.data(), a.data(), delta.data());
        const std::vector<std::vector<float>> got{a, delta};
        if (expected.empty()) expected = got;
        EXPECT_EQ(got, expected) << op.name << " " << units;
      });
    }
  }
  for (const LossOp& op : Losses()) {
    for (const int64_t outputs : {1, 3, 10, 16, 17, 100}) {
      std::vector<std::vector<float>> expected;
      AtEachInstructionSet([&](const std::string& name) {
        if (name == "baseline") return;
        const int64_t rows = 4099 / outputs;
        std::vector<float> t(z.size(), 0.25F);
        std::vector<float> losses(rows);
        std::vector<float> delta(z.size());
        op.kernels<float>().compute(DefaultArguments(op.arguments), rows, outputs, z.data(),
                                    t.data(), losses.data(), delta.data());
        const std::vector<std::vector<float>> got{losses, delta};
        if (expected.empty()) expected = got;
        EXPECT_EQ(got, expected) << op.name << " " << outputs;
      });
    }
  }
}

}  // namespace
}  // namespace fnn::core
