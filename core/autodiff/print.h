// Expressions as text, and as LaTeX for math mode.

#ifndef FNN_CORE_AUTODIFF_PRINT_H_
#define FNN_CORE_AUTODIFF_PRINT_H_

#include <string>

#include "core/autodiff/expression.h"

namespace fnn::core {

// `x logistic(x)`, `x / (1 + |x|)`, `x if x > 0, else 0`: a product is written side by side, as
// everywhere in the catalogue, and the first case that holds counts. It takes time in proportion to
// the size of the expression, shared parts counted each time.
std::string ToText(const Expression& e);

// `x \sigma\left(x\right)`, `\frac{x}{1 + \left|x\right|}`, `\begin{cases} ... \end{cases}`. Names
// become letters where there is a usual one (\beta, \mu for the mean); amsmath is needed.
std::string ToLatex(const Expression& e);

}  // namespace fnn::core

#endif  // FNN_CORE_AUTODIFF_PRINT_H_
