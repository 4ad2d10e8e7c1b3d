// Draws of a given variance, for the initialisers that derive it from the fans.

#ifndef FNN_CORE_OPS_INITIALIZERS_SCALED_INL_H_
#define FNN_CORE_OPS_INITIALIZERS_SCALED_INL_H_

#include <cmath>

#include "core/ops/table.h"
#include "core/random/philox.h"

namespace fnn::core {

// Which distribution: the numbers of fnn.v1.Distribution, 1 uniform and 2 normal.
inline constexpr Argument kDistribution{
    .name = "distribution", .default_value = 1, .min = 1, .max = 2};

// With mean 0 and the variance: uniform on [-sqrt(3 v), sqrt(3 v)), or normal.
inline double DrawScaled(double distribution, double variance, const RandomStream& stream,
                         int64_t index) {
  if (distribution == 2) return std::sqrt(variance) * stream.Normal(index);
  return std::sqrt(3 * variance) * (2 * stream.Uniform(index) - 1);
}

}  // namespace fnn::core

#endif  // FNN_CORE_OPS_INITIALIZERS_SCALED_INL_H_
