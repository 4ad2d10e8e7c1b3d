// Sums in canonical order.

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "core/autodiff/canonical.h"

namespace fnn::core {
namespace {

using Kind = Expression::Kind;

struct Term {
  Coefficient coefficient;
  Expression rest;
};

void Collect(const Expression& e, const Coefficient& scale, std::vector<Term>& terms) {
  const auto [coefficient, rest] = SplitCoefficient(e);
  if (rest.Is(Kind::kSum)) {
    for (const Expression& part : rest.parts()) Collect(part, scale * coefficient, terms);
    return;
  }
  const Coefficient scaled = scale * coefficient;
  const auto like = std::find_if(terms.begin(), terms.end(),
                                 [&rest = rest](const Term& term) { return term.rest == rest; });
  if (like == terms.end()) {
    terms.push_back({scaled, rest});
  } else {
    like->coefficient = like->coefficient + scaled;
  }
}

// The exponent of the factor `base` in a product; 0 where it has none.
Coefficient ExponentOf(const Expression& base, const Expression& product) {
  for (const Expression& factor : FactorsOf(product)) {
    const auto [other, exponent] = SplitPower(factor);
    if (other == base) return exponent;
  }
  return 0;
}

// Whether it has symbols and numbers for factors alone, so that the sum is a polynomial.
bool IsMonomial(const Expression& product) {
  const std::vector<Expression> factors = FactorsOf(product);
  return std::all_of(factors.begin(), factors.end(), [](const Expression& factor) {
    const Kind kind = SplitPower(factor).first.kind();
    return kind == Kind::kSymbol || kind == Kind::kNumber;
  });
}

// What all terms have in common as a factor, or nothing. A polynomial stays as it is.
std::vector<Expression> CommonFactors(const std::vector<Term>& terms) {
  std::vector<Expression> common;
  if (std::all_of(terms.begin(), terms.end(),
                  [](const Term& term) { return IsMonomial(term.rest); })) {
    return common;
  }
  for (const Expression& factor : FactorsOf(terms[0].rest)) {
    const auto [base, exponent] = SplitPower(factor);
    if (base.Is(Kind::kNumber)) continue;
    Coefficient least = exponent;  // The one nearest to 0, where all have the same sign.
    for (const Term& term : terms) {
      const Coefficient other = ExponentOf(base, term.rest);
      if (other == Coefficient(0) || other.IsNegative() != exponent.IsNegative()) least = 0;
      if (Absolute(other) < Absolute(least)) least = other;
    }
    if (!(least == Coefficient(0))) common.push_back(CanonicalPower(base, least));
  }
  return common;
}

// The size of every coefficient, where it is the same.
std::optional<Coefficient> CommonSize(const std::vector<Term>& terms) {
  const Coefficient size = Absolute(terms[0].coefficient);
  if (size == Coefficient(1)) return std::nullopt;
  for (const Term& term : terms) {
    if (!(Absolute(term.coefficient) == size)) return std::nullopt;
  }
  return size;
}

Expression ToSum(const std::vector<Term>& terms) {
  std::vector<Expression> parts;
  for (const Term& term : terms) parts.push_back(CanonicalProduct({term.coefficient, term.rest}));
  return Expression::Sum(std::move(parts));
}

}  // namespace

Expression CanonicalSum(std::vector<Expression> parts) {
  std::vector<Term> terms;
  for (const Expression& part : parts) Collect(part, 1, terms);
  std::erase_if(terms, [](const Term& term) { return term.coefficient == Coefficient(0); });
  if (terms.empty()) return Coefficient(0);
  if (terms.size() == 1) return CanonicalProduct({terms[0].coefficient, terms[0].rest});
  std::sort(terms.begin(), terms.end(),
            [](const Term& a, const Term& b) { return Compare(a.rest, b.rest) < 0; });

  std::vector<Expression> front = CommonFactors(terms);
  if (!front.empty()) {
    std::vector<Expression> inverse;
    for (const Expression& factor : front) inverse.push_back(CanonicalPower(factor, -1));
    std::vector<Expression> rest;
    for (const Term& term : terms) {
      std::vector<Expression> factors = inverse;
      factors.push_back(term.coefficient);
      factors.push_back(term.rest);
      rest.push_back(CanonicalProduct(std::move(factors)));
    }
    front.push_back(CanonicalSum(std::move(rest)));
    return CanonicalProduct(std::move(front));
  }
  const std::optional<Coefficient> size = CommonSize(terms);
  if (!size.has_value()) return ToSum(terms);
  for (Term& term : terms) term.coefficient = term.coefficient / *size;
  return Expression::Product({*size, ToSum(terms)});
}

}  // namespace fnn::core
