#include "core/engine/health_sums.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <tuple>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/core/kernels/instruction_sets.h"

namespace fnn::core {
namespace {

using ::testing::Each;

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

// Numbers whose sums round differently in every order, some of them 0.
std::vector<float> Rough(int64_t n, double salt) {
  std::vector<float> out(static_cast<size_t>(n));
  for (int64_t i = 0; i < n; ++i) {
    out[i] = i % 5 == 3 ? 0 : static_cast<float>(std::sin(1.7 * static_cast<double>(i) + salt));
  }
  return out;
}

double SumOfSquares(const std::vector<float>& values) {
  long double sum = 0;
  for (const long double x : values) sum += x * x;
  return static_cast<double>(sum);
}

TEST(HealthSumsTest, OfArrays) {
  constexpr int64_t kSize = 80;
  const std::vector<float> a = Rough(kSize, 0.1);
  std::vector<float> b = Rough(kSize, 0.2);
  b[70] = -4.5;
  std::vector<float> step(kSize);
  for (int64_t i = 0; i < kSize; ++i) step[i] = b[i] - a[i];
  std::vector<double> squares, distances;
  AtEachInstructionSet([&](const std::string&) {
    squares.push_back(SquaredSum(kSize, a.data()));
    distances.push_back(SquaredDistance(kSize, a.data(), b.data()));
    EXPECT_EQ(LargestSize(kSize, b.data()), 4.5);
  });
  EXPECT_DOUBLE_EQ(squares[0], SumOfSquares(a));
  EXPECT_DOUBLE_EQ(distances[0], SumOfSquares(step));
  // To the bit.
  EXPECT_THAT(squares, Each(squares[0]));
  EXPECT_THAT(distances, Each(distances[0]));
}

TEST(HealthSumsTest, NothingComesOfNothing) {
  AtEachInstructionSet([](const std::string&) {
    EXPECT_EQ(SquaredSum(0, nullptr), 0);
    EXPECT_EQ(LargestSize(0, nullptr), 0);
  });
}

constexpr int64_t kRows = 37;
constexpr int64_t kStride = 64;
constexpr float kEdge = 0.9F;
constexpr int64_t kDead = 2;  // A column.

// What is beyond `columns` is NaN.
std::vector<float> Activities(int64_t columns) {
  std::vector<float> values = Rough(kRows * kStride, 0.3);
  for (int64_t i = 0; i < kRows * kStride; ++i) {
    if (i % kStride == kDead) values[i] = 0;
    if (i % kStride >= columns) values[i] = kNan;
  }
  return values;
}

ActivityFigures Directly(int64_t columns, const std::vector<float>& values, bool detailed) {
  ActivityFigures out;
  out.count = kRows * columns;
  for (int64_t c = 0; c < columns; ++c) {
    double sum = 0, squares = 0;
    for (int64_t r = 0; r < kRows; ++r) {
      const double x = values[r * kStride + c];
      sum += x;
      squares += x * x;
      out.saturated += std::abs(x) >= kEdge ? 1 : 0;
      if (!detailed) continue;
      out.zeros += x == 0 ? 1 : 0;
      out.min = std::min(out.min, x);
      out.max = std::max(out.max, x);
    }
    out.sum += sum;
    out.squares += squares;
  }
  return out;
}

auto Fields(const ActivityFigures& f) {
  return std::tuple(f.count, f.sum, f.squares, f.saturated, f.zeros, f.min, f.max);
}

// To the bit: the order is said.
void ExpectFigures(int64_t columns, bool detailed) {
  const std::vector<float> values = Activities(columns);
  const FlatParts flat = {.saturates = true, .low = -kEdge, .high = kEdge};
  std::vector<uint8_t> alive(kStride);
  ActivityFigures figures;
  AddColumns({.rows = kRows,
              .columns = columns,
              .stride = kStride,
              .values = values.data(),
              .flat = flat,
              .alive = alive.data(),
              .detailed = detailed},
             figures);
  EXPECT_EQ(Fields(figures), Fields(Directly(columns, values, detailed)));
  std::vector<uint8_t> wanted_alive(kStride);
  std::fill_n(wanted_alive.begin(), columns, 1);
  wanted_alive[kDead] = 0;
  EXPECT_EQ(alive, wanted_alive);
}

// Within a block, beside its ends, and over several.
TEST(HealthSumsTest, OfColumns) {
  AtEachInstructionSet([](const std::string&) {
    for (const int64_t columns : {1, 3, 8, 16, 19, 64}) {
      SCOPED_TRACE(columns);
      ExpectFigures(columns, /*detailed=*/false);
      ExpectFigures(columns, /*detailed=*/true);
    }
  });
}

}  // namespace
}  // namespace fnn::core
