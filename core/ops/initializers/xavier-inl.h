// xavier (Glorot and Bengio, 2010): variance 2 / (fan_in + fan_out).

#ifndef FNN_CORE_OPS_INITIALIZERS_XAVIER_INL_H_
#define FNN_CORE_OPS_INITIALIZERS_XAVIER_INL_H_

#include "absl/strings/string_view.h"
#include "core/ops/initializers/scaled-inl.h"

namespace fnn::core {

struct XavierOp {
  static constexpr absl::string_view kName = "xavier";
  static constexpr absl::string_view kFormula = "variance 2 / (fan_in + fan_out)";
  static constexpr std::array<Argument, 1> kArguments{{kDistribution}};
  static constexpr bool kNeedsFans = true;

  static double Draw(const Arguments& arguments, const DrawContext& context,
                     const RandomStream& stream, int64_t index) {
    const double variance = 2.0 / static_cast<double>(context.fan_in + context.fan_out);
    return DrawScaled(arguments[0], variance, stream, index);
  }
};

}  // namespace fnn::core

#endif  // FNN_CORE_OPS_INITIALIZERS_XAVIER_INL_H_
