#include "core/data/array_table.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/core/data/array_files.h"
#include "tests/core/testing.h"
#include "tests/status_matchers.h"

namespace fnn::core {
namespace {

using fnn::testing::HasReason;
using fnn::testing::IsOk;
using ::testing::ElementsAre;

const FieldPath kPath("upload");
const ArrayId kId{kPath, "array"};

ArrayHeader BytesOf(std::vector<int64_t> shape, bool fortran_order = false) {
  return {.type = {}, .shape = std::move(shape), .fortran_order = fortran_order};
}

TEST(ArrayTableTest, LargeArraysComeBackWhole) {
  // More rows than are read at once, of which the last portion is smaller.
  constexpr int64_t kRows = 70'001;
  std::string wide(kRows * 3, '\0');
  std::string narrow(kRows, '\0');
  for (size_t i = 0; i < wide.size(); ++i) wide[i] = static_cast<char>(i * 7 % 256);
  for (size_t i = 0; i < narrow.size(); ++i) narrow[i] = static_cast<char>(i % 10);
  for (const bool fortran : {false, true}) {
    MemorySink sink;
    ArrayTable arrays(sink, kPath);
    MemorySource first(wide);
    MemorySource second(narrow);
    ASSERT_THAT(arrays.Add(kId, "x", BytesOf({kRows, 3}, fortran), first), IsOk());
    ASSERT_THAT(arrays.Add(kId, "y", BytesOf({kRows}), second), IsOk());
    const auto table = std::move(arrays).Finish();
    ASSERT_THAT(table, IsOk());
    EXPECT_THAT((*table)->names(), ElementsAre("x_0", "x_1", "x_2", "y"));
    EXPECT_EQ((*table)->type(), ElementType::kUint8);
    for (const int64_t row : {int64_t{0}, int64_t{5460}, int64_t{5461}, kRows - 1}) {
      for (int64_t c = 0; c < 3; ++c) {
        const int64_t at = fortran ? c * kRows + row : row * 3 + c;
        EXPECT_EQ((*table)->at(row, c), static_cast<float>(at * 7 % 256)) << row << " " << c;
      }
      EXPECT_EQ((*table)->at(row, 3), static_cast<float>(row % 10));
    }
  }
}

TEST(ArrayTableTest, LeavesWhatFollows) {
  MemorySink sink;
  ArrayTable arrays(sink, kPath);
  MemorySource source("abcdef");
  ASSERT_THAT(arrays.Add(kId, "", BytesOf({2, 2}), source), IsOk());
  ASSERT_THAT(arrays.Add(kId, "", BytesOf({2}), source), IsOk());
  EXPECT_EQ(arrays.arrays(), 2);
  EXPECT_THAT(arrays.Add(kId, "", BytesOf({2}), source), HasReason("TRUNCATED"));
  const auto table = std::move(arrays).Finish();
  ASSERT_THAT(table, IsOk());
  EXPECT_THAT((*table)->names(), ElementsAre("c0", "c1", "c2"));
  EXPECT_THAT(Values(**table), ElementsAre('a', 'b', 'e', 'c', 'd', 'f'));
}

TEST(ArrayTableTest, AllArraysTogetherHaveALimit) {
  MemorySink sink(10);
  ArrayTable arrays(sink, kPath);
  MemorySource source("abcdefghijklmn");
  ASSERT_THAT(arrays.Add(kId, "a", BytesOf({2, 2}), source), IsOk());
  EXPECT_THAT(arrays.Add(kId, "b", BytesOf({2, 4}), source), HasReason("DATASET_TOO_LARGE"));
  EXPECT_THAT(arrays.Add(kId, "c", BytesOf({2, 3}), source), IsOk());
}

TEST(ArrayTableTest, NamesAreDistinct) {
  MemorySink sink;
  ArrayTable arrays(sink, kPath);
  MemorySource source("abcd");
  ASSERT_THAT(arrays.Add(kId, "a", BytesOf({1, 2}), source), IsOk());
  ASSERT_THAT(arrays.Add(kId, "a_1", BytesOf({1}), source), IsOk());
  EXPECT_THAT(std::move(arrays).Finish(), HasReason("DUPLICATE_COLUMN_NAME"));
  EXPECT_EQ(sink.tables, 0);
}

}  // namespace
}  // namespace fnn::core
