#include "server/store/labels.h"

#include <algorithm>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace fnn::server {
namespace {

constexpr size_t kMostLabels = 64;
constexpr size_t kMostKeyCharacters = 63;
constexpr size_t kMostValueBytes = 255;
constexpr size_t kMostDescriptionBytes = 4096;

bool IsKey(absl::string_view key) {
  if (key.empty() || key.size() > kMostKeyCharacters || !absl::ascii_islower(key.front())) {
    return false;
  }
  return std::all_of(key.begin(), key.end(), [](char c) {
    return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '-' || c == '_';
  });
}

}  // namespace

void CheckLabels(const Labels& labels, const core::FieldPath& path, core::Violations& violations) {
  if (labels.size() > kMostLabels) {
    violations.Add(path, "TOO_MANY_LABELS",
                   absl::StrCat("must be at most ", kMostLabels, ", not ", labels.size()));
    return;
  }
  std::vector<absl::string_view> keys;  // In order: a map's own order is by chance.
  for (const auto& [key, value] : labels) keys.push_back(key);
  std::sort(keys.begin(), keys.end());
  for (const absl::string_view key : keys) {
    const core::FieldPath at(absl::StrCat(path.str(), "[", core::Echo(key), "]"));
    if (!IsKey(key)) {
      violations.Add(at, "INVALID_LABEL",
                     absl::StrCat("a key must be a lower-case letter, then lower-case letters, "
                                  "digits, '-' and '_', at most ",
                                  kMostKeyCharacters, " characters"));
    }
    const size_t bytes = labels.at(std::string(key)).size();
    if (bytes > kMostValueBytes) {
      violations.Add(
          at, "INVALID_LABEL",
          absl::StrCat("a value must be at most ", kMostValueBytes, " bytes, not ", bytes));
    }
  }
}

void CheckDescription(absl::string_view description, const core::FieldPath& path,
                      core::Violations& violations) {
  if (description.size() <= kMostDescriptionBytes) return;
  violations.Add(
      path, "OUT_OF_RANGE",
      absl::StrCat("must be at most ", kMostDescriptionBytes, " bytes, not ", description.size()));
}

absl::Status ValidateDescribed(absl::string_view description, const Labels& labels,
                               const core::FieldPath& path) {
  core::Violations violations;
  CheckDescription(description, path / "description", violations);
  CheckLabels(labels, path / "labels", violations);
  return violations.ToStatus();
}

}  // namespace fnn::server
