// normal: normal with a mean and a standard deviation.

#ifndef FNN_CORE_OPS_INITIALIZERS_NORMAL_INL_H_
#define FNN_CORE_OPS_INITIALIZERS_NORMAL_INL_H_

#include "absl/strings/string_view.h"
#include "core/ops/table.h"
#include "core/random/philox.h"

namespace fnn::core {

struct NormalOp {
  static constexpr absl::string_view kName = "normal";
  static constexpr absl::string_view kFormula = "N(mean, standard_deviation^2)";
  static constexpr std::array<Argument, 2> kArguments{
      {{.name = "mean", .default_value = 0},
       {.name = "standard_deviation", .default_value = 0.05, .min = 0, .min_excluded = true}}};
  static constexpr bool kNeedsFans = false;

  static double Draw(const Arguments& arguments, const DrawContext& /*context*/,
                     const RandomStream& stream, int64_t index) {
    return arguments[0] + arguments[1] * stream.Normal(index);
  }
};

}  // namespace fnn::core

#endif  // FNN_CORE_OPS_INITIALIZERS_NORMAL_INL_H_
