#include "server/store/labels.h"

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/server/requests.h"
#include "tests/status_matchers.h"

namespace fnn::server {
namespace {

using fnn::testing::HasReason;
using fnn::testing::HasViolation;
using fnn::testing::IsOk;

absl::Status Validate(const std::vector<std::pair<std::string, std::string>>& labels,
                      absl::string_view description = "") {
  return ValidateDescribed(description, MakeLabels(labels), core::FieldPath("model"));
}

TEST(LabelsTest, TakesWhatTheContractAllows) {
  EXPECT_THAT(Validate({}), IsOk());
  EXPECT_THAT(Validate({{"team", "vision"}, {"a-b_c9", ""}}, std::string(4096, 'x')), IsOk());
  EXPECT_THAT(Validate({{std::string(63, 'k'), std::string(255, 'v')}}), IsOk());
}

TEST(LabelsTest, NamesEachFault) {
  for (const char* key : {"", "Team", "9a", "a b", "a.b", "-a", "\xC3\xA9"}) {
    EXPECT_THAT(Validate({{key, "x"}}), HasReason("INVALID_LABEL")) << key;
  }
  const absl::Status status =
      Validate({{"Team", "x"}, {"long", std::string(256, 'v')}, {std::string(64, 'k'), ""}},
               std::string(4097, 'x'));
  EXPECT_THAT(status, HasViolation("model.description"));
  EXPECT_THAT(status, HasViolation("model.labels[\"Team\"]"));
  EXPECT_THAT(status, HasViolation("model.labels[\"long\"]"));
}

TEST(LabelsTest, AreBounded) {
  std::vector<std::pair<std::string, std::string>> labels;
  for (int i = 0; i < 64; ++i) labels.emplace_back(absl::StrCat("k", i), "v");
  EXPECT_THAT(Validate(labels), IsOk());
  labels.emplace_back("k64", "v");
  EXPECT_THAT(Validate(labels), HasReason("TOO_MANY_LABELS"));
}

}  // namespace
}  // namespace fnn::server
