#include "core/analysis/differentiate.h"

#include <algorithm>
#include <span>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/autodiff/derivative.h"
#include "core/autodiff/print.h"
#include "core/autodiff/simplify.h"
#include "core/autodiff/symbolic_ops.h"
#include "core/base/errors.h"
#include "core/ops/layers/table.h"
#include "core/ops/table.h"
#include "core/plan/arguments.h"
#include "core/plan/layer_forms.h"

namespace fnn::core {
namespace {

// The arguments of the activation, checked; those of a learned one are of its function.
struct CheckedArguments {
  std::span<const Argument> table;
  Arguments values{};
};

CheckedArguments Check(v1::Activation activation, Violations& violations) {
  const FieldPath path("activation");
  if (ActivationFunction(activation) != nullptr) {
    const auto [op, values] =
        ResolveOp<LayerOp>(LayerFunctions(), activation, "an activation", path, violations);
    return {op->arguments, values};
  }
  const auto [op, values] =
      ResolveOp<ActivationOp>(Activations(), activation, "an activation", path, violations);
  return {op == nullptr ? std::span<const Argument>() : op->arguments, values};
}

// Whether the request gives any of the parameters of the formula.
bool GivesOne(const v1::Activation& activation, const SymbolicOp& op) {
  const auto* kind = ChosenKind(activation);
  const auto& message = activation.GetReflection()->GetMessage(activation, kind);
  return std::any_of(op.parameters.begin(), op.parameters.end(), [&](absl::string_view name) {
    const auto* field = kind->message_type()->FindFieldByName(std::string(name));
    return field != nullptr && message.GetReflection()->HasField(message, field);
  });
}

Expression ValueOf(absl::string_view name, const CheckedArguments& arguments) {
  for (size_t i = 0; i < arguments.table.size(); ++i) {
    if (arguments.table[i].name == name) return Coefficient::FromDouble(arguments.values[i]);
  }
  return Expression::Symbol(std::string(name));
}

Expression FormulaOf(const SymbolicOp& op, const v1::Activation& activation,
                     const CheckedArguments& arguments) {
  if (!GivesOne(activation, op)) return op.Symbolic();
  std::vector<Expression> values;
  for (const absl::string_view name : op.parameters) values.push_back(ValueOf(name, arguments));
  return op.formula(Expression::Symbol("x"), values);
}

void Write(const Expression& e, v1::SymbolicFormula& out) {
  out.set_text(ToText(e));
  out.set_latex(ToLatex(e));
}

}  // namespace

absl::StatusOr<v1::DifferentiateOperatorResponse> DifferentiateOperator(
    const v1::DifferentiateOperatorRequest& request) {
  const auto* kind = ChosenKind(request.activation());
  const SymbolicOp* op = kind == nullptr ? nullptr : FindSymbolicOp(kind->name());
  if (kind != nullptr && op == nullptr) {
    return MakeError(absl::StatusCode::kUnimplemented, "UNSUPPORTED",
                     absl::StrCat(kind->name(), " is no formula of one x: it has no derivative ",
                                  "with regard to x alone"));
  }
  Violations violations;
  const CheckedArguments arguments = Check(request.activation(), violations);
  if (!violations.empty()) return violations.ToStatus();
  const Expression formula = Simplify(FormulaOf(*op, request.activation(), arguments));
  v1::DifferentiateOperatorResponse out;
  Write(formula, *out.mutable_formula());
  Write(Simplify(Differentiate(formula, "x")), *out.mutable_derivative());
  return out;
}

}  // namespace fnn::core
