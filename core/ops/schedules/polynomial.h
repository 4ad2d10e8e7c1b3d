// polynomial: the rate falls to an end as a power of the time left (PyTorch's PolynomialLR, whose
// end is 0).

#ifndef FNN_CORE_OPS_SCHEDULES_POLYNOMIAL_H_
#define FNN_CORE_OPS_SCHEDULES_POLYNOMIAL_H_

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

#include "absl/strings/string_view.h"
#include "core/ops/table.h"

namespace fnn::core {

struct PolynomialSchedule {
  static constexpr absl::string_view kName = "polynomial";
  static constexpr absl::string_view kFormula =
      "end + (rate - end) (1 - min(t, total) / total)^power";
  static constexpr std::array<Argument, 3> kArguments{
      {{.name = "total", .default_value = 10, .min = 1},
       {.name = "power", .default_value = 1, .min = 0, .min_excluded = true},
       {.name = "end", .default_value = 0, .min = 0}}};
  static constexpr bool kOnPlateau = false;

  static double Rate(const Arguments& arguments, double rate, int64_t t) {
    const auto& [total, power, end, unused] = arguments;
    const double done = std::min(static_cast<double>(t) / total, 1.0);
    return end + (rate - end) * std::pow(1 - done, power);
  }
};

}  // namespace fnn::core

#endif  // FNN_CORE_OPS_SCHEDULES_POLYNOMIAL_H_
