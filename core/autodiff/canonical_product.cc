// Products and powers in canonical order.

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "core/autodiff/canonical.h"

namespace fnn::core {
namespace {

using Kind = Expression::Kind;

// The factors of a product while it is made.
class Factors {
 public:
  void Multiply(const Expression& e) {
    if (e.Is(Kind::kProduct)) {
      for (const Expression& part : e.parts()) Multiply(part);
    } else if (e.Is(Kind::kNumber)) {
      coefficient_ = coefficient_ * e.number();
    } else if (e.Is(Function::kExp)) {
      exponents_.push_back(e.parts()[0]);
    } else {
      const auto [base, exponent] = SplitPower(e);
      MultiplyPower(base, exponent);
    }
  }

  Expression ToExpression() {
    PairSigns();
    FoldRoots();
    if (coefficient_ == Coefficient(0)) return Coefficient(0);
    std::vector<Expression> factors = PowersAsFactors();
    if (factors.empty()) return coefficient_;
    if (coefficient_ == Coefficient(1) && factors.size() == 1) return factors[0];
    if (coefficient_ == Coefficient(-1) && factors.size() == 1 && factors[0].Is(Kind::kSum)) {
      std::vector<Expression> terms;
      for (const Expression& term : factors[0].parts()) {
        terms.push_back(CanonicalProduct({Coefficient(-1), term}));
      }
      return CanonicalSum(std::move(terms));
    }
    std::sort(factors.begin(), factors.end(),
              [](const Expression& a, const Expression& b) { return Compare(a, b) < 0; });
    if (!(coefficient_ == Coefficient(1))) factors.insert(factors.begin(), coefficient_);
    return Expression::Product(std::move(factors));
  }

 private:
  struct Raised {
    Expression base;
    Coefficient exponent;
  };

  Raised* Find(const Expression& base) {
    const auto found = std::find_if(powers_.begin(), powers_.end(),
                                    [&](const Raised& power) { return power.base == base; });
    return found == powers_.end() ? nullptr : &*found;
  }

  void MultiplyPower(const Expression& base, const Coefficient& exponent) {
    if (Raised* power = Find(base)) {
      power->exponent = power->exponent + exponent;
    } else {
      powers_.push_back({base, exponent});
    }
  }

  // x sign(x) is |x|, and |x|^2 is x^2.
  void PairSigns() {
    for (size_t i = 0; i < powers_.size(); ++i) {
      const Raised power = powers_[i];
      if (power.base.Is(Function::kSign) && power.exponent == Coefficient(1)) {
        const Expression& x = power.base.parts()[0];
        const Raised* other = Find(x);
        if (other == nullptr || !other->exponent.IsInteger() || other->exponent.IsNegative() ||
            other->exponent == Coefficient(0)) {
          continue;
        }
        powers_[i].exponent = 0;
        MultiplyPower(x, -1);
        MultiplyPower(Expression::Apply(Function::kAbs, x), 1);
      } else if (power.base.Is(Function::kAbs) && power.exponent.IsEven()) {
        powers_[i].exponent = 0;
        MultiplyPower(power.base.parts()[0], power.exponent);
      }
    }
  }

  // 2 / sqrt(2) is sqrt(2).
  void FoldRoots() {
    for (Raised& power : powers_) {
      if (!power.base.Is(Kind::kNumber) || !power.exponent.IsHalves() || !coefficient_.exact()) {
        continue;
      }
      const Coefficient n = power.base.number();
      if (n.numerator() <= 0) continue;
      if (power.exponent.IsNegative() &&
          (coefficient_ / n).denominator() == coefficient_.denominator()) {
        coefficient_ = coefficient_ / n;
        power.exponent = power.exponent + Coefficient(1);
      } else if (!power.exponent.IsNegative() && coefficient_.denominator() % n.numerator() == 0) {
        coefficient_ = coefficient_ * n;
        power.exponent = power.exponent - Coefficient(1);
      }
    }
  }

  std::vector<Expression> PowersAsFactors() {
    std::vector<Expression> factors;
    const auto add = [&](const Expression& e) {
      for (const Expression& factor : FactorsOf(e)) {
        if (factor.Is(Kind::kNumber)) {
          coefficient_ = coefficient_ * factor.number();
        } else {
          factors.push_back(factor);
        }
      }
    };
    for (const Raised& power : powers_) add(CanonicalPower(power.base, power.exponent));
    if (!exponents_.empty()) {
      add(CanonicalApply(Function::kExp, CanonicalSum(std::move(exponents_))));
    }
    return factors;
  }

  Coefficient coefficient_ = 1;
  std::vector<Raised> powers_;
  std::vector<Expression> exponents_;
};

// n^exponent for whole n > 0 and half an odd number: what is a square comes out of the root.
Expression RootOfInteger(int64_t n, const Coefficient& exponent) {
  int64_t square = 1;
  for (int64_t d = 2; d * d <= n && d < 1000; ++d) {
    while (n % (d * d) == 0) {
      n /= d * d;
      square *= d;
    }
  }
  const int64_t twice = exponent.numerator();
  Coefficient front = 1;
  for (int64_t i = 0; i < std::abs(twice); ++i) front = front * Coefficient(square);
  for (int64_t i = 0; i < std::abs(twice) / 2; ++i) front = front * Coefficient(n);
  if (twice < 0) front = Coefficient(1) / front;
  if (n == 1) return front;
  const Expression root =
      Expression::Power(Coefficient(n), Coefficient::Ratio(twice < 0 ? -1 : 1, 2));
  return front == Coefficient(1) ? root : Expression::Product({front, root});
}

Expression PowerOfNumber(const Coefficient& number, const Coefficient& exponent) {
  constexpr int64_t kMost = 64;
  const bool small = exponent.exact() && std::abs(exponent.numerator()) <= kMost;
  const bool zero = number.value() == 0;
  if (small && exponent.IsInteger() && !(zero && exponent.IsNegative())) {
    Coefficient out = 1;
    for (int64_t i = 0; i < std::abs(exponent.numerator()); ++i) out = out * number;
    return exponent.IsNegative() ? Coefficient(1) / out : out;
  }
  if (zero || number.IsNegative()) return Expression::Power(number, exponent);
  if (small && exponent.IsHalves() && number.exact()) {
    if (number.IsInteger()) return RootOfInteger(number.numerator(), exponent);
    return CanonicalProduct({RootOfInteger(number.numerator(), exponent),
                             RootOfInteger(number.denominator(), -exponent)});
  }
  return Coefficient::FromDouble(std::pow(number.value(), exponent.value()));
}

// (a^2 b)^(1/2): squares come out.
Expression RootOfProduct(const Expression& product, const Coefficient& exponent) {
  std::vector<Expression> factors;
  for (const Expression& factor : product.parts()) {
    if (factor.Is(Kind::kNumber) && factor.number().IsNegative()) {
      return Expression::Power(product, exponent);
    }
    factors.push_back(CanonicalPower(factor, exponent));
  }
  return CanonicalProduct(std::move(factors));
}

}  // namespace

Expression CanonicalProduct(std::vector<Expression> parts) {
  Factors factors;
  for (const Expression& part : parts) factors.Multiply(part);
  return factors.ToExpression();
}

Expression CanonicalPower(const Expression& base, const Coefficient& exponent) {
  if (exponent == Coefficient(0)) return Coefficient(1);
  if (exponent == Coefficient(1)) return base;
  if (base.Is(Kind::kNumber)) return PowerOfNumber(base.number(), exponent);
  if (base.Is(Kind::kPower)) {
    const Coefficient whole = base.number() * exponent;
    if (exponent.IsInteger() || !base.number().IsEven()) {
      return CanonicalPower(base.parts()[0], whole);
    }
    return CanonicalPower(CanonicalApply(Function::kAbs, base.parts()[0]), whole);
  }
  if (base.Is(Kind::kProduct)) {
    if (!exponent.IsInteger()) return RootOfProduct(base, exponent);
    std::vector<Expression> factors;
    for (const Expression& factor : base.parts())
      factors.push_back(CanonicalPower(factor, exponent));
    return CanonicalProduct(std::move(factors));
  }
  if (base.Is(Function::kExp)) {
    return CanonicalApply(Function::kExp, CanonicalProduct({exponent, base.parts()[0]}));
  }
  if (base.Is(Function::kAbs) && exponent.IsEven()) {
    return CanonicalPower(base.parts()[0], exponent);
  }
  if (base.Is(Kind::kSum) && exponent.IsEven()) {  // (x - a)^2 for (a - x)^2.
    const auto [coefficient, last] = SplitCoefficient(base.parts().back());
    if (coefficient.IsNegative() && last.Is(Kind::kSymbol)) {
      return Expression::Power(CanonicalProduct({Coefficient(-1), base}), exponent);
    }
  }
  return Expression::Power(base, exponent);
}

}  // namespace fnn::core
