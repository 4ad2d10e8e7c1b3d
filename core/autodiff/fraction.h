// Expressions over a common denominator.

#ifndef FNN_CORE_AUTODIFF_FRACTION_H_
#define FNN_CORE_AUTODIFF_FRACTION_H_

#include <optional>

#include "core/autodiff/expression.h"

namespace fnn::core {

// A canonical expression without pieces as one fraction: the numerator multiplied out, what it
// shares with the denominator cancelled, no root in a denominator where multiplying with the
// conjugate leaves a single term, and common factors in front. 1 / a + 1 / b is (a + b) / (a b).
// Nothing where that would take more than 64 terms.
std::optional<Expression> Together(const Expression& e);

}  // namespace fnn::core

#endif  // FNN_CORE_AUTODIFF_FRACTION_H_
