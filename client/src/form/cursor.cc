#include "client/src/form/cursor.h"

#include <algorithm>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace fnn::form {
namespace {

// How much of a long text is shown on each side of an error.
constexpr size_t kShown = 48;

}  // namespace

char Cursor::Peek() {
  while (position_ < text_.size() && absl::ascii_isspace(text_[position_])) ++position_;
  return position_ < text_.size() ? text_[position_] : '\0';
}

bool Cursor::Take(char c) {
  if (AtEnd() || text_[position_] != c) return false;
  ++position_;
  return true;
}

absl::string_view Cursor::TakeAll(absl::string_view others) {
  const size_t start = position();
  while (position_ < text_.size() &&
         (absl::ascii_isalnum(text_[position_]) || absl::StrContains(others, text_[position_]))) {
    ++position_;
  }
  return text_.substr(start, position_ - start);
}

absl::Status Cursor::Error(absl::string_view what) {
  const size_t at = position();
  std::string message = absl::StrCat("column ", at + 1, ": ", what);
  const size_t begin = at > 2 * kShown ? at - kShown : 0;
  const size_t end = text_.size() > begin + 2 * kShown ? begin + 2 * kShown : text_.size();
  const absl::string_view shown = text_.substr(begin, end - begin);
  // Shown only where one character takes one column.
  const auto printable = [](char c) { return absl::ascii_isprint(c); };
  if (std::all_of(shown.begin(), shown.end(), printable)) {
    const absl::string_view before = begin > 0 ? "..." : "";
    const absl::string_view after = end < text_.size() ? "..." : "";
    absl::StrAppend(&message, "\n  ", before, shown, after, "\n  ",
                    std::string(before.size() + at - begin, ' '), "^");
  }
  return absl::InvalidArgumentError(message);
}

std::string Quoted(absl::string_view word) { return absl::StrCat("'", word.substr(0, 64), "'"); }

}  // namespace fnn::form
