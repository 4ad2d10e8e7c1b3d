// cosine, with warm restarts (Loshchilov and Hutter, "SGDR", 2017; PyTorch's
// CosineAnnealingWarmRestarts): the rate falls along half a wave, and starts anew after each
// period.

#ifndef FNN_CORE_OPS_SCHEDULES_COSINE_H_
#define FNN_CORE_OPS_SCHEDULES_COSINE_H_

#include <array>
#include <cmath>
#include <cstdint>
#include <numbers>

#include "absl/strings/string_view.h"
#include "core/ops/table.h"

namespace fnn::core {

struct CosineSchedule {
  static constexpr absl::string_view kName = "cosine";
  static constexpr absl::string_view kFormula =
      "minimum + (rate - minimum) (1 + cos(pi t / period)) / 2, t from 0 again after each period, "
      "then multiplier times as long";
  static constexpr std::array<Argument, 3> kArguments{
      {{.name = "period", .default_value = 10, .min = 1},
       {.name = "multiplier", .default_value = 1, .min = 1},
       {.name = "minimum", .default_value = 0, .min = 0}}};
  static constexpr bool kOnPlateau = false;

  static double Rate(const Arguments& arguments, double rate, int64_t t) {
    auto [period, multiplier, minimum, unused] = arguments;
    auto at = static_cast<double>(t);
    if (multiplier <= 1) {
      at = std::fmod(at, period);
    } else {
      for (; at >= period; period *= multiplier) at -= period;
    }
    return minimum + (rate - minimum) * (1 + std::cos(std::numbers::pi * at / period)) / 2;
  }
};

}  // namespace fnn::core

#endif  // FNN_CORE_OPS_SCHEDULES_COSINE_H_
