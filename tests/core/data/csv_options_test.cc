#include "core/data/csv_options.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/core/testing.h"

namespace fnn::core {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::vector<std::string> FaultsOf(const v1::Csv& options) {
  return Faults(ValidateCsv(options, FieldPath("csv")));
}

TEST(ValidateCsvTest, ChecksTheDelimiter) {
  v1::Csv options;
  for (const char* delimiter : {"", ",", ";", "\t", "|", " ", ":", "/"}) {
    options.set_delimiter(delimiter);
    EXPECT_THAT(FaultsOf(options), IsEmpty()) << delimiter;
  }
  for (const char* delimiter : {",,", "\"", "\n", "\r", "a", "E", "1", ".", "+", "-", "\xc2\xa0"}) {
    options.set_delimiter(delimiter);
    EXPECT_THAT(FaultsOf(options), ElementsAre("csv.delimiter INVALID")) << delimiter;
  }
}

TEST(ValidateCsvTest, ChecksWhatIsChosen) {
  v1::Csv options;
  options.set_header(static_cast<v1::Header>(7));
  options.set_missing_values(static_cast<v1::MissingValues>(4));
  options.set_text_columns(static_cast<v1::TextColumns>(-1));
  EXPECT_THAT(FaultsOf(options), ElementsAre("csv.header UNKNOWN", "csv.missing_values UNKNOWN",
                                             "csv.text_columns UNKNOWN"));
}

TEST(ValidateCsvTest, ChecksTheMarkers) {
  for (const std::string& marker :
       {std::string("NA"), std::string("?"), std::string("nan"), std::string("-inf"),
        std::string("not given"), std::string("-"), std::string("1;2"), std::string("\xc3\xa9"),
        std::string(64, 'x')}) {
    v1::Csv options;
    options.add_missing_markers(marker);
    EXPECT_THAT(FaultsOf(options), IsEmpty()) << marker;
  }
  for (const std::string& marker :
       {std::string(), std::string(65, 'x'), std::string("a,b"), std::string("a\"b"),
        std::string("a\nb"), std::string("\r"), std::string(" NA"), std::string("NA\t"),
        std::string("0"), std::string("-999"), std::string("+1.5e3"), std::string("1e99")}) {
    v1::Csv options;
    options.add_missing_markers("NA");
    options.add_missing_markers(marker);
    EXPECT_THAT(FaultsOf(options), ElementsAre("csv.missing_markers[1] WRONG_MARKER")) << marker;
  }
}

TEST(ValidateCsvTest, AMarkerMayHaveACommaWhereNoCommaSeparates) {
  v1::Csv options;
  options.add_missing_markers("a,b");
  options.add_missing_markers("a;b");
  options.set_delimiter(";");
  EXPECT_THAT(FaultsOf(options), ElementsAre("csv.missing_markers[1] WRONG_MARKER"));
}

TEST(ValidateCsvTest, MarkersAreDistinctAndFew) {
  v1::Csv options;
  for (const char* marker : {"NA", "?", "NA"}) options.add_missing_markers(marker);
  EXPECT_THAT(FaultsOf(options), ElementsAre("csv.missing_markers[2] DUPLICATE_MARKER"));
  options.clear_missing_markers();
  for (int i = 0; i < 16; ++i) options.add_missing_markers(absl::StrCat("m", i));
  EXPECT_THAT(FaultsOf(options), IsEmpty());
  options.add_missing_markers("one more");
  EXPECT_THAT(FaultsOf(options), ElementsAre("csv.missing_markers TOO_MANY_MARKERS"));
  EXPECT_THAT(Descriptions(ValidateCsv(options, FieldPath("csv"))), HasSubstr("not 17"));
}

}  // namespace
}  // namespace fnn::core
