// Every initialiser, one line each.

#include "core/ops/table.h"
#include "absl/strings/string_view.h"
#include "core/ops/initializers/he-inl.h"
#include "core/ops/initializers/normal-inl.h"
#include "core/ops/initializers/uniform-inl.h"
#include "core/ops/initializers/xavier-inl.h"

namespace fnn::core {
namespace {

template <typename Op>
double Draw(const Arguments& arguments, const DrawContext& context, int64_t index) {
  const RandomStream stream(context.seed, Purpose::kInitialize,
                            static_cast<uint64_t>(context.block));
  return Op::Draw(arguments, context, stream, index);
}

template <typename Op>
absl::string_view Fault(const Arguments& arguments) {
  if constexpr (requires { Op::Fault(arguments); }) {
    return Op::Fault(arguments);
  } else {
    return "";
  }
}

template <typename Op>
constexpr InitializerOp Entry() {
  return {Op::kName, Op::kFormula, Op::kArguments, Op::kNeedsFans, Fault<Op>, Draw<Op>};
}

constexpr InitializerOp kInitializers[] = {
    Entry<XavierOp>(),
    Entry<HeOp>(),
    Entry<UniformOp>(),
    Entry<NormalOp>(),
};

}  // namespace

std::span<const InitializerOp> Initializers() { return kInitializers; }

}  // namespace fnn::core
