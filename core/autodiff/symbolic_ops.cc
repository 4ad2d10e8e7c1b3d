#include "core/autodiff/symbolic_ops.h"

#include <algorithm>
#include <string>

#include "core/kernels/targets.h"
// After it:
#include "core/ops/activations/all-inl.h"
#include "core/ops/entry.h"
#include "core/ops/layers/all_learned-inl.h"

namespace fnn::core {
namespace {

template <typename Op>
SymbolicOp Entry(std::vector<absl::string_view> parameters) {
  return {.name = Op::kName,
          .parameters = std::move(parameters),
          .formula = [](const Expression& x, std::span<const Expression> values) -> Expression {
            if constexpr (requires { Op{}(x); }) {
              return Op{}(x);
            } else {
              return Op{}(x, values);
            }
          }};
}

// A row's formula is of many x.
template <typename Op>
struct Rowwise {
  static void AddTo(std::vector<SymbolicOp>& /*ops*/) {}
};

template <typename Op>
struct Elementwise {
  static void AddTo(std::vector<SymbolicOp>& ops) {
    std::vector<absl::string_view> names;
    for (const Argument& argument : ArgumentsOf<Op>()) names.push_back(argument.name);
    ops.push_back(Entry<Op>(std::move(names)));
  }
};

template <typename... Kinds>
struct Table {
  static void AddTo(std::vector<SymbolicOp>& ops) { (Kinds::AddTo(ops), ...); }
};

template <typename... Ops>
struct LearnedTable {
  template <typename Op>
  static void AddOne(std::vector<SymbolicOp>& ops) {
    const bool known = std::any_of(ops.begin(), ops.end(),
                                   [](const SymbolicOp& op) { return op.name == Op::kName; });
    if (known) return;
    std::vector<absl::string_view> names;
    for (const LearnedParameter& parameter : Op::kParameters) names.push_back(parameter.name);
    ops.push_back(Entry<Op>(std::move(names)));
  }
  static void AddTo(std::vector<SymbolicOp>& ops) { (AddOne<Ops>(ops), ...); }
};

}  // namespace

Expression SymbolicOp::Symbolic() const {
  std::vector<Expression> values;
  for (const absl::string_view parameter : parameters) {
    values.push_back(Expression::Symbol(std::string(parameter)));
  }
  return formula(Expression::Symbol("x"), values);
}

std::span<const SymbolicOp> SymbolicOps() {
  static const auto* const kOps = [] {
    auto* const ops = new std::vector<SymbolicOp>();
    HWY_NAMESPACE::ActivationsOf<Table, Elementwise, Rowwise>::AddTo(*ops);
    HWY_NAMESPACE::LearnedActivationsOf<LearnedTable>::AddTo(*ops);
    return ops;
  }();
  return *kOps;
}

const SymbolicOp* FindSymbolicOp(absl::string_view name) {
  for (const SymbolicOp& op : SymbolicOps()) {
    if (op.name == name) return &op;
  }
  return nullptr;
}

}  // namespace fnn::core
