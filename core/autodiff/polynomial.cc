#include "core/autodiff/polynomial.h"

#include <numeric>
#include <utility>

#include "core/autodiff/canonical.h"

namespace fnn::core {

void Monomial::Multiply(const Expression& atom, const Coefficient& exponent) {
  Coefficient& power = powers_[atom];
  power = power + exponent;
  if (power == Coefficient(0)) powers_.erase(atom);
}

Coefficient Monomial::ExponentOf(const Expression& atom) const {
  const auto found = powers_.find(atom);
  return found == powers_.end() ? Coefficient(0) : found->second;
}

bool Monomial::HasNegative() const {
  for (const auto& [atom, exponent] : powers_) {
    if (exponent.IsNegative()) return true;
  }
  return false;
}

Monomial operator*(const Monomial& a, const Monomial& b) {
  Monomial out = a;
  for (const auto& [atom, exponent] : b.powers_) out.Multiply(atom, exponent);
  return out;
}

Monomial Monomial::Inverse() const {
  Monomial out;
  for (const auto& [atom, exponent] : powers_) out.Multiply(atom, -exponent);
  return out;
}

bool operator<(const Monomial& a, const Monomial& b) {
  auto i = a.powers_.begin();
  auto j = b.powers_.begin();
  while (i != a.powers_.end() || j != b.powers_.end()) {
    const int order = i == a.powers_.end()   ? 1
                      : j == b.powers_.end() ? -1
                                             : Compare(i->first, j->first);
    const Coefficient left = order <= 0 ? i->second : Coefficient(0);
    const Coefficient right = order >= 0 ? j->second : Coefficient(0);
    if (!(left == right)) return left < right;
    if (order <= 0) ++i;
    if (order >= 0) ++j;
  }
  return false;
}

void Polynomial::Add(const Monomial& monomial, const Coefficient& coefficient) {
  const auto [term, inserted] = terms_.emplace(monomial, coefficient);
  if (!inserted) term->second = term->second + coefficient;
  if (term->second.value() == 0) terms_.erase(term);
}

bool Polynomial::IsOne() const {
  return terms_.size() == 1 && terms_.begin()->first.powers().empty() &&
         terms_.begin()->second == Coefficient(1);
}

Polynomial operator+(const Polynomial& a, const Polynomial& b) {
  Polynomial out = a;
  for (const auto& [monomial, coefficient] : b.terms_) out.Add(monomial, coefficient);
  return out;
}

Polynomial operator*(const Polynomial& a, const Polynomial& b) {
  Polynomial out;
  for (const auto& [left, c] : a.terms_) {
    for (const auto& [right, d] : b.terms_) out.Add(left * right, c * d);
  }
  return out;
}

bool operator==(const Polynomial& a, const Polynomial& b) {
  if (a.terms_.size() != b.terms_.size()) return false;
  for (auto i = a.terms_.begin(), j = b.terms_.begin(); i != a.terms_.end(); ++i, ++j) {
    if (i->first < j->first || j->first < i->first || !(i->second == j->second)) return false;
  }
  return true;
}

Polynomial Polynomial::TakeContent() {
  const bool negative = terms_.rbegin()->second.IsNegative();
  int64_t divisor = 0;
  int64_t multiple = 1;
  Monomial common = terms_.begin()->first;
  for (const auto& [monomial, coefficient] : terms_) {
    divisor = std::gcd(divisor, coefficient.numerator());
    const bool large = coefficient.denominator() > 1'000'000 || multiple > 1'000'000;
    if (!coefficient.exact() || large) multiple = 0;
    if (multiple != 0) multiple = std::lcm(multiple, coefficient.denominator());
    // The least exponent of each atom, which is 0 where a term has none of it.
    Monomial least;
    const auto keep_least = [&](const Monomial& from, const Monomial& other) {
      for (const auto& [atom, exponent] : from.powers()) {
        const Coefficient second = other.ExponentOf(atom);
        const Coefficient smaller = second < exponent ? second : exponent;
        if (least.ExponentOf(atom) == Coefficient(0)) least.Multiply(atom, smaller);
      }
    };
    keep_least(common, monomial);
    keep_least(monomial, common);
    common = least;
  }
  Coefficient number = multiple == 0 ? Coefficient(1) : Coefficient::Ratio(divisor, multiple);
  if (negative) number = -number;
  const Monomial inverse = common.Inverse();
  Polynomial rest;
  for (const auto& [monomial, coefficient] : terms_) {
    rest.Add(monomial * inverse, coefficient / number);
  }
  *this = std::move(rest);
  return {common, number};
}

std::optional<Polynomial> Polynomial::DividedBy(const Polynomial& divisor) const {
  constexpr int kMostSteps = 64;
  const auto& [lead, lead_coefficient] = *divisor.terms_.rbegin();
  Polynomial rest = *this;
  Polynomial quotient;
  for (int step = 0; !rest.terms_.empty(); ++step) {
    const auto& [monomial, coefficient] = *rest.terms_.rbegin();
    const Polynomial term(monomial * lead.Inverse(), coefficient / lead_coefficient);
    if (step == kMostSteps || term.terms_.empty() || term.terms_.begin()->first.HasNegative()) {
      return std::nullopt;
    }
    quotient = quotient + term;
    rest = rest + term * divisor * Polynomial(Coefficient(-1));
  }
  return quotient;
}

Expression Polynomial::ToExpression() const {
  std::vector<Expression> sum;
  for (const auto& [monomial, coefficient] : terms_) {
    std::vector<Expression> product = {coefficient};
    for (const auto& [atom, exponent] : monomial.powers()) {
      product.push_back(CanonicalPower(atom, exponent));
    }
    sum.push_back(CanonicalProduct(std::move(product)));
  }
  return CanonicalSum(std::move(sum));
}

}  // namespace fnn::core
