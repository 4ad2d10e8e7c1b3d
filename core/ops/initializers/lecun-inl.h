// lecun (LeCun, Bottou, Orr and Müller, 1998): variance 1 / fan_in.

#ifndef FNN_CORE_OPS_INITIALIZERS_LECUN_INL_H_
#define FNN_CORE_OPS_INITIALIZERS_LECUN_INL_H_

#include "absl/strings/string_view.h"
#include "core/ops/initializers/scaled-inl.h"

namespace fnn::core {

struct LecunOp {
  static constexpr absl::string_view kName = "lecun";
  static constexpr absl::string_view kFormula = "variance 1 / fan_in";
  static constexpr std::array<Argument, 1> kArguments{{kDistribution}};
  static constexpr bool kNeedsFans = true;

  static double Draw(const Arguments& arguments, const DrawContext& context,
                     const RandomStream& stream, int64_t index) {
    const double variance = 1.0 / static_cast<double>(context.fan_in);
    return DrawScaled(arguments[0], variance, stream, index);
  }
};

}  // namespace fnn::core

#endif  // FNN_CORE_OPS_INITIALIZERS_LECUN_INL_H_
