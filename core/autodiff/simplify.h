// Expressions as a person would write them.

#ifndef FNN_CORE_AUTODIFF_SIMPLIFY_H_
#define FNN_CORE_AUTODIFF_SIMPLIFY_H_

#include <utility>

#include "core/autodiff/expression.h"

namespace fnn::core {

// An equal expression, as far as canonical.h says, that is shorter: cases are told apart at the
// outside, each is put in order by itself, and cases that are the same become one. Each is
// written in its canonical form or over a common denominator, whichever reads more easily. It is
// written for reading: what kept the original from overflowing or cancelling may be lost.
//
// Conditions are solved for the symbol x where they are linear in it. At most six are told apart,
// and what has more than 4,000 nodes is given back as it is: the time is bounded.
Expression Simplify(const Expression& e);

// The condition a > b solved for x, as the two sides of another `>`; in canonical order where it is
// not linear in x.
std::pair<Expression, Expression> SolveCondition(const Expression& a, const Expression& b);

}  // namespace fnn::core

#endif  // FNN_CORE_AUTODIFF_SIMPLIFY_H_
