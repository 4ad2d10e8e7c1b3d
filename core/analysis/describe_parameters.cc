#include "core/analysis/describe_parameters.h"

#include <memory>
#include <string>

#include "core/ops/layers/learned.h"

namespace fnn::core {
namespace {

// Of a size at which one per unit is more than one of the layer, also where units are halved.
std::unique_ptr<const LayerFunction> MakeSmall(const LayerOp& op) {
  const Shape units{4};
  LayerRequest request{.inputs = {units}, .windows = {.channels = units[0]}};
  if (op.merges) request.inputs.push_back(units);
  for (size_t i = 0; i < op.arguments.size(); ++i) {
    request.arguments[i] = op.arguments[i].default_value;
  }
  std::string fault;
  return op.make(request, fault);
}

// The argument that a parameter starts at, or empty.
absl::string_view StartArgument(const LayerOp& op, absl::string_view parameter) {
  const LearnedOp* learned = FindOp(LearnedActivations(), op.name);
  if (learned == nullptr) return "";
  const LearnedParameter* entry = FindOp(learned->parameters, parameter);
  return entry != nullptr && entry->starts_at_argument ? learned->arguments[0].name : "";
}

}  // namespace

void DescribeParameters(const LayerOp& op, v1::Operator& out) {
  const auto function = MakeSmall(op);
  if (function == nullptr) return;
  for (const FunctionParameter& p : function->parameters()) {
    v1::OperatorParameter& parameter = *out.add_parameters();
    parameter.set_name(std::string(p.name));
    parameter.set_start(p.start);
    parameter.set_start_argument(std::string(StartArgument(op, p.name)));
    parameter.set_is_shared(p.size == 1);
    parameter.set_is_learned(p.trained);
  }
}

}  // namespace fnn::core
