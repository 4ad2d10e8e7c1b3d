// uniform: uniform on [low, high).

#ifndef FNN_CORE_OPS_INITIALIZERS_UNIFORM_INL_H_
#define FNN_CORE_OPS_INITIALIZERS_UNIFORM_INL_H_

#include "absl/strings/string_view.h"
#include "core/ops/table.h"
#include "core/random/philox.h"

namespace fnn::core {

struct UniformOp {
  static constexpr absl::string_view kName = "uniform";
  static constexpr absl::string_view kFormula = "U[low, high)";
  static constexpr std::array<Argument, 2> kArguments{
      {{.name = "low", .default_value = -0.05}, {.name = "high", .default_value = 0.05}}};
  static constexpr bool kNeedsFans = false;

  static absl::string_view Fault(const Arguments& arguments) {
    return arguments[0] < arguments[1] ? "" : "low must be less than high";
  }

  static double Draw(const Arguments& arguments, const DrawContext& /*context*/,
                     const RandomStream& stream, int64_t index) {
    const double low = arguments[0];
    const double high = arguments[1];
    return low + (high - low) * stream.Uniform(index);
  }
};

}  // namespace fnn::core

#endif  // FNN_CORE_OPS_INITIALIZERS_UNIFORM_INL_H_
