// Polynomials over expressions, for fraction.cc.

#ifndef FNN_CORE_AUTODIFF_POLYNOMIAL_H_
#define FNN_CORE_AUTODIFF_POLYNOMIAL_H_

#include <map>
#include <optional>
#include <vector>

#include "core/autodiff/coefficient.h"
#include "core/autodiff/expression.h"

namespace fnn::core {

struct ByWriting {
  bool operator()(const Expression& a, const Expression& b) const { return Compare(a, b) < 0; }
};

// A product of powers of atoms: what a polynomial takes for variables, whatever it is. Exponents
// are not 0; they may be negative and fractions.
class Monomial {
 public:
  Monomial() = default;
  Monomial(const Expression& atom, const Coefficient& exponent) { Multiply(atom, exponent); }

  void Multiply(const Expression& atom, const Coefficient& exponent);
  Coefficient ExponentOf(const Expression& atom) const;
  const std::map<Expression, Coefficient, ByWriting>& powers() const { return powers_; }
  bool HasNegative() const;

  friend Monomial operator*(const Monomial& a, const Monomial& b);
  Monomial Inverse() const;
  // A lexicographic order, which multiplication keeps.
  friend bool operator<(const Monomial& a, const Monomial& b);

 private:
  std::map<Expression, Coefficient, ByWriting> powers_;
};

// A sum of monomials with coefficients that are not 0.
class Polynomial {
 public:
  Polynomial() = default;
  Polynomial(const Coefficient& number) { Add(Monomial(), number); }  // NOLINT: as numbers are.
  Polynomial(const Monomial& monomial, const Coefficient& coefficient) {
    Add(monomial, coefficient);
  }

  void Add(const Monomial& monomial, const Coefficient& coefficient);
  const std::map<Monomial, Coefficient>& terms() const { return terms_; }
  bool IsOne() const;

  friend Polynomial operator+(const Polynomial& a, const Polynomial& b);
  friend Polynomial operator*(const Polynomial& a, const Polynomial& b);
  friend bool operator==(const Polynomial& a, const Polynomial& b);

  // Takes out what all terms share: the polynomial is the given one times the term that is
  // returned, and then has whole coefficients without common divisor, where they are exact, the
  // last of them > 0, and no negative exponents. It must not be 0.
  Polynomial TakeContent();

  // This over `divisor` where that leaves no remainder. Both as TakeContent leaves them.
  std::optional<Polynomial> DividedBy(const Polynomial& divisor) const;

  Expression ToExpression() const;

 private:
  std::map<Monomial, Coefficient> terms_;
};

}  // namespace fnn::core

#endif  // FNN_CORE_AUTODIFF_POLYNOMIAL_H_
