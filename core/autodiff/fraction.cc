#include "core/autodiff/fraction.h"

#include <algorithm>
#include <cstdlib>
#include <utility>
#include <vector>

#include "core/autodiff/canonical.h"
#include "core/autodiff/polynomial.h"

namespace fnn::core {
namespace {

using Kind = Expression::Kind;

constexpr size_t kMostTerms = 64;
constexpr int64_t kMostExponent = 8;
constexpr int kMostRoots = 4;  // In one another; each doubles the work.

// A numerator over powers of denominators, each as TakeContent leaves it and of two terms or more.
struct Fraction {
  struct Denominator {
    Polynomial of;
    int64_t exponent;
  };
  Polynomial numerator;
  std::vector<Denominator> denominators{};

  bool TooLarge() const { return numerator.terms().size() > kMostTerms; }
  int64_t ExponentOf(const Polynomial& polynomial) const {
    for (const Denominator& denominator : denominators) {
      if (denominator.of == polynomial) return denominator.exponent;
    }
    return 0;
  }
  void DivideBy(const Polynomial& polynomial, int64_t times) {
    for (Denominator& denominator : denominators) {
      if (denominator.of == polynomial) {
        denominator.exponent += times;
        return;
      }
    }
    denominators.push_back({polynomial, times});
  }
};

using MaybeFraction = std::optional<Fraction>;

// Whether an atom is a root whose square is known: of a sum or of a number.
bool IsRoot(const Expression& atom) {
  return atom.Is(Kind::kPower) && atom.number() == Coefficient::Ratio(1, 2);
}

// `roots` is how many roots are around it.
MaybeFraction ToFraction(const Expression& e, int roots);
MaybeFraction PowerToFraction(const Expression& base, const Coefficient& exponent, int roots);
std::optional<Expression> TogetherUnder(const Expression& e, int roots);

// The sum under a root, as a polynomial: it is one of the atoms that were made of polynomials.
Polynomial Square(const Expression& root) {
  const MaybeFraction square = ToFraction(root.parts()[0], 0);
  return square.has_value() ? square->numerator : Polynomial();
}

// Squares of roots as what they are of.
Polynomial ReduceRoots(const Polynomial& polynomial) {
  for (const auto& [monomial, coefficient] : polynomial.terms()) {
    for (const auto& [atom, exponent] : monomial.powers()) {
      if (!IsRoot(atom) || !exponent.IsInteger() || exponent < Coefficient(2)) continue;
      Polynomial rest = polynomial;
      rest.Add(monomial, -coefficient);
      Monomial lower = monomial;
      lower.Multiply(atom, -2);
      return ReduceRoots(rest + Polynomial(lower, coefficient) * Square(atom));
    }
  }
  return polynomial;
}

// Cancels what numerator and denominators share.
void Cancel(Fraction& fraction) {
  if (fraction.numerator.terms().empty()) fraction.denominators.clear();
  for (Fraction::Denominator& denominator : fraction.denominators) {
    while (denominator.exponent > 0) {
      Polynomial rest = fraction.numerator;
      const Polynomial content = rest.TakeContent();
      const std::optional<Polynomial> quotient = rest.DividedBy(denominator.of);
      if (!quotient.has_value()) break;
      fraction.numerator = content * *quotient;
      --denominator.exponent;
    }
  }
  std::erase_if(fraction.denominators, [](const auto& d) { return d.exponent == 0; });
}

MaybeFraction Product(const Fraction& a, const Fraction& b) {
  if (a.numerator.terms().size() * b.numerator.terms().size() > kMostTerms * kMostTerms) {
    return std::nullopt;
  }
  Fraction out = a;
  out.numerator = ReduceRoots(a.numerator * b.numerator);
  for (const auto& [polynomial, exponent] : b.denominators) out.DivideBy(polynomial, exponent);
  Cancel(out);
  if (out.TooLarge()) return std::nullopt;
  return out;
}

// fraction's numerator over the denominators of `common`.
MaybeFraction Over(const Fraction& common, const Fraction& fraction) {
  Fraction out{.numerator = fraction.numerator};
  for (const auto& [polynomial, exponent] : common.denominators) {
    for (int64_t i = fraction.ExponentOf(polynomial); i < exponent; ++i) {
      out.numerator = ReduceRoots(out.numerator * polynomial);
      if (out.TooLarge()) return std::nullopt;
    }
  }
  return out;
}

MaybeFraction Sum(const Fraction& a, const Fraction& b) {
  Fraction out = a;
  for (const auto& [polynomial, exponent] : b.denominators) {
    out.DivideBy(polynomial, std::max<int64_t>(0, exponent - a.ExponentOf(polynomial)));
  }
  const MaybeFraction left = Over(out, a);
  const MaybeFraction right = Over(out, b);
  if (!left.has_value() || !right.has_value()) return std::nullopt;
  out.numerator = left->numerator + right->numerator;
  Cancel(out);
  if (out.TooLarge()) return std::nullopt;
  return out;
}

// The polynomial with the other sign before the root that it contains once, or nothing.
std::optional<Polynomial> Conjugate(const Polynomial& polynomial) {
  const Expression* root = nullptr;
  for (const auto& [monomial, coefficient] : polynomial.terms()) {
    for (const auto& [atom, exponent] : monomial.powers()) {
      if (!IsRoot(atom) || !atom.parts()[0].Is(Kind::kSum)) continue;
      if (!(exponent == Coefficient(1))) return std::nullopt;
      if (root != nullptr && !(*root == atom)) return std::nullopt;
      root = &atom;
    }
  }
  if (root == nullptr) return std::nullopt;
  Polynomial out;
  for (const auto& [monomial, coefficient] : polynomial.terms()) {
    const bool has = monomial.ExponentOf(*root) == Coefficient(1);
    out.Add(monomial, has ? -coefficient : coefficient);
  }
  return out;
}

// 1 / fraction.
MaybeFraction Inverse(const Fraction& fraction) {
  if (fraction.numerator.terms().empty()) return std::nullopt;
  Fraction out{.numerator = Coefficient(1)};
  Polynomial polynomial = fraction.numerator;
  if (const std::optional<Polynomial> conjugate = Conjugate(polynomial)) {
    const Polynomial rational = ReduceRoots(polynomial * *conjugate);
    if (rational.terms().size() == 1) {
      polynomial = rational;
      out.numerator = *conjugate;
    }
  }
  const Polynomial content = polynomial.TakeContent();
  const auto& [monomial, coefficient] = *content.terms().begin();
  out.numerator = out.numerator * Polynomial(monomial.Inverse(), Coefficient(1) / coefficient);
  for (const auto& [denominator, exponent] : fraction.denominators) {
    for (int64_t i = 0; i < exponent; ++i) out.numerator = out.numerator * denominator;
    if (out.TooLarge()) return std::nullopt;
  }
  out.numerator = ReduceRoots(out.numerator);
  if (!polynomial.IsOne()) out.DivideBy(polynomial, 1);
  Cancel(out);
  return out;
}

MaybeFraction Atom(const Expression& atom, const Coefficient& exponent) {
  return Fraction{.numerator = {Monomial(atom, exponent), 1}};
}

// base^exponent for a number or a sum under a root.
MaybeFraction RootToFraction(const Expression& base, const Coefficient& exponent, int roots) {
  if (roots == kMostRoots) return std::nullopt;
  Expression under = base;
  if (base.Is(Kind::kSum)) {
    const std::optional<Expression> whole = TogetherUnder(base, roots + 1);
    if (!whole.has_value()) return std::nullopt;
    under = *whole;
    if (!under.Is(Kind::kSum)) {  // Squares come out of a product or a quotient.
      const Expression root = CanonicalPower(under, exponent);
      const bool same = root.Is(Kind::kPower) && root.parts()[0] == under;
      return same ? Atom(under, exponent) : ToFraction(root, roots + 1);
    }
  }
  const Expression root = Expression::Power(under, Coefficient::Ratio(1, 2));
  if (exponent == Coefficient::Ratio(1, 2)) return Atom(root, 1);
  const MaybeFraction rest = PowerToFraction(under, exponent - Coefficient::Ratio(1, 2), roots + 1);
  return rest.has_value() ? Product(*rest, {.numerator = {Monomial(root, 1), 1}}) : rest;
}

MaybeFraction PowerToFraction(const Expression& base, const Coefficient& exponent, int roots) {
  if (!exponent.IsInteger() || std::abs(exponent.numerator()) > kMostExponent) {
    const bool root = exponent.IsHalves() && (base.Is(Kind::kSum) || base.Is(Kind::kNumber)) &&
                      std::abs(exponent.numerator()) <= kMostExponent;
    return root ? RootToFraction(base, exponent, roots) : Atom(base, exponent);
  }
  MaybeFraction factor = ToFraction(base, roots);
  if (factor.has_value() && exponent.IsNegative()) factor = Inverse(*factor);
  MaybeFraction out = factor;
  for (int64_t i = 1; i < std::abs(exponent.numerator()) && out.has_value(); ++i) {
    out = Product(*out, *factor);
  }
  return out;
}

MaybeFraction ToFraction(const Expression& e, int roots) {
  switch (e.kind()) {
    case Kind::kNumber:
      return Fraction{.numerator = e.number()};
    case Kind::kPower:
      return PowerToFraction(e.parts()[0], e.number(), roots);
    case Kind::kSum:
    case Kind::kProduct: {
      const bool sum = e.Is(Kind::kSum);
      MaybeFraction out = Fraction{.numerator = Coefficient(sum ? 0 : 1)};
      for (const Expression& part : e.parts()) {
        const MaybeFraction next = ToFraction(part, roots);
        if (!next.has_value() || !out.has_value()) return std::nullopt;
        out = sum ? Sum(*out, *next) : Product(*out, *next);
      }
      return out;
    }
    case Kind::kFunction:
      if (e.Is(Function::kExp)) {  // e^(-2 x) is a power of e^x.
        const auto [coefficient, rest] = SplitCoefficient(e.parts()[0]);
        return Atom(Expression::Apply(Function::kExp, rest), coefficient);
      }
      break;
    case Kind::kSymbol:
    case Kind::kPiece:
      break;
  }
  return Atom(e, 1);
}

bool HasNegative(const Polynomial& polynomial) {
  const auto& terms = polynomial.terms();
  return std::any_of(terms.begin(), terms.end(),
                     [](const auto& term) { return term.second.IsNegative(); });
}

std::optional<Expression> TogetherUnder(const Expression& e, int roots) {
  MaybeFraction fraction = ToFraction(e, roots);
  if (!fraction.has_value()) return std::nullopt;
  if (fraction->numerator.terms().empty()) return Expression(Coefficient(0));
  Polynomial content = fraction->numerator.TakeContent();
  const Polynomial minus = Coefficient(-1);
  if (content.terms().begin()->second.IsNegative() && HasNegative(fraction->numerator)) {
    content = content * minus;  // -(a - b) is b - a.
    fraction->numerator = fraction->numerator * minus;
  }
  std::vector<Expression> factors = {content.ToExpression(), fraction->numerator.ToExpression()};
  for (const auto& [polynomial, exponent] : fraction->denominators) {
    factors.push_back(CanonicalPower(polynomial.ToExpression(), -Coefficient(exponent)));
  }
  return CanonicalProduct(std::move(factors));
}

}  // namespace

std::optional<Expression> Together(const Expression& e) { return TogetherUnder(e, 0); }

}  // namespace fnn::core
