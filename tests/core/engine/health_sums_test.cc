#include "core/engine/health_sums.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/core/kernels/instruction_sets.h"

namespace fnn::core {
namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

// Numbers whose sums round differently in every order, some of them 0.
std::vector<float> Rough(int64_t n, double salt) {
  std::vector<float> out(static_cast<size_t>(n));
  for (int64_t i = 0; i < n; ++i) {
    out[i] = i % 5 == 3 ? 0 : static_cast<float>(std::sin(1.7 * static_cast<double>(i) + salt));
  }
  return out;
}

TEST(HealthSumsTest, OfArrays) {
  constexpr int64_t kSize = 80;
  const std::vector<float> a = Rough(kSize, 0.1);
  std::vector<float> b = Rough(kSize, 0.2);
  b[70] = -4.5;
  long double squares = 0, distance = 0;
  for (int64_t i = 0; i < kSize; ++i) {
    squares += static_cast<long double>(a[i]) * a[i];
    distance += static_cast<long double>(b[i] - a[i]) * (b[i] - a[i]);
  }
  std::vector<double> sums;
  AtEachInstructionSet([&](const std::string&) {
    sums.push_back(SquaredSum(kSize, a.data()));
    sums.push_back(SquaredDistance(kSize, a.data(), b.data()));
    EXPECT_EQ(LargestSize(kSize, b.data()), 4.5);
  });
  for (size_t i = 0; i < sums.size(); i += 2) {
    EXPECT_DOUBLE_EQ(sums[i], static_cast<double>(squares));
    EXPECT_DOUBLE_EQ(sums[i + 1], static_cast<double>(distance));
    EXPECT_EQ(sums[i], sums[0]);  // To the bit.
    EXPECT_EQ(sums[i + 1], sums[1]);
  }
}

TEST(HealthSumsTest, NothingComesOfNothing) {
  AtEachInstructionSet([](const std::string&) {
    EXPECT_EQ(SquaredSum(0, nullptr), 0);
    EXPECT_EQ(LargestSize(0, nullptr), 0);
  });
}

// Columns' number from within a block to beyond a panel's half; the padding is NaN.
TEST(HealthSumsTest, OfColumns) {
  constexpr int64_t kRows = 37;
  constexpr int64_t kStride = 64;
  const FlatParts flat = {.saturates = true, .low = -0.9, .high = 0.9};
  for (const int64_t columns : {1, 3, 8, 16, 19, 64}) {
    std::vector<float> values = Rough(kRows * kStride, 0.3);
    ActivityFigures wanted;
    for (int64_t c = 0; c < kStride; ++c) {
      double sum = 0, squares = 0;
      for (int64_t r = 0; r < kRows; ++r) {
        float& x = values[r * kStride + c];
        if (c >= columns) x = kNan;
        if (c == 2) x = 0;
        if (c >= columns) continue;
        sum += x;
        squares += static_cast<double>(x) * x;
        wanted.saturated += std::abs(x) >= 0.9F ? 1 : 0;
        wanted.zeros += x == 0 ? 1 : 0;
        wanted.min = std::min<double>(wanted.min, x);
        wanted.max = std::max<double>(wanted.max, x);
      }
      wanted.sum += sum;
      wanted.squares += squares;
    }
    AtEachInstructionSet([&](const std::string&) {
      for (const bool detailed : {false, true}) {
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
        EXPECT_EQ(figures.count, kRows * columns);
        EXPECT_EQ(figures.sum, wanted.sum);  // To the bit: the order is said.
        EXPECT_EQ(figures.squares, wanted.squares);
        EXPECT_EQ(figures.saturated, wanted.saturated);
        EXPECT_EQ(figures.zeros, detailed ? wanted.zeros : 0);
        EXPECT_EQ(figures.min, detailed ? wanted.min : ActivityFigures().min);
        EXPECT_EQ(figures.max, detailed ? wanted.max : ActivityFigures().max);
        for (int64_t c = 0; c < kStride; ++c) EXPECT_EQ(alive[c], c < columns && c != 2 ? 1 : 0);
      }
    });
  }
}

}  // namespace
}  // namespace fnn::core
