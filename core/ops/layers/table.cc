// Every layer that computes a function, one line each.

#include "core/ops/layers/table.h"

#include "core/ops/entry.h"
#include "core/ops/layers/batch_norm.h"
#include "core/ops/layers/concat.h"
#include "core/ops/layers/dropout.h"
#include "core/ops/layers/glu.h"
#include "core/ops/layers/layer_norm.h"
#include "core/ops/layers/learned_function.h"
#include "core/ops/layers/maxout.h"
#include "core/ops/layers/merge.h"
#include "core/ops/layers/pool.h"

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

}  // namespace

std::span<const LayerOp> LayerFunctions() {
  static const LayerOp kEntries[] = {
      Entry<MaxPool1D>(),         Entry<MaxPool2D>(),         Entry<AveragePool1D>(),
      Entry<AveragePool2D>(),     Entry<GlobalMaxPool>(),     Entry<GlobalAveragePool>(),
      Entry<BatchNormFunction>(), Entry<LayerNormFunction>(), Entry<DropoutFunction>(),
      Entry<AddFunction>(),       Entry<ProductFunction>(),   Entry<ConcatFunction>(),
      Entry<MaxoutFunction>(),    Entry<GluFunction>(),       LearnedEntry<0>(),
      LearnedEntry<1>(),          LearnedEntry<2>(),
  };
  return kEntries;
}

}  // namespace fnn::core
