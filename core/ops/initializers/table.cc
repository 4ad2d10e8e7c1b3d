// Every initialiser, one line each.

#include "core/ops/table.h"
#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "core/ops/entry.h"
#include "core/ops/initializers/constant-inl.h"
#include "core/ops/initializers/given-inl.h"
#include "core/ops/initializers/he-inl.h"
#include "core/ops/initializers/lecun-inl.h"
#include "core/ops/initializers/normal-inl.h"
#include "core/ops/initializers/orthogonal-inl.h"
#include "core/ops/initializers/uniform-inl.h"
#include "core/ops/initializers/xavier-inl.h"
#include "core/ops/initializers/zeros-inl.h"

namespace fnn::core {
namespace {

template <typename Op>
double Draw(const Arguments& arguments, const DrawContext& context, int64_t index) {
  const RandomStream stream(context.seed, Purpose::kInitialize,
                            static_cast<uint64_t>(context.block));
  return Op::Draw(arguments, context, stream, index);
}

template <typename Op>
void Fill(const Arguments& arguments, const DrawContext& context,
          absl::FunctionRef<void(int64_t, double)> set) {
  const RandomStream stream(context.seed, Purpose::kInitialize,
                            static_cast<uint64_t>(context.block));
  Op::Fill(arguments, context, stream, set);
}

template <typename Op>
constexpr InitializerOp Entry() {
  InitializerOp entry{.name = Op::kName,
                      .formula = Op::kFormula,
                      .arguments = Op::kArguments,
                      .needs_fans = Op::kNeedsFans,
                      .random = true,
                      .fault = FaultOf<Op>,
                      .draw = nullptr,
                      .fill = nullptr};
  if constexpr (requires { Op::kRandom; }) entry.random = Op::kRandom;
  if constexpr (requires { &Op::Fill; }) {
    entry.fill = Fill<Op>;
  } else {
    entry.draw = Draw<Op>;
  }
  return entry;
}

constexpr InitializerOp kInitializers[] = {
    Entry<XavierOp>(),   Entry<HeOp>(),    Entry<UniformOp>(),
    Entry<NormalOp>(),   Entry<LecunOp>(), Entry<OrthogonalOp>(),
    Entry<ConstantOp>(), Entry<ZerosOp>(), Entry<GivenOp>(),
};

}  // namespace

std::span<const InitializerOp> Initializers() { return kInitializers; }

}  // namespace fnn::core
