// The formulas of the activations as expressions, from the one text that the kernels are made of.

#ifndef FNN_CORE_AUTODIFF_SYMBOLIC_OPS_H_
#define FNN_CORE_AUTODIFF_SYMBOLIC_OPS_H_

#include <span>
#include <vector>

#include "absl/strings/string_view.h"
#include "core/autodiff/expression.h"

namespace fnn::core {

struct SymbolicOp {
  absl::string_view name;
  // What the formula takes after x: arguments, or learned parameters.
  std::vector<absl::string_view> parameters;
  // Calls the formula; `values` are as many as there are parameters.
  Expression (*formula)(const Expression& x, std::span<const Expression> values);

  // Of the symbol x, with each parameter as a symbol of its name.
  Expression Symbolic() const;
};

// Every activation that is a formula of one x, learned ones included; swish is there once. In the
// order of the tables. Made by the first call; any thread may call.
std::span<const SymbolicOp> SymbolicOps();

// The one of that name, or null.
const SymbolicOp* FindSymbolicOp(absl::string_view name);

}  // namespace fnn::core

#endif  // FNN_CORE_AUTODIFF_SYMBOLIC_OPS_H_
