#include "core/data/npy_dictionary.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/strip.h"
#include "core/base/saturating.h"

namespace fnn::core {
namespace {

// Takes one thing after the other from a text, with blanks before each.
class Parser {
 public:
  explicit Parser(absl::string_view text) : rest_(text) {}

  bool Take(absl::string_view token) {
    rest_ = absl::StripLeadingAsciiWhitespace(rest_);
    return absl::ConsumePrefix(&rest_, token);
  }

  // In single or double quotes, without escapes.
  bool TakeString(std::string& out) {
    const char quote = Take("'") ? '\'' : Take("\"") ? '"' : '\0';
    const size_t end = quote == '\0' ? absl::string_view::npos : rest_.find(quote);
    if (end == absl::string_view::npos) return false;
    out = std::string(rest_.substr(0, end));
    rest_.remove_prefix(end + 1);
    return true;
  }

  bool TakeBool(bool& out) {
    out = Take("True");
    return out || Take("False");
  }

  bool TakeNumber(int64_t& out) {
    rest_ = absl::StripLeadingAsciiWhitespace(rest_);
    if (rest_.empty() || !absl::ascii_isdigit(rest_.front())) return false;
    SaturatingSize number = 0;
    for (; !rest_.empty() && absl::ascii_isdigit(rest_.front()); rest_.remove_prefix(1)) {
      number = number * 10 + (rest_.front() - '0');
    }
    out = number.value();
    Take("L");  // Python 2 wrote long integers so.
    return true;
  }

  // `()`, `(3,)`, `(3, 4)`, `(3, 4,)`.
  bool TakeShape(std::vector<int64_t>& out) {
    if (!Take("(")) return false;
    while (!Take(")")) {
      if (!TakeNumber(out.emplace_back())) return false;
      if (Take(",")) continue;
      // Python reads (3) as a number.
      return out.size() > 1 && Take(")");
    }
    return true;
  }

  bool AtEnd() const { return absl::StripLeadingAsciiWhitespace(rest_).empty(); }

 private:
  absl::string_view rest_;
};

struct Found {
  bool type = false;
  bool order = false;
  bool shape = false;
};

// The value of a key that has not been there yet.
bool TakeValue(Parser& parser, absl::string_view key, NpyDictionary& out, Found& found) {
  if (key == "descr" && !std::exchange(found.type, true)) {
    return parser.TakeString(out.type) && !out.type.empty();
  }
  if (key == "fortran_order" && !std::exchange(found.order, true)) {
    return parser.TakeBool(out.fortran_order);
  }
  if (key == "shape" && !std::exchange(found.shape, true)) return parser.TakeShape(out.shape);
  return false;
}

}  // namespace

std::optional<NpyDictionary> ParseNpyDictionary(absl::string_view text) {
  Parser parser(text);
  NpyDictionary out;
  Found found;
  if (!parser.Take("{")) return std::nullopt;
  while (!parser.Take("}")) {
    std::string key;
    if (!parser.TakeString(key) || !parser.Take(":")) return std::nullopt;
    const bool structured = key == "descr" && (parser.Take("[") || parser.Take("("));
    if (structured) return NpyDictionary();
    if (!TakeValue(parser, key, out, found)) return std::nullopt;
    if (parser.Take(",")) continue;
    if (parser.Take("}")) break;
    return std::nullopt;
  }
  const bool whole = found.type && found.order && found.shape && parser.AtEnd();
  return whole ? std::make_optional(out) : std::nullopt;
}

}  // namespace fnn::core
