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
  EXPECT_EQ(table->at(1, 0), 3);
  EXPECT_EQ(table->at(1, 1), 4);
  EXPECT_GE(table->size_bytes(), 6 + 2 * (sizeof(std::string) + sizeof(ColumnStatistics)));
}

TEST(TableTest, KnowsWhatWasText) {
  const auto plain = Table::Create({"a", "b"}, {0, 1});
  EXPECT_TRUE(plain->categories(1).empty());
  TableDescription description = plain->description();
  description.categories = {{}, {"red", std::string(100, 'x')}};
  const auto table =
      Table::Create(description, ElementType::kUint8, Storage(std::vector<uint8_t>{0, 1}));
  EXPECT_TRUE(table->categories(0).empty());
  EXPECT_THAT(table->categories(1), ElementsAre("red", std::string(100, 'x')));
  EXPECT_GE(table->size_bytes(), plain->size_bytes() + 100);
  EXPECT_EQ(table->digest(), plain->digest());
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

TEST(TableTest, SmallWholeNumbersAreKeptInBytes) {
  const auto table = Table::Create({"a", "b"}, {0, 255, 7, 128});
  EXPECT_EQ(table->type(), ElementType::kUint8);
  EXPECT_EQ(table->bytes().size(), 4u);
  EXPECT_EQ(table->at(0, 1), 255);
  EXPECT_EQ(table->at(1, 1), 128);
  const auto floats = Table::Create({"a", "b"}, {0, 255, 7, 128, 0.5, 1});
  EXPECT_EQ(floats->type(), ElementType::kFloat32);
  EXPECT_EQ(floats->size_bytes() - 24, table->size_bytes() - 4);
  EXPECT_EQ(floats->memory_bytes(), floats->size_bytes());
}

TEST(TableTest, OtherNumbersAreKeptAsTheyAre) {
  for (const float value : {-1.0F, 256.0F, 0.5F, -0.0F, 1e-40F, 3.4e38F, 254.99998F}) {
    const auto table = Table::Create({"a"}, {1, value});
    EXPECT_EQ(table->type(), ElementType::kFloat32) << value;
    EXPECT_EQ(std::signbit(table->at(1, 0)), std::signbit(value));
    EXPECT_EQ(table->at(1, 0), value);
  }
}

}  // namespace
}  // namespace fnn::core
