// constant: all one value.

#ifndef FNN_CORE_OPS_INITIALIZERS_CONSTANT_INL_H_
#define FNN_CORE_OPS_INITIALIZERS_CONSTANT_INL_H_

#include "absl/strings/string_view.h"
#include "core/ops/table.h"
#include "core/random/philox.h"

namespace fnn::core {

struct ConstantOp {
  static constexpr absl::string_view kName = "constant";
  static constexpr absl::string_view kFormula = "value";
  static constexpr std::array<Argument, 2> kArguments{
      {{.name = "value", .default_value = 0},
       {.name = "allow_symmetric", .default_value = 0, .min = 0, .max = 1}}};
  static constexpr bool kNeedsFans = false;
  static constexpr bool kRandom = false;

  static double Draw(const Arguments& arguments, const DrawContext& /*context*/,
                     const RandomStream& /*stream*/, int64_t /*index*/) {
    return arguments[0];
  }
};

}  // namespace fnn::core

#endif  // FNN_CORE_OPS_INITIALIZERS_CONSTANT_INL_H_
