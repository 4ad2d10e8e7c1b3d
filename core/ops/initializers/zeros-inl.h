// zeros: all zero, asked for by name.

#ifndef FNN_CORE_OPS_INITIALIZERS_ZEROS_INL_H_
#define FNN_CORE_OPS_INITIALIZERS_ZEROS_INL_H_

#include "absl/strings/string_view.h"
#include "core/ops/table.h"
#include "core/random/philox.h"

namespace fnn::core {

struct ZerosOp {
  static constexpr absl::string_view kName = "zeros";
  static constexpr absl::string_view kFormula = "0";
  static constexpr std::array<Argument, 0> kArguments{};
  static constexpr bool kNeedsFans = false;
  static constexpr bool kRandom = false;

  static double Draw(const Arguments& /*arguments*/, const DrawContext& /*context*/,
                     const RandomStream& /*stream*/, int64_t /*index*/) {
    return 0;
  }
};

}  // namespace fnn::core

#endif  // FNN_CORE_OPS_INITIALIZERS_ZEROS_INL_H_
