#include "core/random/philox.h"

#include <cmath>
#include <set>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace fnn::core {
namespace {

using ::testing::ElementsAre;

// The known answers of Random123 1.14, kat_vectors, philox4x32 with 10 rounds.
TEST(PhiloxTest, GivesTheKnownAnswers) {
  EXPECT_THAT(Philox({0, 0, 0, 0}, {0, 0}),
              ElementsAre(0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8));
  EXPECT_THAT(Philox({0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, {0xffffffff, 0xffffffff}),
              ElementsAre(0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd));
  EXPECT_THAT(Philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
              ElementsAre(0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1));
}

TEST(RandomStreamTest, IsAPureFunction) {
  const RandomStream stream(7, Purpose::kInitialize, 3);
  EXPECT_EQ(stream.Bits(5), stream.Bits(5));
  EXPECT_EQ(stream.Bits(5), RandomStream(7, Purpose::kInitialize, 3).Bits(5));
}

TEST(RandomStreamTest, EveryPartOfItsKeyCounts) {
  std::set<std::array<uint32_t, 4>> seen;
  int draws = 0;
  for (const uint64_t seed : {uint64_t{0}, uint64_t{1}, uint64_t{1} << 32, ~uint64_t{0}}) {
    for (const Purpose purpose : {Purpose::kInitialize, Purpose::kSplit, Purpose::kShuffle}) {
      for (const uint64_t a :
           {uint64_t{0}, uint64_t{1}, uint64_t{1} << 32, (uint64_t{1} << 48) - 1}) {
        for (const uint64_t index : {uint64_t{0}, uint64_t{1}, uint64_t{1} << 32}) {
          seen.insert(RandomStream(seed, purpose, a).Bits(index));
          ++draws;
        }
      }
    }
  }
  EXPECT_EQ(seen.size(), static_cast<size_t>(draws));
}

TEST(RandomStreamTest, UniformIsUniform) {
  constexpr int kDraws = 1'000'000;
  const RandomStream stream(1, Purpose::kInitialize);
  double sum = 0;
  double squares = 0;
  int buckets[100] = {};
  for (int i = 0; i < kDraws; ++i) {
    const double u = stream.Uniform(i);
    ASSERT_GE(u, 0);
    ASSERT_LT(u, 1);
    sum += u;
    squares += (u - 0.5) * (u - 0.5);
    ++buckets[static_cast<int>(u * 100)];
  }
  // Five standard errors.
  EXPECT_NEAR(sum / kDraws, 0.5, 5 * std::sqrt(1.0 / 12 / kDraws));
  EXPECT_NEAR(squares / kDraws, 1.0 / 12, 5 * std::sqrt(1.0 / 180 / kDraws));
  double chi_squared = 0;
  for (const int count : buckets) chi_squared += (count - 1e4) * (count - 1e4) / 1e4;
  EXPECT_LT(chi_squared, 170);  // 99 degrees of freedom: exceeded once in 10^5.
}

TEST(RandomStreamTest, NormalHasItsMoments) {
  constexpr int kDraws = 1'000'000;
  const RandomStream stream(2, Purpose::kInitialize);
  double sum = 0;
  double squares = 0;
  double fourth = 0;
  int beyond_two = 0;
  for (int i = 0; i < kDraws; ++i) {
    const double x = stream.Normal(i);
    ASSERT_TRUE(std::isfinite(x));
    sum += x;
    squares += x * x;
    fourth += x * x * x * x;
    beyond_two += std::abs(x) > 2;
  }
  EXPECT_NEAR(sum / kDraws, 0, 5 / std::sqrt(kDraws));
  EXPECT_NEAR(squares / kDraws, 1, 5 * std::sqrt(2.0 / kDraws));
  EXPECT_NEAR(fourth / kDraws, 3, 5 * std::sqrt(96.0 / kDraws));
  EXPECT_NEAR(beyond_two / double{kDraws}, 0.0455003, 5 * std::sqrt(0.0455 * 0.9545 / kDraws));
}

}  // namespace
}  // namespace fnn::core
