#include "client/src/form/suggestion.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace fnn::form {
namespace {

// The number of single-letter edits between two words, a transposition counting as one.
size_t EditDistance(absl::string_view a, absl::string_view b) {
  std::vector<std::vector<size_t>> d(a.size() + 1, std::vector<size_t>(b.size() + 1));
  for (size_t i = 0; i <= a.size(); ++i) d[i][0] = i;
  for (size_t j = 0; j <= b.size(); ++j) d[0][j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t replace = d[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      d[i][j] = std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, replace});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
      }
    }
  }
  return d[a.size()][b.size()];
}

}  // namespace

std::string Suggestion(absl::string_view word, const std::vector<std::string>& names) {
  if (word.size() > 32) return ".";
  std::string closest;
  size_t distance = 3;
  for (const std::string& known : names) {
    const size_t d = EditDistance(word, known);
    if (d >= distance) continue;
    distance = d;
    closest = known;
  }
  return closest.empty() ? "." : absl::StrCat("; did you mean '", closest, "'?");
}

}  // namespace fnn::form
