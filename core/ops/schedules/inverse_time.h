// inverse_time: the rate falls with the inverse of the time.

#ifndef FNN_CORE_OPS_SCHEDULES_INVERSE_TIME_H_
#define FNN_CORE_OPS_SCHEDULES_INVERSE_TIME_H_

#include <array>
#include <cstdint>

#include "absl/strings/string_view.h"
#include "core/ops/table.h"

namespace fnn::core {

struct InverseTimeSchedule {
  static constexpr absl::string_view kName = "inverse_time";
  static constexpr absl::string_view kFormula = "rate / (1 + decay t)";
  static constexpr std::array<Argument, 1> kArguments{
      {{.name = "decay", .default_value = 0.1, .min = 0}}};
  static constexpr bool kOnPlateau = false;

  static double Rate(const Arguments& arguments, double rate, int64_t t) {
    return rate / (1 + arguments[0] * static_cast<double>(t));
  }
};

}  // namespace fnn::core

#endif  // FNN_CORE_OPS_SCHEDULES_INVERSE_TIME_H_
