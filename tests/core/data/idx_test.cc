#include "core/data/idx.h"

#include <array>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/status_matchers.h"

namespace fnn::core {
namespace {

using fnn::testing::HasReason;
using fnn::testing::IsOk;
using ::testing::ElementsAre;

const ArrayId kId{FieldPath("upload"), "array 0"};

TEST(IdxTest, LeavesTheSourceAtTheFirstValue) {
  const std::string bytes("\0\0\x0b\2\0\0\1\0\xff\xff\xff\xffx", 13);
  MemorySource source(bytes);
  const auto header = ReadIdxHeader(source, kId);
  ASSERT_THAT(header, IsOk());
  ASSERT_TRUE(header->has_value());
  EXPECT_EQ((*header)->type.kind, NumberKind::kSigned);
  EXPECT_EQ((*header)->type.size, 2);
  EXPECT_TRUE((*header)->type.big_endian);
  EXPECT_THAT((*header)->shape, ElementsAre(256, 4'294'967'295));
  std::array<std::byte, 2> rest;
  EXPECT_EQ(source.Read(rest).value(), 1U);
  EXPECT_EQ(rest[0], std::byte{'x'});
}

TEST(IdxTest, TheEndIsNoArray) {
  MemorySource source("");
  const auto header = ReadIdxHeader(source, kId);
  ASSERT_THAT(header, IsOk());
  EXPECT_FALSE(header->has_value());
}

TEST(IdxTest, KnowsItsOwn) {
  for (const char type : {8, 9, 11, 12, 13, 14}) {
    EXPECT_TRUE(IsIdx(std::string{0, 0, type, 1}));
  }
  // One whose type is unknown is to be refused as such, and not as text.
  for (const char type : {7, 10, 15}) {
    EXPECT_TRUE(IsIdx(std::string{0, 0, type, 1}));
    const std::string bytes{0, 0, type, 1};
    MemorySource source(bytes);
    EXPECT_THAT(ReadIdxHeader(source, kId), HasReason("UNSUPPORTED_TYPE"));
  }
  EXPECT_FALSE(IsIdx(std::string{0, 0, 0, 1}));
  EXPECT_FALSE(IsIdx(""));
  EXPECT_FALSE(IsIdx("1,2\n"));
  EXPECT_FALSE(IsIdx(std::string{0, 0, 8}));
  EXPECT_FALSE(IsIdx(std::string{0, 0, 8, 0}));
}

}  // namespace
}  // namespace fnn::core
