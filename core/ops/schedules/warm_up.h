// warm_up: a factor that grows to 1 in a straight line (PyTorch's LinearLR), times any schedule.

#ifndef FNN_CORE_OPS_SCHEDULES_WARM_UP_H_
#define FNN_CORE_OPS_SCHEDULES_WARM_UP_H_

#include <algorithm>
#include <array>
#include <cstdint>

#include "absl/strings/string_view.h"
#include "core/ops/table.h"

namespace fnn::core {

struct LinearWarmUp {
  static constexpr absl::string_view kName = "warm_up";
  static constexpr absl::string_view kFormula =
      "rate (start_factor + (1 - start_factor) min(t, length) / length)";
  static constexpr std::array<Argument, 2> kArguments{
      {{.name = "length", .default_value = 5, .min = 1},
       {.name = "start_factor",
        .default_value = 1.0 / 3,
        .min = 0,
        .max = 1,
        .min_excluded = true}}};
  static constexpr bool kOnPlateau = false;

  static double Rate(const Arguments& arguments, double rate, int64_t t) {
    const auto& [length, start, unused, unused_too] = arguments;
    return rate * (start + (1 - start) * std::min(static_cast<double>(t) / length, 1.0));
  }
};

}  // namespace fnn::core

#endif  // FNN_CORE_OPS_SCHEDULES_WARM_UP_H_
