#include "core/random/permutation.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "gtest/gtest.h"

namespace fnn::core {
namespace {

RandomStream Stream(uint64_t seed) { return RandomStream(seed, Purpose::kShuffle, 1); }

TEST(PermutationTest, DefaultIsTheIdentity) {
  const Permutation identity(5);
  for (int64_t i = 0; i < 5; ++i) EXPECT_EQ(identity(i), i);
  EXPECT_EQ(identity.size(), 5);
  EXPECT_EQ(Permutation().size(), 0);
}

void ExpectBijection(int64_t n, uint64_t seed) {
  const Permutation order(n, Stream(seed));
  ASSERT_EQ(order.size(), n);
  std::vector<bool> seen(n, false);
  for (int64_t i = 0; i < n; ++i) {
    const int64_t to = order(i);
    ASSERT_GE(to, 0) << n;
    ASSERT_LT(to, n) << n;
    ASSERT_FALSE(seen[to]) << n;
    seen[to] = true;
  }
}

TEST(PermutationTest, IsABijectionForEverySize) {
  for (int64_t n = 0; n <= 2000; ++n) ExpectBijection(n, n % 7);
  for (const int64_t n : {65'535, 65'536, 65'537, 262'144, 262'145, 300'000}) ExpectBijection(n, 3);
}

TEST(PermutationTest, StaysInRangeForHugeSizes) {
  for (const int64_t n : {int64_t{1} << 32, (int64_t{1} << 32) + 1, int64_t{1} << 40,
                          int64_t{1} << 62, (int64_t{1} << 62) + 1, INT64_MAX}) {
    const Permutation order(n, Stream(1));
    for (const int64_t i : {int64_t{0}, int64_t{1}, n / 2, n - 1}) {
      EXPECT_GE(order(i), 0);
      EXPECT_LT(order(i), n);
    }
    EXPECT_NE(order(0), order(n - 1));
  }
}

// How many standard deviations a chi-square statistic of equal cells lies above its mean; nearly
// normal for many cells. Above 6 it would be a fault.
double Excess(const std::vector<int>& counts) {
  const double total = std::accumulate(counts.begin(), counts.end(), 0.0);
  const double expected = total / static_cast<double>(counts.size());
  double sum = 0;
  for (const int count : counts) sum += (count - expected) * (count - expected) / expected;
  const auto freedom = static_cast<double>(counts.size() - 1);
  return (sum - freedom) / std::sqrt(2 * freedom);
}
constexpr double kMostExcess = 6;

TEST(PermutationTest, EverySmallOrderIsAsLikely) {
  int orders = 1;
  for (int64_t n = 2; n <= 8; ++n) {
    orders *= static_cast<int>(n);
    std::vector<int> counts(orders);
    const int seeds = std::max(20'000, 10 * orders);
    for (int seed = 0; seed < seeds; ++seed) {
      const Permutation order(n, Stream(seed));
      // The number of the order: of each place, how many later ones are smaller.
      int number = 0;
      for (int64_t i = 0; i < n; ++i) {
        int smaller = 0;
        for (int64_t j = i + 1; j < n; ++j) smaller += order(j) < order(i);
        number = number * static_cast<int>(n - i) + smaller;
      }
      ++counts[number];
    }
    EXPECT_LT(Excess(counts), kMostExcess) << n;
  }
}

TEST(PermutationTest, EveryPlaceIsAsLikelyForEveryNumber) {
  for (const int64_t n : {10, 100, 257, 300, 512, 1000}) {
    std::vector<int> counts(n * n);
    for (int seed = 0; seed < 10 * n; ++seed) {
      const Permutation order(n, Stream(seed));
      for (int64_t i = 0; i < n; ++i) ++counts[i * n + order(i)];
    }
    EXPECT_LT(Excess(counts), kMostExcess) << n;
  }
}

// Places in `cells` equal parts.
int64_t Part(int64_t place, int64_t n, int64_t cells) { return place * cells / n; }

TEST(PermutationTest, WhereNeighboursGoIsIndependent) {
  constexpr int64_t kCells = 32;
  for (const int64_t n : {257, 511, 512, 1000, 1024, 66'000, 1 << 20}) {
    for (const int64_t gap : {1, 2, 16, 128}) {
      std::vector<int> counts(kCells * kCells);
      for (int seed = 0; seed < 100'000; ++seed) {
        const Permutation order(n, Stream(seed));
        const int64_t first = seed % (n - gap);
        ++counts[Part(order(first), n, kCells) * kCells + Part(order(first + gap), n, kCells)];
      }
      // That two numbers never go to the same place shows where places are few.
      EXPECT_LT(Excess(counts), n > 2000 ? kMostExcess : 2 * kMostExcess) << n << " " << gap;
    }
  }
}

TEST(PermutationTest, NeighboursOfOneOrderAreIndependent) {
  constexpr int64_t kCells = 16;
  for (const int64_t n : {4096, 10'000, 65'536, 66'000, 300'000}) {
    double most = 0;
    for (int seed = 0; seed < 20; ++seed) {
      const Permutation order(n, Stream(seed));
      std::vector<int> pairs(kCells * kCells);
      std::vector<int> steps(kCells * kCells);
      for (int64_t i = 1; i < n; ++i) {
        ++pairs[Part(order(i - 1), n, kCells) * kCells + Part(order(i), n, kCells)];
        ++steps[Part((order(i) - order(i - 1) + n) % n, n, kCells * kCells)];
      }
      most = std::max({most, Excess(pairs), Excess(steps)});
    }
    EXPECT_LT(most, kMostExcess) << n;
  }
}

TEST(PermutationTest, EpochsAndSeedsDiffer) {
  constexpr int64_t kRows = 1000;
  const Permutation a(kRows, RandomStream(1, Purpose::kShuffle, 1));
  const Permutation b(kRows, RandomStream(1, Purpose::kShuffle, 2));
  const Permutation c(kRows, RandomStream(2, Purpose::kShuffle, 1));
  int same_ab = 0;
  int same_ac = 0;
  int fixed = 0;
  for (int64_t i = 0; i < kRows; ++i) {
    same_ab += a(i) == b(i);
    same_ac += a(i) == c(i);
    fixed += a(i) == i;
  }
  EXPECT_LT(same_ab, 10);  // Each is 1 on average.
  EXPECT_LT(same_ac, 10);
  EXPECT_LT(fixed, 10);
}

}  // namespace
}  // namespace fnn::core
