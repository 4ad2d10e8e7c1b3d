// Every optimiser, one line each.

#include "core/ops/table.h"

#include <tuple>

#include "core/kernels/targets.h"
#include "core/ops/entry.h"
#include "core/ops/float_kernels.h"
#include "core/ops/optimizers/lbfgs.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/ops/optimizers/table.cc"
#include "hwy/foreach_target.h"
// After it:
#include "core/ops/optimizers/adadelta-inl.h"
#include "core/ops/optimizers/adagrad-inl.h"
#include "core/ops/optimizers/adam-inl.h"
#include "core/ops/optimizers/adamw-inl.h"
#include "core/ops/optimizers/amsgrad-inl.h"
#include "core/ops/optimizers/lion-inl.h"
#include "core/ops/optimizers/momentum-inl.h"
#include "core/ops/optimizers/nadam-inl.h"
#include "core/ops/optimizers/nesterov-inl.h"
#include "core/ops/optimizers/rmsprop-inl.h"
#include "core/ops/optimizers/rprop-inl.h"
#include "core/ops/optimizers/sgd-inl.h"
#include "core/ops/optimizers/sign-inl.h"
#include "core/ops/row-inl.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace fnn::core::HWY_NAMESPACE {
namespace {

template <typename Op>
inline constexpr size_t kConstants = std::tuple_size_v<decltype(Op::Constants({}, 0, 0))>;

template <typename Op>
StepConstants Constants(const Arguments& arguments, double learning_rate, int64_t t) {
  static_assert(kConstants<Op> <= kMostConstants);
  const auto constants = Op::Constants(arguments, learning_rate, t);
  StepConstants out{};
  for (size_t i = 0; i < constants.size(); ++i) out[i] = constants[i];
  return out;
}

template <typename Op>
SlotStarts Starts(const Arguments& arguments, double learning_rate) {
  SlotStarts out{};
  if constexpr (requires { Op::SlotStarts(arguments, learning_rate); }) {
    const auto starts = Op::SlotStarts(arguments, learning_rate);
    static_assert(starts.size() == Op::kSlots);
    for (size_t i = 0; i < starts.size(); ++i) out[i] = starts[i];
  }
  return out;
}

template <typename Op, typename Row, typename T>
void Step(const StepConstants& given, const GradientTerms<T>& terms, int64_t n, const T* g, T* w,
          T* const* slots) {
  using S = typename Row::Number;
  const Row row(n);
  std::array<S, kConstants<Op>> constants;
  for (size_t i = 0; i < constants.size(); ++i) constants[i] = row.Make(given[i]);
  const S l2 = row.Make(terms.l2);
  const auto step = [&](auto at, S slope) HWY_ATTR {
    S weight = at(w);
    std::array<S, (Op::kSlots > 0 ? Op::kSlots : 1)> state;
    for (int s = 0; s < Op::kSlots; ++s) state[s] = at(slots[s]);
    Op::Step(constants, slope, weight, state.data());
    for (int s = 0; s < Op::kSlots; ++s) at.Store(state[s], slots[s]);
    at.Store(weight, w);
  };
  if (!terms.OnlyL2()) {
    const S l1 = row.Make(terms.l1);
    const S scale = row.Make(terms.scale);
    const S limit = row.Make(terms.limit);
    row.ForEach([&](auto at) HWY_ATTR {
      const S weight = at(w);
      step(at, Clamp(scale * at(g), -limit, limit) + l2 * weight + l1 * Sign(weight));
    });
  } else if (terms.l2 > 0) {
    row.ForEach([&](auto at) HWY_ATTR { step(at, at(g) + l2 * at(w)); });
  } else {
    row.ForEach([&](auto at) HWY_ATTR { step(at, at(g)); });
  }
}

template <typename Op>
concept WholeBatch = requires {
  Op::kWholeBatch;
};

template <WholeBatch Op>
constexpr OptimizerOp Entry() {
  return {.name = Op::kName,
          .formula = Op::kFormula,
          .arguments = Op::kArguments,
          .whole_batch = true,
          .slots = 0,
          .learning_rate = Op::kLearningRate,
          .fault = FaultOf<Op>,
          .slot_starts = nullptr,
          .constants = nullptr,
          .f64 = {nullptr}};
}

template <typename Op>
constexpr OptimizerOp Entry() {
  static_assert(Op::kSlots <= kMostSlots);
  return {.name = Op::kName,
          .formula = Op::kFormula,
          .arguments = Op::kArguments,
          .slots = Op::kSlots,
          .learning_rate = Op::kLearningRate,
          .fault = FaultOf<Op>,
          .slot_starts = Starts<Op>,
          .constants = Constants<Op>,
          .f64 = {Step<Op, ScalarRow<double>, double>}};
}

template <WholeBatch Op>
constexpr OptimizerKernels<float> Floats() {
  return {nullptr};
}
template <typename Op>
constexpr OptimizerKernels<float> Floats() {
  return {Step<Op, LanesRow, float>};
}

template <typename... Ops>
struct Table {
  static constexpr OptimizerOp kEntries[] = {Entry<Ops>()...};
  static constexpr OptimizerKernels<float> kKernels[] = {Floats<Ops>()...};
};

using All = Table<  //
    SgdOp,          //
    MomentumOp,     //
    NesterovOp,     //
    AdagradOp,      //
    AdadeltaOp,     //
    RmspropOp,      //
    RpropOp,        //
    AdamOp,         //
    AdamwOp,        //
    NadamOp,        //
    AmsgradOp,      //
    LionOp,         //
    LbfgsOp>;

const OptimizerKernels<float>* OptimizerFloats() { return All::kKernels; }

}  // namespace
}  // namespace fnn::core::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace fnn::core {

HWY_EXPORT(OptimizerFloats);

std::span<const OptimizerOp> Optimizers() { return HWY_NAMESPACE::All::kEntries; }

const OptimizerKernels<float>& FloatKernels(const OptimizerOp& op) {
  return KernelsOfName(Optimizers(), HWY_DYNAMIC_DISPATCH(OptimizerFloats)(), op);
}

}  // namespace fnn::core
#endif  // HWY_ONCE
