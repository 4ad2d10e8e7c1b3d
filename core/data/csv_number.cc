#include "core/data/csv_number.h"

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdlib>

#include "absl/strings/charconv.h"
#include "absl/strings/match.h"
#include "absl/strings/strip.h"

namespace fnn::core {
namespace {

// Digits with a point or not, as most numbers are, where it is sure to what they are rounded.
//
// At most 19 digits are a double with one rounding, and divided by a power of ten that is a double
// exactly (at most 10^22) one with two, so no more than two units from the number meant. Where the
// same float is nearest to all doubles as near as that, it is nearest to the number.
std::optional<float> ParsePlain(absl::string_view text) {
  constexpr std::array<double, 20> kPowers = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,
                                              1e7,  1e8,  1e9,  1e10, 1e11, 1e12, 1e13,
                                              1e14, 1e15, 1e16, 1e17, 1e18, 1e19};
  const bool negative = absl::ConsumePrefix(&text, "-");
  if (text.size() > 20) return std::nullopt;
  uint64_t digits = 0;
  size_t point = text.size();
  for (size_t i = 0; i < text.size(); ++i) {
    const auto digit = static_cast<unsigned>(text[i] - '0');
    if (digit < 10) {
      digits = digits * 10 + digit;
    } else if (text[i] == '.' && point == text.size()) {
      point = i;
    } else {
      return std::nullopt;
    }
  }
  const size_t decimals = point == text.size() ? 0 : text.size() - point - 1;
  const size_t count = text.size() - (point == text.size() ? 0 : 1);
  if (count == 0 || count > 19) return std::nullopt;
  const auto whole = static_cast<double>(digits);
  const double value = decimals == 0 ? whole : whole / kPowers[decimals];
  // A float has 29 bits less; halfway between two floats only the first of these is set. All values
  // but 0 are normal as floats.
  constexpr int64_t kHalfway = int64_t{1} << 28;
  const int64_t below = std::bit_cast<int64_t>(value) & (2 * kHalfway - 1);
  if (std::abs(below - kHalfway) <= 2) return std::nullopt;
  const auto rounded = static_cast<float>(value);
  return negative ? -rounded : rounded;
}

}  // namespace

std::optional<float> ParseCsvNumber(absl::string_view text) {
  if (const std::optional<float> value = ParsePlain(text); value.has_value()) return value;
  if (absl::ConsumePrefix(&text, "+") && absl::StartsWith(text, "-")) return std::nullopt;
  float value = 0;
  const auto [end, error] = absl::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || end != text.data() + text.size() || error == std::errc::invalid_argument ||
      text.find_first_of("xX") != absl::string_view::npos) {  // Hexadecimal.
    return std::nullopt;
  }
  // Out of range, absl::from_chars gives the largest number, or 0 for what is too small.
  if (error == std::errc::result_out_of_range && value != 0) value *= HUGE_VALF;
  return value;
}

}  // namespace fnn::core
