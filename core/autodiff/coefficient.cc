#include "core/autodiff/coefficient.h"

#include <charconv>
#include <cmath>

#include "absl/strings/str_cat.h"

namespace fnn::core {
namespace {

absl::int128 Gcd(absl::int128 a, absl::int128 b) {
  while (b != 0) {
    const absl::int128 r = a % b;
    a = b;
    b = r;
  }
  return a < 0 ? -a : a;
}

}  // namespace

Coefficient Coefficient::Real(double value) {
  Coefficient out;
  out.numerator_ = 0;
  out.denominator_ = 0;
  out.real_ = value;
  return out;
}

Coefficient Coefficient::Reduced(absl::int128 numerator, absl::int128 denominator) {
  constexpr absl::int128 kMost =
      1'000'000'000'000'000;  // Products of two fit, and all fit a double.
  const absl::int128 sign = denominator < 0 ? -1 : 1;
  const absl::int128 divisor = sign * Gcd(numerator, denominator);
  numerator /= divisor;
  denominator /= divisor;
  if (numerator > kMost || numerator < -kMost || denominator > kMost) {
    return Real(static_cast<double>(numerator) / static_cast<double>(denominator));
  }
  Coefficient out;
  out.numerator_ = static_cast<int64_t>(numerator);
  out.denominator_ = static_cast<int64_t>(denominator);
  return out;
}

Coefficient Coefficient::Ratio(int64_t numerator, int64_t denominator) {
  return Reduced(numerator, denominator);
}

Coefficient Coefficient::FromDouble(double value) {
  double power = 1;
  for (int digits = 0; digits <= 9; ++digits, power *= 10) {
    const double scaled = std::round(value * power);
    if (std::abs(scaled) < 1e9 && scaled / power == value) {
      return Reduced(static_cast<int64_t>(scaled), static_cast<int64_t>(power));
    }
  }
  return Real(value);
}

double Coefficient::value() const {
  if (!exact()) return real_;
  return static_cast<double>(numerator_) / static_cast<double>(denominator_);
}

std::string Coefficient::ToDecimal() const {
  if (IsInteger()) return absl::StrCat(numerator_);
  if (exact() && !(FromDouble(value()) == *this)) {
    return absl::StrCat(numerator_, "/", denominator_);
  }
  char text[32];
  const auto [end, error] = std::to_chars(text, text + sizeof(text), value());
  return std::string(text, end);
}

Coefficient operator+(const Coefficient& a, const Coefficient& b) {
  if (!a.exact() || !b.exact()) return Coefficient::Real(a.value() + b.value());
  return Coefficient::Reduced(static_cast<absl::int128>(a.numerator_) * b.denominator_ +
                                  static_cast<absl::int128>(b.numerator_) * a.denominator_,
                              static_cast<absl::int128>(a.denominator_) * b.denominator_);
}

Coefficient operator*(const Coefficient& a, const Coefficient& b) {
  if (!a.exact() || !b.exact()) return Coefficient::Real(a.value() * b.value());
  return Coefficient::Reduced(static_cast<absl::int128>(a.numerator_) * b.numerator_,
                              static_cast<absl::int128>(a.denominator_) * b.denominator_);
}

Coefficient operator/(const Coefficient& a, const Coefficient& b) {
  if (!a.exact() || !b.exact()) return Coefficient::Real(a.value() / b.value());
  return Coefficient::Reduced(static_cast<absl::int128>(a.numerator_) * b.denominator_,
                              static_cast<absl::int128>(a.denominator_) * b.numerator_);
}

bool operator==(const Coefficient& a, const Coefficient& b) {
  return a.numerator_ == b.numerator_ && a.denominator_ == b.denominator_ && a.real_ == b.real_;
}

Coefficient Absolute(const Coefficient& a) { return a.IsNegative() ? -a : a; }

}  // namespace fnn::core
