#include "core/data/npy_dictionary.h"

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

}  // namespace

std::optional<NpyDictionary> ParseNpyDictionary(absl::string_view text) {
  Parser parser(text);
  NpyDictionary out;
  bool has_type = false;
  bool has_order = false;
  bool has_shape = false;
  if (!parser.Take("{")) return std::nullopt;
  while (!parser.Take("}")) {
    std::string key;
    if (!parser.TakeString(key) || !parser.Take(":")) return std::nullopt;
    if (key == "descr" && !has_type) {
      has_type = true;
      if (parser.Take("[") || parser.Take("(")) return out;
      if (!parser.TakeString(out.type) || out.type.empty()) return std::nullopt;
    } else if (key == "fortran_order" && !has_order) {
      has_order = true;
      if (!parser.TakeBool(out.fortran_order)) return std::nullopt;
    } else if (key == "shape" && !has_shape) {
      has_shape = true;
      if (!parser.TakeShape(out.shape)) return std::nullopt;
    } else {
      return std::nullopt;
    }
    if (parser.Take(",")) continue;
    if (parser.Take("}")) break;
    return std::nullopt;
  }
  if (!has_type || !has_order || !has_shape || !parser.AtEnd()) return std::nullopt;
  return out;
}

}  // namespace fnn::core
