#include "core/data/csv_options.h"

#include <algorithm>
#include <string>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "core/data/csv_number.h"

namespace fnn::core {
namespace {

constexpr int kMostMarkers = 16;
constexpr size_t kMostMarkerBytes = 64;

// What is wrong with a marker, or nothing.
absl::string_view FaultOf(absl::string_view marker, const std::string& delimiter) {
  if (marker.empty()) return "is empty; an empty cell is a missing value without it";
  if (marker.size() > kMostMarkerBytes) return "has more than 64 bytes";
  if (marker.find_first_of(absl::StrCat(delimiter, "\"\r\n")) != absl::string_view::npos) {
    return "contains the delimiter, a quote or the end of a line, and so is in no cell";
  }
  if (absl::StripAsciiWhitespace(marker) != marker) {
    return "has blanks around it, which cells are read without";
  }
  // `nan` and `inf` are no finite numbers.
  if (ParseCsvNumber(marker).has_value() &&
      std::any_of(marker.begin(), marker.end(), absl::ascii_isdigit)) {
    return "is a number, which would be lost";
  }
  return "";
}

void CheckMarkers(const v1::Csv& options, const FieldPath& path, Violations& violations) {
  if (options.missing_markers_size() > kMostMarkers) {
    violations.Add(path, "TOO_MANY_MARKERS",
                   absl::StrCat("at most ", kMostMarkers, " may be given, not ",
                                options.missing_markers_size()));
    return;
  }
  const std::string delimiter = options.delimiter().empty() ? "," : options.delimiter();
  absl::flat_hash_set<absl::string_view> seen;
  for (int i = 0; i < options.missing_markers_size(); ++i) {
    const std::string& marker = options.missing_markers(i);
    if (const absl::string_view fault = FaultOf(marker, delimiter); !fault.empty()) {
      violations.Add(path[i], "WRONG_MARKER", absl::StrCat(Echo(marker), " ", fault));
    } else if (!seen.insert(marker).second) {
      violations.Add(path[i], "DUPLICATE_MARKER", Echo(marker) + " is given twice");
    }
  }
}

void CheckKnown(bool known, int value, const FieldPath& path, Violations& violations) {
  if (known) return;
  violations.Add(path, "UNKNOWN", absl::StrCat("there is no value ", value));
}

}  // namespace

absl::Status ValidateCsv(const v1::Csv& options, const FieldPath& path) {
  Violations violations;
  const std::string& delimiter = options.delimiter();
  if (!delimiter.empty() &&
      (delimiter.size() > 1 || !absl::ascii_isascii(delimiter[0]) || delimiter[0] == '"' ||
       delimiter[0] == '\n' || delimiter[0] == '\r' || absl::ascii_isalnum(delimiter[0]) ||
       delimiter[0] == '.' || delimiter[0] == '+' || delimiter[0] == '-')) {
    violations.Add(path / "delimiter", "INVALID",
                   absl::StrCat("must be one ASCII character that is no part of a number, not ",
                                Echo(delimiter)));
  }
  CheckKnown(v1::Header_IsValid(options.header()), options.header(), path / "header", violations);
  CheckMarkers(options, path / "missing_markers", violations);
  CheckKnown(v1::MissingValues_IsValid(options.missing_values()), options.missing_values(),
             path / "missing_values", violations);
  CheckKnown(v1::TextColumns_IsValid(options.text_columns()), options.text_columns(),
             path / "text_columns", violations);
  return violations.ToStatus();
}

}  // namespace fnn::core
