#include "server/store/filter.h"

#include <limits>
#include <map>

#include "fnn/v1/training.pb.h"
#include "gtest/gtest.h"
#include "tests/status_matchers.h"

namespace fnn::server {
namespace {

using fnn::testing::HasReason;
using fnn::testing::HasViolation;
using fnn::testing::IsOk;

const FieldSpec kFields[] = {{"name", FieldType::kText, true},
                             {"rows", FieldType::kInteger, true},
                             {"loss", FieldType::kNumber},
                             {"create_time", FieldType::kTime},
                             {"alias", FieldType::kTags},
                             {"state", FieldType::kChoice, false, v1::RunState_descriptor()},
                             {"labels", FieldType::kLabels}};

// models/digits of 2026-01-31T12:00:00Z with 100 rows, no loss, two aliases and a label.
FieldValue Get(size_t field, absl::string_view key) {
  switch (field) {
    case 0:
      return FieldValue("models/digits");
    case 1:
      return FieldValue(int64_t{100});
    case 3:
      return FieldValue(int64_t{1'769'860'800'000'000'000});
    case 4:
      return FieldValue(Tags{"best", "production"});
    case 5:
      return FieldValue(int64_t{v1::RUN_STATE_RUNNING});
    case 6:
      return key == "team" ? FieldValue("vision \"2\"") : FieldValue();
    default:
      return {};
  }
}

bool Matches(absl::string_view text) {
  const absl::StatusOr<Filter> filter = Filter::Parse(text, kFields, core::FieldPath("filter"));
  EXPECT_THAT(filter, IsOk()) << text;
  return filter.ok() && filter->Matches(Get);
}

TEST(FilterTest, ComparesByType) {
  for (const char* text : {"",
                           "  ",
                           "name = models/digits",
                           "name=\"models/digits\"",
                           "name != x",
                           "name : dig",
                           "name > models/a",
                           "name >= models/digits",
                           "rows = 100",
                           "rows<101",
                           "rows >= 100",
                           "rows > 9",
                           "create_time = 2026-01-31T12:00:00Z",
                           "create_time = 2026-01-31T13:00:00+01:00",
                           "create_time > 2026-01-31T11:59:59.999999999Z",
                           "create_time < 2026-02-01T00:00:00Z",
                           "alias = best",
                           "alias : prod",
                           "alias != latest",
                           "state = RUNNING",
                           "state = RUN_STATE_RUNNING",
                           "state != FAILED",
                           R"(labels.team = "vision \"2\"")",
                           "labels.team : vision",
                           "labels.other != x",
                           "loss != 1",
                           "rows = 100 AND alias = best AND labels.team : 2",
                           "  rows = 100   AND\tname : d "}) {
    EXPECT_TRUE(Matches(text)) << text;
  }
  for (const char* text :
       {"name = models/digit", "name : z", "name < models/a", "rows != 100", "rows > 100",
        "rows < 20", "create_time < 2026-01-31T12:00:00Z", "alias = latest", "alias != best",
        "alias : x", "state = FAILED", "labels.other = x", "labels.other < x", "labels.other : x",
        "loss < 1", "loss >= 0", "loss = 1", "rows = 100 AND rows = 99"}) {
    EXPECT_FALSE(Matches(text)) << text;
  }
}

TEST(FilterTest, NotANumberIsLikeNone) {
  const auto filter = Filter::Parse("loss <= 1", kFields, core::FieldPath("filter"));
  ASSERT_THAT(filter, IsOk());
  EXPECT_FALSE(filter->Matches([](size_t, absl::string_view) {
    return FieldValue(std::numeric_limits<double>::quiet_NaN());
  }));
}

TEST(FilterTest, SaysWhatIsWrongAndWhere) {
  const std::map<std::string, std::string> kFaults = {
      {"size = 1",
       "at character 1: there is no field \"size\"; there are name, rows, loss, "
       "create_time, alias, state and labels.KEY"},
      {"labels = x", "at character 1: there is no field \"labels\""},
      {"labels. = x", "at character 1: a label's key is missing"},
      {"name.x = x", "at character 1: there is no field"},
      {"= 1", "at character 1: a field is missing"},
      {"rows", "at character 5: an operator is missing; rows takes =, !=, <, <=, > and >="},
      {"rows ~ 1", "at character 6: an operator is missing"},
      {"rows : 1", "at character 6: rows does not take :"},
      {"alias < x", "at character 7: alias does not take <; it takes =, != and :"},
      {"state > RUNNING", "at character 7: state does not take >"},
      {"rows = ", "at character 8: a value is missing"},
      {"rows = many", "at character 8: rows must be a whole number, not \"many\""},
      {"rows = 99999999999999999999", "at character 8: rows must be a whole number"},
      {"loss = nan", "at character 8: loss must be a number"},
      {"create_time > today", "at character 15: create_time must be a time such as"},
      {"state = ASLEEP", "at character 9: state must be QUEUED, RUNNING,"},
      {"state = UNSPECIFIED", "at character 9: state must be QUEUED"},
      {"name = \"a", "at character 8: the quote is not closed"},
      {"name = a OR name = b", "at character 10: conditions are joined by AND, not \"OR\""},
      {"name = a name = b", "at character 10: conditions are joined by AND, not \"name\""},
      {"name = a AND", "at character 13: a condition is missing after AND"},
      {"name = a AND ", "at character 14: a condition is missing after AND"},
      {"(name = a)", "at character 1: a field is missing"}};
  for (const auto& [text, message] : kFaults) {
    const auto filter = Filter::Parse(text, kFields, core::FieldPath("filter"));
    EXPECT_THAT(filter, HasViolation("filter")) << text;
    EXPECT_THAT(filter, HasReason("INVALID_FILTER")) << text;
    EXPECT_NE(filter.status().message().find(message), absl::string_view::npos)
        << text << ": " << filter.status();
  }
}

TEST(FilterTest, IsBounded) {
  std::string many = "rows = 1";
  for (int i = 0; i < 64; ++i) many += " AND rows = 1";
  EXPECT_THAT(Filter::Parse(many, kFields, core::FieldPath("filter")), HasReason("INVALID_FILTER"));
  EXPECT_THAT(Filter::Parse(std::string(4097, ' '), kFields, core::FieldPath("filter")),
              HasReason("INVALID_FILTER"));
}

}  // namespace
}  // namespace fnn::server
