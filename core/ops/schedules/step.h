// step: the rate falls by a factor every so often (PyTorch's StepLR).

#ifndef FNN_CORE_OPS_SCHEDULES_STEP_H_
#define FNN_CORE_OPS_SCHEDULES_STEP_H_

#include <array>
#include <cmath>
#include <cstdint>

#include "absl/strings/string_view.h"
#include "core/ops/table.h"

namespace fnn::core {

struct StepSchedule {
  static constexpr absl::string_view kName = "step";
  static constexpr absl::string_view kFormula = "rate factor^floor(t / every)";
  static constexpr std::array<Argument, 2> kArguments{
      {{.name = "every", .default_value = 10, .min = 1},
       {.name = "factor", .default_value = 0.1, .min = 0, .max = 1, .min_excluded = true}}};
  static constexpr bool kOnPlateau = false;

  static double Rate(const Arguments& arguments, double rate, int64_t t) {
    return rate * std::pow(arguments[1], t / static_cast<int64_t>(arguments[0]));
  }
};

}  // namespace fnn::core

#endif  // FNN_CORE_OPS_SCHEDULES_STEP_H_
