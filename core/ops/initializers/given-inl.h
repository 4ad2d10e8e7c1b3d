// given: each value as the message has it.

#ifndef FNN_CORE_OPS_INITIALIZERS_GIVEN_INL_H_
#define FNN_CORE_OPS_INITIALIZERS_GIVEN_INL_H_

#include "absl/strings/string_view.h"
#include "core/ops/table.h"
#include "core/random/philox.h"

namespace fnn::core {

struct GivenOp {
  static constexpr absl::string_view kName = "given";
  static constexpr absl::string_view kFormula = "values[i]";
  static constexpr std::array<Argument, 1> kArguments{
      {{.name = "allow_symmetric", .default_value = 0, .min = 0, .max = 1}}};
  static constexpr bool kNeedsFans = false;
  static constexpr bool kRandom = false;

  static double Draw(const Arguments& /*arguments*/, const DrawContext& context,
                     const RandomStream& /*stream*/, int64_t index) {
    return context.values[index];
  }
};

}  // namespace fnn::core

#endif  // FNN_CORE_OPS_INITIALIZERS_GIVEN_INL_H_
