// Every entry of Optimizers(), against steps that PyTorch took (reference/optimizer_steps.py). A
// new optimiser needs no line here, but rows in reference/optimizer_steps.csv. One of whole batches
// has no steps of its own here: train/lbfgs_test.cc.

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "core/ops/table.h"
#include "fnn/v1/training.pb.h"
#include "google/protobuf/descriptor.h"
#include "gtest/gtest.h"
#include "tests/core/kernels/instruction_sets.h"
#include "tests/core/testing.h"

namespace fnn::core {
namespace {

const std::vector<double> kStart = {1.0, -0.5, 0.25, 0.0, 3.0};

class OptimizerTest : public testing::TestWithParam<OptimizerOp> {
 protected:
  template <typename T>
  void ExpectReference(double tolerance) {
    const OptimizerOp& op = GetParam();
    std::vector<T> w;
    std::vector<std::vector<T>> slots;
    std::vector<T*> at;
    int rows = 0;
    for (const auto& row : ReadReference("optimizer_steps.csv")) {
      if (row.at(0) != op.name) continue;
      const double rate = Numbers(row.at(1)).at(0);
      Arguments arguments{};
      const std::vector<double> given = Numbers(row.at(2));
      ASSERT_EQ(given.size(), op.arguments.size());
      for (size_t i = 0; i < given.size(); ++i) arguments[i] = given[i];
      const auto step = static_cast<int64_t>(Numbers(row.at(3)).at(0));
      if (step == 1) {
        w.assign(kStart.begin(), kStart.end());
        slots.clear();
        const SlotStarts starts = op.slot_starts(arguments, rate);
        for (int s = 0; s < op.slots; ++s) {
          slots.emplace_back(kStart.size(), static_cast<T>(starts[s]));
        }
        at.clear();
        for (auto& slot : slots) at.push_back(slot.data());
      }
      const std::vector<double> gradients = Numbers(row.at(4));
      const std::vector<T> g(gradients.begin(), gradients.end());
      op.kernels<T>().step(op.constants(arguments, rate, step), {}, static_cast<int64_t>(w.size()),
                           g.data(), w.data(), at.data());
      const std::vector<double> expected = Numbers(row.at(5));
      for (size_t i = 0; i < w.size(); ++i) {
        EXPECT_TRUE(Near(w[i], expected[i], tolerance, tolerance))
            << op.name << " " << row[2] << ", step " << step << ", parameter " << i << ": " << w[i]
            << ", not " << expected[i];
      }
      ++rows;
    }
    EXPECT_GE(rows, 10) << "tests/core/reference/optimizer_steps.csv lacks rows for " << op.name;
  }
};

TEST_P(OptimizerTest, StepsAsPyTorchDoes) {
  AtEachInstructionSet([&](const std::string&) { ExpectReference<float>(3e-6); });
  ExpectReference<double>(1e-14);
}

// A parameter whose gradient is 0 from the start never moves, and is never NaN, whatever the
// arguments in their ranges; but for what weight_decay takes from it, which is nothing from 0: so
// the padding of arenas stays 0.
TEST_P(OptimizerTest, NoGradientNoStep) {
  const OptimizerOp& op = GetParam();
  for (const bool smallest : {false, true}) {
    Arguments arguments{};
    for (size_t i = 0; i < op.arguments.size(); ++i) {
      const Argument& argument = op.arguments[i];
      arguments[i] = !smallest               ? argument.default_value
                     : argument.min_excluded ? std::nextafter(argument.min, 1.0)
                                             : argument.min;
    }
    const SlotStarts starts = op.slot_starts(arguments, 0.1);
    for (const float start : {0.0F, 2.0F}) {
      float w = start;
      const float g = 0;
      std::vector<float> slots(starts.begin(), starts.end());
      std::vector<float*> at;
      for (float& slot : slots) at.push_back(&slot);
      if (start != 0) {
        for (size_t i = 0; i < op.arguments.size(); ++i) {
          if (op.arguments[i].name == "weight_decay") arguments[i] = 0;
        }
      }
      for (int64_t step = 1; step <= 3; ++step) {
        op.kernels<float>().step(op.constants(arguments, 0.1, step), {}, 1, &g, &w, at.data());
      }
      EXPECT_EQ(w, start) << op.name;
    }
  }
}

// The gradient that is followed: as if it had been made of its terms beforehand.
TEST_P(OptimizerTest, FollowsClampedScaledAndRegularizedGradients) {
  const OptimizerOp& op = GetParam();
  Arguments arguments{};
  for (size_t i = 0; i < op.arguments.size(); ++i) arguments[i] = op.arguments[i].default_value;
  const std::vector<float> gradients = {8, -8, 0.5F, -0.5F, 0, 4, 1};
  const std::vector<float> start = {1, -1, 2, 0, -2, 0, 0.5F};
  const GradientTerms<float> terms{.l2 = 0.25F, .l1 = 0.5F, .scale = 0.5F, .limit = 1};
  std::vector<float> made;
  for (size_t i = 0; i < start.size(); ++i) {
    const float sign = start[i] > 0 ? 1.0F : (start[i] < 0 ? -1.0F : 0.0F);
    made.push_back(std::max(-1.0F, std::min(1.0F, 0.5F * gradients[i])) + 0.25F * start[i] +
                   0.5F * sign);
  }
  const auto step = [&](const GradientTerms<float>& with, const std::vector<float>& g) {
    std::vector<float> w = start;
    std::vector<std::vector<float>> slots;
    std::vector<float*> at;
    for (const double s : op.slot_starts(arguments, 0.1)) {
      slots.emplace_back(w.size(), static_cast<float>(s));
    }
    for (auto& slot : slots) at.push_back(slot.data());
    op.kernels<float>().step(op.constants(arguments, 0.1, 1), with, static_cast<int64_t>(w.size()),
                             g.data(), w.data(), at.data());
    return w;
  };
  AtEachInstructionSet(
      [&](const std::string&) { EXPECT_EQ(step(terms, gradients), step({}, made)); });
}

TEST(OptimizersTest, EntriesAreCompleteAndAgreeWithTheirMessages) {
  for (const OptimizerOp& op : Optimizers()) {
    SCOPED_TRACE(op.name);
    EXPECT_FALSE(op.formula.empty());
    EXPECT_GT(op.learning_rate, 0);
    EXPECT_LE(op.slots, kMostSlots);
    EXPECT_EQ(op.f64.step == nullptr, op.whole_batch);
    EXPECT_EQ(op.kernels<float>().step == nullptr, op.whole_batch);
    const auto* field = v1::Optimizer::descriptor()->FindFieldByName(std::string(op.name));
    ASSERT_NE(field, nullptr);
    for (const Argument& argument : op.arguments) {
      EXPECT_NE(field->message_type()->FindFieldByName(std::string(argument.name)), nullptr)
          << argument.name;
    }
  }
}

// Nadam's product in closed form beside a loop over all steps.
TEST(OptimizersTest, NadamsProductIsThatOfTheLoop) {
  const OptimizerOp* nadam = FindOp(Optimizers(), "nadam");
  for (const double beta1 : {0.0, 0.5, 0.9, 0.99999}) {
    for (const double decay : {0.0, 1e-9, 0.004, 1.0, 1e30}) {
      double product = 1;
      for (int64_t t = 1; t <= 3000; ++t) {
        const auto mu = [&](int64_t at) {
          return beta1 * (1 - 0.5 * std::pow(0.96, static_cast<double>(at) * decay));
        };
        product *= mu(t);
        const StepConstants constants = nadam->constants({beta1, 0.999, 1e-8, decay}, 1, t);
        const double following = mu(t + 1);
        ASSERT_NEAR(constants[5] / ((1 - mu(t)) / (1 - product)), 1, 1e-10)
            << beta1 << " " << decay;
        if (following == 0) continue;
        ASSERT_NEAR(constants[6] / (following / (1 - product * following)), 1, 1e-10)
            << beta1 << " " << decay;
      }
    }
  }
}

std::vector<OptimizerOp> Elementwise() {
  std::vector<OptimizerOp> out;
  for (const OptimizerOp& op : Optimizers()) {
    if (!op.whole_batch) out.push_back(op);
  }
  return out;
}

INSTANTIATE_TEST_SUITE_P(All, OptimizerTest, testing::ValuesIn(Elementwise()),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(OptimizersTest, EveryMessageHasAnEntry) {
  EXPECT_EQ(v1::Optimizer::descriptor()->FindOneofByName("kind")->field_count(),
            static_cast<int>(Optimizers().size()));
}

}  // namespace
}  // namespace fnn::core
