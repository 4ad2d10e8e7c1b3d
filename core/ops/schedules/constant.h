// constant: the learning rate stays.

#ifndef FNN_CORE_OPS_SCHEDULES_CONSTANT_H_
#define FNN_CORE_OPS_SCHEDULES_CONSTANT_H_

#include <array>
#include <cstdint>

#include "absl/strings/string_view.h"
#include "core/ops/table.h"

namespace fnn::core {

struct ConstantSchedule {
  static constexpr absl::string_view kName = "constant";
  static constexpr absl::string_view kFormula = "rate";
  static constexpr std::array<Argument, 0> kArguments{};
  static constexpr bool kOnPlateau = false;

  static double Rate(const Arguments& /*arguments*/, double rate, int64_t /*t*/) { return rate; }
};

}  // namespace fnn::core

#endif  // FNN_CORE_OPS_SCHEDULES_CONSTANT_H_
