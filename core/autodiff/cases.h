// The cases of a simplified expression, for showing them.

#ifndef FNN_CORE_AUTODIFF_CASES_H_
#define FNN_CORE_AUTODIFF_CASES_H_

#include <optional>
#include <vector>

#include "core/autodiff/expression.h"

namespace fnn::core {

// low < middle < high; each side may be missing, or be reached.
struct Between {
  Expression middle;
  std::optional<Expression> low{};
  std::optional<Expression> high{};
  bool low_included = false;
  bool high_included = false;
};

struct Case {
  Expression value;
  std::vector<Between> conditions;  // All of them; none of the last case: it is all that is left.
};

// What the nested pieces at the outside of `e` distinguish, one after another: the first whose
// conditions hold counts.
std::vector<Case> CasesOf(const Expression& e);

}  // namespace fnn::core

#endif  // FNN_CORE_AUTODIFF_CASES_H_
