// Every optimiser, one line each.

#include "core/ops/table.h"
#include "core/ops/optimizers/adam-inl.h"
#include "core/ops/optimizers/momentum-inl.h"
#include "core/ops/optimizers/sgd-inl.h"

namespace fnn::core {
namespace {

template <typename Op, typename T>
void Step(const Arguments& arguments, double learning_rate, int64_t t, int64_t n, const T* g, T* w,
          T* const* slots) {
  const Op rule(arguments, learning_rate, t);
  std::array<T*, Op::kSlots> at;
  for (int64_t i = 0; i < n; ++i) {
    for (int s = 0; s < Op::kSlots; ++s) at[s] = slots[s] + i;
    rule(g[i], w[i], at);
  }
}

template <template <typename> typename Op>
constexpr OptimizerOp Entry() {
  static_assert(Op<float>::kSlots <= kMostSlots);
  return {Op<float>::kName,          Op<float>::kFormula,      Op<float>::kArguments,
          Op<float>::kSlots,         Op<float>::kLearningRate, {Step<Op<float>, float>},
          {Step<Op<double>, double>}};
}

constexpr OptimizerOp kOptimizers[] = {
    Entry<SgdOp>(),
    Entry<MomentumOp>(),
    Entry<AdamOp>(),
};

}  // namespace

std::span<const OptimizerOp> Optimizers() { return kOptimizers; }

}  // namespace fnn::core
