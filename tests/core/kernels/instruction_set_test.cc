#include "core/kernels/instruction_set.h"

#include <set>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/core/kernels/instruction_sets.h"

namespace fnn::core {
namespace {

using ::testing::HasSubstr;

TEST(InstructionSetTest, TheBestIsInUseUnlessHeldToLess) {
  const std::vector<std::string> names = InstructionSets();
  ASSERT_FALSE(names.empty());
  EXPECT_EQ(InstructionSet(), names.front());
  EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), names.size());
  AtEachInstructionSet([](const std::string&) {});
  EXPECT_EQ(InstructionSet(), names.front());
}

TEST(InstructionSetTest, RefusesWhatIsNotThere) {
  const absl::Status status = SetMaxInstructionSet("avx1024");
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr(InstructionSets().front()));
  EXPECT_EQ(InstructionSet(), InstructionSets().front());
}

}  // namespace
}  // namespace fnn::core
