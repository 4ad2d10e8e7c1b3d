// exponential: the rate falls by a factor each time (PyTorch's ExponentialLR).

#ifndef FNN_CORE_OPS_SCHEDULES_EXPONENTIAL_H_
#define FNN_CORE_OPS_SCHEDULES_EXPONENTIAL_H_

#include <array>
#include <cmath>
#include <cstdint>

#include "absl/strings/string_view.h"
#include "core/ops/table.h"

namespace fnn::core {

struct ExponentialSchedule {
  static constexpr absl::string_view kName = "exponential";
  static constexpr absl::string_view kFormula = "rate factor^t";
  static constexpr std::array<Argument, 1> kArguments{
      {{.name = "factor", .default_value = 0.95, .min = 0, .max = 1, .min_excluded = true}}};
  static constexpr bool kOnPlateau = false;

  static double Rate(const Arguments& arguments, double rate, int64_t t) {
    return rate * std::pow(arguments[0], t);
  }
};

}  // namespace fnn::core

#endif  // FNN_CORE_OPS_SCHEDULES_EXPONENTIAL_H_
