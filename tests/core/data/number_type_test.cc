#include "core/data/number_type.h"

#include <cmath>
#include <limits>
#include <span>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace fnn::core {
namespace {

using ::testing::ElementsAre;

constexpr float kInfinity = std::numeric_limits<float>::infinity();

// `values` as they lie in memory, read as `kind`.
template <typename T>
std::vector<float> Decoded(NumberKind kind, const std::vector<T>& values) {
  std::vector<float> out(values.size());
  DecodeNumbers({kind, sizeof(T), false}, std::as_bytes(std::span(values)), out);
  return out;
}

TEST(NumberTypeTest, WhatAFloatCantHoldIsInfinite) {
  const double most = std::numeric_limits<float>::max();
  EXPECT_THAT(
      Decoded<double>(NumberKind::kFloat, {most, -most, most * 1.001, -1e300, 1e-300}),
      ElementsAre(static_cast<float>(most), -static_cast<float>(most), kInfinity, kInfinity, 0));
  EXPECT_TRUE(std::isnan(Decoded<double>(NumberKind::kFloat, {std::nan("")})[0]));
  EXPECT_THAT(Decoded<uint16_t>(NumberKind::kFloat, {0x7BFF, 0x0001, 0x7C00, 0xFC00}),
              ElementsAre(65504, 0x1p-24F, kInfinity, -kInfinity));
}

TEST(NumberTypeTest, LargeIntegersAreRounded) {
  EXPECT_THAT(Decoded<uint64_t>(NumberKind::kUnsigned, {UINT64_MAX, 16'777'217}),
              ElementsAre(0x1p64F, 16'777'216));
  EXPECT_THAT(Decoded<int64_t>(NumberKind::kSigned, {INT64_MIN, INT64_MAX, -1}),
              ElementsAre(-0x1p63F, 0x1p63F, -1));
}

TEST(NumberTypeTest, ABoolIsZeroOrOne) {
  EXPECT_THAT(Decoded<uint8_t>(NumberKind::kBool, {0, 1, 2, 255}), ElementsAre(0, 1, 1, 1));
}

}  // namespace
}  // namespace fnn::core
