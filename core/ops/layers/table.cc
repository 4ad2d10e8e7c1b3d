// The table of layers that compute a function: what all.h lists, and activations with learned
// parameters.

#include "core/ops/layers/table.h"

#include "core/ops/entry.h"
#include "core/ops/layers/all.h"
#include "core/ops/layers/learned_function.h"

namespace fnn::core {
namespace {

template <typename Function>
std::unique_ptr<const LayerFunction> Make(const LayerRequest& request, std::string& fault) {
  fault = Function::Fault(request);
  if (!fault.empty()) return nullptr;
  return std::make_unique<const Function>(request);
}

template <typename Function>
LayerOp Entry() {
  LayerOp entry{.name = Function::kName,
                .formula = Function::kFormula,
                .arguments = ArgumentsOf<Function>(),
                .make = Make<Function>};
  if constexpr (requires { Function::kWindows; }) entry.windows = Function::kWindows;
  if constexpr (requires { Function::kMerges; }) entry.merges = Function::kMerges;
  return entry;
}

template <size_t kIndex>
LayerOp LearnedEntry() {
  const LearnedOp& op = LearnedActivations()[kIndex];
  return {.name = op.name,
          .formula = op.formula,
          .arguments = op.arguments,
          .weight_initializer = op.weight_initializer,
          .make = [](const LayerRequest& request,
                     std::string&) -> std::unique_ptr<const LayerFunction> {
            return std::make_unique<const LearnedFunction>(LearnedActivations()[kIndex], request);
          }};
}

template <typename... Functions>
struct Table {
  static std::span<const LayerOp> Entries() {
    static const LayerOp kEntries[] = {Entry<Functions>()..., LearnedEntry<0>(), LearnedEntry<1>(),
                                       LearnedEntry<2>()};
    return kEntries;
  }
};

}  // namespace

std::span<const LayerOp> LayerFunctions() { return LayerFunctionsOf<Table>::Entries(); }

}  // namespace fnn::core
