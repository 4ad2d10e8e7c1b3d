#include "core/data/table.h"

#include <cmath>
#include <vector>

#include "core/base/digest.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace fnn::core {
namespace {

using ::testing::ElementsAre;

TEST(TableTest, HoldsRows) {
  const auto table = Table::Create({"a", "b"}, {1, 2, 3, 4, 5, 6});
  EXPECT_EQ(table->rows(), 3);
  EXPECT_EQ(table->columns(), 2);
  EXPECT_THAT(table->row(1), ElementsAre(3, 4));
  EXPECT_GE(table->size_bytes(), 24 + 2 * (sizeof(std::string) + sizeof(ColumnStatistics)));
}

TEST(TableTest, Statistics) {
  const auto table = Table::Create({"a", "b", "c"}, {1, -2, 5, 2, 0.5, 5, 6, 4, 5});
  const auto& a = table->statistics()[0];
  EXPECT_EQ(a.min, 1);
  EXPECT_EQ(a.max, 6);
  EXPECT_DOUBLE_EQ(a.mean, 3);
  EXPECT_DOUBLE_EQ(a.standard_deviation, std::sqrt(14.0 / 3));  // Divided by the rows, not rows-1.
  EXPECT_TRUE(a.integral);
  EXPECT_FALSE(table->statistics()[1].integral);
  EXPECT_EQ(table->statistics()[1].min, -2);
  EXPECT_EQ(table->statistics()[2].standard_deviation, 0);
}

TEST(TableTest, StatisticsOfOneRow) {
  const auto table = Table::Create({"a"}, {-7.5});
  EXPECT_EQ(table->statistics()[0].mean, -7.5);
  EXPECT_EQ(table->statistics()[0].standard_deviation, 0);
  EXPECT_EQ(table->statistics()[0].min, -7.5);
  EXPECT_EQ(table->statistics()[0].max, -7.5);
}

TEST(TableTest, StatisticsKeepTheirAccuracyFarFromZero) {
  std::vector<float> values;
  for (int i = 0; i < 10'000; ++i) values.push_back(1e7F + static_cast<float>(i % 2));
  const auto table = Table::Create({"a"}, values);
  EXPECT_NEAR(table->statistics()[0].mean, 1e7 + 0.5, 1e-6);
  EXPECT_NEAR(table->statistics()[0].standard_deviation, 0.5, 1e-9);
}

TEST(TableTest, StatisticsStayFiniteForTheLargest) {
  const auto table = Table::Create({"a"}, {3.4e38F, -3.4e38F, 3.4e38F});
  EXPECT_TRUE(std::isfinite(table->statistics()[0].mean));
  EXPECT_TRUE(std::isfinite(table->statistics()[0].standard_deviation));
}

TEST(TableTest, DigestIsThatOfTheValues) {
  const std::vector<float> values{1, 2, 3, 4};
  const auto table = Table::Create({"a", "b"}, values);
  EXPECT_EQ(table->digest(), Digest(std::as_bytes(std::span(values))));
  EXPECT_EQ(table->digest(), Table::Create({"c", "d"}, values)->digest());
  EXPECT_NE(table->digest(), Table::Create({"a", "b"}, {1, 2, 4, 3})->digest());
}

}  // namespace
}  // namespace fnn::core
