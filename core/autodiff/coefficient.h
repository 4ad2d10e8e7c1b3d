// The numbers of symbolic expressions.

#ifndef FNN_CORE_AUTODIFF_COEFFICIENT_H_
#define FNN_CORE_AUTODIFF_COEFFICIENT_H_

#include <cstdint>
#include <string>

#include "absl/numeric/int128.h"

namespace fnn::core {

// A rational number as long as it is a small one, and a double where it is not: sums and products
// of rationals are exact, those with a double are rounded.
class Coefficient {
 public:
  Coefficient(int64_t integer = 0) : numerator_(integer) {}  // NOLINT: as integers are numbers.
  static Coefficient Ratio(int64_t numerator, int64_t denominator);  // denominator != 0.
  // A decimal fraction of at most nine digits for what a double of such a one holds: 1.702 is
  // 851 / 500.
  static Coefficient FromDouble(double value);

  bool exact() const { return denominator_ != 0; }
  bool IsInteger() const { return denominator_ == 1; }
  bool IsHalves() const { return denominator_ == 2; }  // Half an odd number.
  bool IsEven() const { return IsInteger() && numerator_ % 2 == 0; }
  bool IsNegative() const { return exact() ? numerator_ < 0 : real_ < 0; }
  // Those of an exact one; the denominator is > 0.
  int64_t numerator() const { return numerator_; }
  int64_t denominator() const { return denominator_; }
  double value() const;

  // `2`, or `0.044715`. An exact one that is neither whole nor a decimal fraction: `1/3`.
  std::string ToDecimal() const;

  friend Coefficient operator+(const Coefficient& a, const Coefficient& b);
  friend Coefficient operator*(const Coefficient& a, const Coefficient& b);
  friend Coefficient operator/(const Coefficient& a, const Coefficient& b);  // b != 0.
  friend Coefficient operator-(const Coefficient& a) { return a * Coefficient(-1); }
  friend Coefficient operator-(const Coefficient& a, const Coefficient& b) { return a + -b; }
  // An exact number is no inexact one, whatever their values.
  friend bool operator==(const Coefficient& a, const Coefficient& b);
  friend bool operator<(const Coefficient& a, const Coefficient& b) {
    return a.value() < b.value();
  }

 private:
  static Coefficient Reduced(absl::int128 numerator, absl::int128 denominator);
  static Coefficient Real(double value);

  int64_t numerator_;
  int64_t denominator_ = 1;  // 0 for a double.
  double real_ = 0;
};

Coefficient Absolute(const Coefficient& a);

}  // namespace fnn::core

#endif  // FNN_CORE_AUTODIFF_COEFFICIENT_H_
