// Symbolic differentiation.

#ifndef FNN_CORE_AUTODIFF_DERIVATIVE_H_
#define FNN_CORE_AUTODIFF_DERIVATIVE_H_

#include "absl/strings/string_view.h"
#include "core/autodiff/expression.h"

namespace fnn::core {

// The derivative of `e` with regard to the symbol of that name, all others held, by the rules of
// calculus; at a kink as core/ops/number.h says. Each node of e is differentiated once and the
// result shares parts with e, so it has a small multiple of e's nodes. It is not simplified.
Expression Differentiate(const Expression& e, absl::string_view symbol);

}  // namespace fnn::core

#endif  // FNN_CORE_AUTODIFF_DERIVATIVE_H_
