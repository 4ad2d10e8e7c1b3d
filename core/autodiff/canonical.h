// Expressions in canonical order: sums and products that are flat, with like terms and like factors
// collected, numbers folded and common factors in front. The parts given must be canonical already.
//
// They are over the reals where the expression has a value: x / x is 1, and of the factors of a
// product under a root that are not squares none is negative.

#ifndef FNN_CORE_AUTODIFF_CANONICAL_H_
#define FNN_CORE_AUTODIFF_CANONICAL_H_

#include <utility>
#include <vector>

#include "core/autodiff/expression.h"

namespace fnn::core {

// a + a + b is 2 a + b, a b + a c is a (b + c), x / 2 + y / 2 is (x + y) / 2.
Expression CanonicalSum(std::vector<Expression> terms);

// a a b is a^2 b, e^u e^v is e^(u + v), -1 times a sum is the sum with the other signs.
Expression CanonicalProduct(std::vector<Expression> factors);

// (a^2 b)^3 is a^6 b^3, sqrt(x^2) is |x|, (e^u)^2 is e^(2 u).
Expression CanonicalPower(const Expression& base, const Coefficient& exponent);

// e^x - 1 for expm1, x for |x| where it is known not to be negative.
Expression CanonicalApply(Function function, const Expression& argument);

// The whole expression; pieces stay where they are.
Expression Canonical(const Expression& e);

// e as a number times the rest.
std::pair<Coefficient, Expression> SplitCoefficient(const Expression& e);

// e as a power: itself to the power of 1 where it is none.
std::pair<Expression, Coefficient> SplitPower(const Expression& e);

// The factors of a product, or e alone.
std::vector<Expression> FactorsOf(const Expression& e);
// The terms of a sum, or e alone.
std::vector<Expression> TermsOf(const Expression& e);

}  // namespace fnn::core

#endif  // FNN_CORE_AUTODIFF_CANONICAL_H_
