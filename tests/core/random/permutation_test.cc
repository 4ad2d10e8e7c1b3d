#include "core/random/permutation.h"

#include <map>
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
  for (const int64_t n : {65'535, 65'536, 65'537, 262'144, 262'145}) ExpectBijection(n, 3);
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

TEST(PermutationTest, EverySmallOrderIsAsLikely) {
  // All 24 orders of 4, and of 3 all 6, over many seeds.
  for (const int64_t n : {2, 3, 4}) {
    int orders = 1;
    for (int64_t i = 2; i <= n; ++i) orders *= static_cast<int>(i);
    std::map<std::vector<int64_t>, int> counts;
    constexpr int kSeeds = 48'000;
    for (int seed = 0; seed < kSeeds; ++seed) {
      const Permutation order(n, Stream(seed));
      std::vector<int64_t> to;
      for (int64_t i = 0; i < n; ++i) to.push_back(order(i));
      ++counts[to];
    }
    EXPECT_EQ(counts.size(), static_cast<size_t>(orders)) << n;
    const double expected = static_cast<double>(kSeeds) / orders;
    for (const auto& [to, count] : counts) EXPECT_NEAR(count, expected, expected * 0.15) << n;
  }
}

TEST(PermutationTest, EveryPlaceIsAsLikelyForEveryRow) {
  constexpr int64_t kRows = 10;
  constexpr int kSeeds = 20'000;
  int counts[kRows][kRows] = {};
  for (int seed = 0; seed < kSeeds; ++seed) {
    const Permutation order(kRows, Stream(seed));
    for (int64_t i = 0; i < kRows; ++i) ++counts[i][order(i)];
  }
  double chi_squared = 0;
  constexpr double kExpected = kSeeds / double{kRows};
  for (const auto& row : counts) {
    for (const int count : row) {
      chi_squared += (count - kExpected) * (count - kExpected) / kExpected;
    }
  }
  EXPECT_LT(chi_squared, 150);  // 81 degrees of freedom: exceeded about five times in 10^6.
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
