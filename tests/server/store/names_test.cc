#include "server/store/names.h"

#include <string>

#include "gtest/gtest.h"
#include "tests/status_matchers.h"

namespace fnn::server {
namespace {

using core::FieldPath;
using fnn::testing::HasViolation;
using fnn::testing::IsOk;
using fnn::testing::StatusIs;

const FieldPath kPath("spec.model");

class BadIdTest : public ::testing::TestWithParam<std::string> {};

TEST_P(BadIdTest, IsRefusedAsIdAndInNames) {
  const absl::Status id = ValidateId(GetParam(), kPath);
  EXPECT_THAT(id, StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(id, HasViolation("spec.model"));
  EXPECT_LT(id.ToString().size(), 2000u);
  const absl::Status name = ValidateName(Collection::kModels, "models/" + GetParam(), kPath);
  EXPECT_THAT(name, StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(name, HasViolation("spec.model"));
  EXPECT_LT(name.ToString().size(), 2000u);
}

INSTANTIATE_TEST_SUITE_P(Ids, BadIdTest,
                         ::testing::Values("", "../x", "A", "1a", "-a", "a b", "a/b", "a.b", "a_b",
                                           "\xc3\xa4", std::string("a\0b", 3), std::string(64, 'a'),
                                           std::string(10'000, 'a')));

TEST(NamesTest, TakesWhatTheRuleSays) {
  for (const char* id : {"a", "a1", "a-", "digits-2"}) {
    EXPECT_THAT(ValidateId(id, kPath), IsOk()) << id;
    EXPECT_THAT(ValidateName(Collection::kRuns, MakeName(Collection::kRuns, id), kPath), IsOk());
  }
  EXPECT_THAT(ValidateId(std::string(63, 'a'), kPath), IsOk());
}

TEST(NamesTest, RefusesAnotherCollection) {
  EXPECT_THAT(ValidateName(Collection::kRuns, "models/a", kPath), HasViolation("spec.model"));
  EXPECT_THAT(ValidateName(Collection::kRuns, "runs", kPath), HasViolation("spec.model"));
  EXPECT_THAT(ValidateName(Collection::kRuns, "", kPath), HasViolation("spec.model"));
}

TEST(NamesTest, ReadsModelsAndVersions) {
  const auto newest = ParseModelReference("models/a", kPath);
  ASSERT_THAT(newest, IsOk());
  EXPECT_EQ(newest->model, "models/a");
  EXPECT_FALSE(newest->version.has_value());
  const auto third = ParseModelReference(MakeVersionName("models/a", 3), kPath);
  ASSERT_THAT(third, IsOk());
  EXPECT_EQ(third->model, "models/a");
  EXPECT_EQ(third->version, 3);
  for (const char* bad : {"models/a/versions/", "models/a/versions/0", "models/a/versions/-1",
                          "models/a/versions/01", "models/a/versions/x", "models/a/versions/1/x",
                          "models/a/versions/99999999999999999999", "models//versions/1", "a"}) {
    EXPECT_THAT(ParseModelReference(bad, kPath), HasViolation("spec.model")) << bad;
  }
}

TEST(NamesTest, MadeIdsAreGoodDifferentAndInOrder) {
  const std::string first = MakeId("run");
  const std::string second = MakeId("run");
  EXPECT_THAT(ValidateId(first, kPath), IsOk());
  EXPECT_NE(first, second);
  EXPECT_LE(first.substr(0, 13), second.substr(0, 13));
  EXPECT_EQ(MakeUid().size(), 32u);
  EXPECT_NE(MakeUid(), MakeUid());
}

TEST(NamesTest, AReferenceMayBeAnAlias) {
  const auto best = ParseModelReference("models/a/aliases/best", kPath);
  ASSERT_THAT(best, IsOk());
  EXPECT_EQ(best->model, "models/a");
  EXPECT_EQ(best->alias, "best");
  EXPECT_FALSE(best->version.has_value());
  const auto misspelled = ParseModelReference("models/a/versions/latest", kPath);
  EXPECT_THAT(misspelled, HasViolation("spec.model"));
  EXPECT_NE(misspelled.status().message().find("models/a/aliases/latest"), absl::string_view::npos);
  for (const char* bad : {"models/a/aliases/", "models/a/aliases/Best", "models/a/aliases/x/y",
                          "models/a/versions/1/x", "models/a/other/x", "models/a//", "models//x"}) {
    EXPECT_THAT(ParseModelReference(bad, kPath), HasViolation("spec.model")) << bad;
  }
}

TEST(NamesTest, SomeMethodsTakeOneFormOnly) {
  EXPECT_THAT(ParseVersionName("models/a/versions/2", kPath), IsOk());
  for (const char* bad : {"models/a", "models/a/aliases/best", "models/a/versions/0"}) {
    EXPECT_THAT(ParseVersionName(bad, kPath), HasViolation("spec.model")) << bad;
  }
  EXPECT_THAT(ParseAliasName("models/a/aliases/mine", kPath), IsOk());
  for (const char* bad :
       {"models/a", "models/a/versions/2", "models/a/aliases/latest", "models/a/aliases/best"}) {
    EXPECT_THAT(ParseAliasName(bad, kPath), HasViolation("spec.model")) << bad;
  }
}

}  // namespace
}  // namespace fnn::server
