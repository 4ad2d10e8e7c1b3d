// Every entry of Initializers(): the moments of a million draws against theory.

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "core/ops/table.h"
#include "core/plan/plan.h"
#include "google/protobuf/descriptor.h"
#include "gtest/gtest.h"
#include "tests/core/testing.h"

namespace fnn::core {
namespace {

struct Theory {
  std::string initializer;
  Arguments arguments;
  double mean;
  double variance;
  double kurtosis;  // The fourth central moment over the variance squared.
  double low;       // Bounds of the draws.
  double high;
};

constexpr int64_t kFanIn = 30;
constexpr int64_t kFanOut = 70;
constexpr double kUniform = 1.8;
constexpr double kNormal = 3;

std::vector<Theory> Theories() {
  const double xavier = 2.0 / (kFanIn + kFanOut);
  const double he = 2.0 / kFanIn;
  const double lecun = 1.0 / kFanIn;
  const double wide = 1e30;
  return {
      {"xavier", {1}, 0, xavier, kUniform, -std::sqrt(3 * xavier), std::sqrt(3 * xavier)},
      {"xavier", {2}, 0, xavier, kNormal, -wide, wide},
      {"he", {1}, 0, he, kUniform, -std::sqrt(3 * he), std::sqrt(3 * he)},
      {"he", {2}, 0, he, kNormal, -wide, wide},
      {"uniform", {-0.05, 0.05}, 0, 0.01 / 12, kUniform, -0.05, 0.05},
      {"uniform", {2, 5}, 3.5, 9.0 / 12, kUniform, 2, 5},
      {"normal", {0, 0.05}, 0, 0.0025, kNormal, -wide, wide},
      {"normal", {-3, 2}, -3, 4, kNormal, -wide, wide},
      {"lecun", {1}, 0, lecun, kUniform, -std::sqrt(3 * lecun), std::sqrt(3 * lecun)},
      {"lecun", {2}, 0, lecun, kNormal, -wide, wide},
  };
}

TEST(InitializersTest, MomentsAreThoseOfTheory) {
  constexpr int64_t kDraws = 1'000'000;
  const DrawContext context{.seed = 11, .block = 4, .fan_in = kFanIn, .fan_out = kFanOut};
  std::map<std::string, int> covered;
  for (const Theory& theory : Theories()) {
    const InitializerOp* op = FindOp(Initializers(), theory.initializer);
    ASSERT_NE(op, nullptr);
    double sum = 0;
    double squares = 0;
    double least = 1e300;
    double most = -1e300;
    for (int64_t i = 0; i < kDraws; ++i) {
      const double x = op->draw(theory.arguments, context, i);
      sum += x - theory.mean;
      squares += (x - theory.mean) * (x - theory.mean);
      least = std::min(least, x);
      most = std::max(most, x);
    }
    const std::string what = theory.initializer + " " + std::to_string(theory.arguments[0]);
    const double deviation = std::sqrt(theory.variance);
    EXPECT_NEAR(sum / kDraws, 0, 5 * deviation / std::sqrt(kDraws)) << what;
    EXPECT_NEAR(squares / kDraws / theory.variance, 1,
                5 * std::sqrt((theory.kurtosis - 1) / kDraws))
        << what;
    EXPECT_GE(least, theory.low) << what;
    EXPECT_LT(most, theory.high) << what;
    if (theory.kurtosis == kUniform) {
      EXPECT_LT(least, theory.low + 1e-4 * (theory.high - theory.low)) << what;
      EXPECT_GT(most, theory.high - 1e-4 * (theory.high - theory.low)) << what;
    }
    ++covered[theory.initializer];
  }
  for (const InitializerOp& op : Initializers()) {
    if (!op.random || op.fill != nullptr) continue;
    EXPECT_GT(covered[std::string(op.name)], 0) << op.name << " lacks its theory here";
  }
}

TEST(InitializersTest, DrawsDependOnSeedBlockAndIndex) {
  for (const InitializerOp& op : Initializers()) {
    if (!op.random || op.fill != nullptr) continue;
    Arguments arguments{};
    for (size_t i = 0; i < op.arguments.size(); ++i) arguments[i] = op.arguments[i].default_value;
    const DrawContext context{.seed = 1, .block = 0, .fan_in = 3, .fan_out = 4};
    DrawContext other_seed = context;
    other_seed.seed = 2;
    DrawContext other_block = context;
    other_block.block = 1;
    EXPECT_EQ(op.draw(arguments, context, 5), op.draw(arguments, context, 5)) << op.name;
    EXPECT_NE(op.draw(arguments, context, 5), op.draw(arguments, context, 6)) << op.name;
    EXPECT_NE(op.draw(arguments, context, 5), op.draw(arguments, other_seed, 5)) << op.name;
    EXPECT_NE(op.draw(arguments, context, 5), op.draw(arguments, other_block, 5)) << op.name;
  }
}

// W^T W = gain^2 I, or W W^T where there are fewer rows.
TEST(InitializersTest, OrthogonalIsOrthogonal) {
  const InitializerOp* op = FindOp(Initializers(), "orthogonal");
  for (const auto& [rows, columns] :
       std::vector<std::pair<int64_t, int64_t>>{{1, 1}, {5, 5}, {70, 30}, {30, 70}, {3, 200}}) {
    const double gain = 1.75;
    const auto fill = [&, r = rows, c = columns](uint64_t seed, int64_t block) {
      std::vector<double> w(r * c, std::numeric_limits<double>::quiet_NaN());
      op->fill({gain}, {.seed = seed, .block = block, .rows = r, .columns = c},
               [&](int64_t i, double value) { w[i] = value; });
      return w;
    };
    const std::vector<double> w = fill(3, 1);
    const int64_t count = std::min(rows, columns);
    const int64_t length = std::max(rows, columns);
    for (int64_t a = 0; a < count; ++a) {
      for (int64_t b = 0; b < count; ++b) {
        double dot = 0;
        for (int64_t i = 0; i < length; ++i) {
          dot += rows < columns ? w[a * columns + i] * w[b * columns + i]
                                : w[i * columns + a] * w[i * columns + b];
        }
        EXPECT_NEAR(dot, a == b ? gain * gain : 0, 1e-13);
      }
    }
    EXPECT_EQ(fill(3, 1), w);
    if (count > 1) {
      EXPECT_NE(fill(4, 1), w);
      EXPECT_NE(fill(3, 2), w);
    }
  }
}

// Over many matrices each element has mean 0 and variance gain^2 / the longer side: as PyTorch's,
// they are spread evenly over all orthogonal ones.
TEST(InitializersTest, OrthogonalHasTheMomentsOfTheory) {
  const InitializerOp* op = FindOp(Initializers(), "orthogonal");
  constexpr int64_t kMatrices = 20'000;
  std::vector<double> sums(3 * 4);
  std::vector<double> squares(3 * 4);
  for (int64_t m = 0; m < kMatrices; ++m) {
    op->fill({2}, {.seed = 5, .block = m, .rows = 3, .columns = 4}, [&](int64_t i, double value) {
      sums[i] += value;
      squares[i] += value * value;
    });
  }
  for (size_t i = 0; i < sums.size(); ++i) {
    EXPECT_NEAR(sums[i] / kMatrices, 0, 5 / std::sqrt(kMatrices)) << i;
    EXPECT_NEAR(squares[i] / kMatrices, 1, 5 / std::sqrt(kMatrices)) << i;
  }
}

TEST(InitializersTest, UniformNeedsAnInterval) {
  const InitializerOp* uniform = FindOp(Initializers(), "uniform");
  EXPECT_TRUE(uniform->fault({0, 1}).empty());
  EXPECT_FALSE(uniform->fault({1, 1}).empty());
  EXPECT_FALSE(uniform->fault({1, -1}).empty());
}

TEST(InitializersTest, EveryMessageHasAnEntry) {
  const auto* kind = v1::Initializer::descriptor()->FindOneofByName("kind");
  EXPECT_EQ(kind->field_count(), static_cast<int>(Initializers().size()));
  for (const InitializerOp& op : Initializers()) {
    const auto* field = v1::Initializer::descriptor()->FindFieldByName(std::string(op.name));
    ASSERT_NE(field, nullptr) << op.name;
    for (const Argument& argument : op.arguments) {
      EXPECT_NE(field->message_type()->FindFieldByName(std::string(argument.name)), nullptr)
          << op.name << "." << argument.name;
    }
    EXPECT_FALSE(op.formula.empty());
  }
}

}  // namespace
}  // namespace fnn::core
