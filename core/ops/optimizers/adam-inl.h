// adam (Kingma and Ba, 2015, algorithm 1): m <- beta1 m + (1 - beta1) g,
// v <- beta2 v + (1 - beta2) g^2, and with m and v corrected for having started at 0,
// w <- w - learning_rate m / (sqrt(v) + epsilon). epsilon stands where PyTorch has it.

#ifndef FNN_CORE_OPS_OPTIMIZERS_ADAM_INL_H_
#define FNN_CORE_OPS_OPTIMIZERS_ADAM_INL_H_

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "absl/strings/string_view.h"
#include "core/ops/number.h"
#include "core/ops/table.h"

namespace fnn::core {

template <typename T>
struct AdamOp {
  static constexpr absl::string_view kName = "adam";
  static constexpr absl::string_view kFormula =
      "m = beta1 m + (1 - beta1) g; v = beta2 v + (1 - beta2) g^2; "
      "w - learning_rate (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + epsilon)";
  static constexpr std::array<Argument, 3> kArguments{
      {{.name = "beta1", .default_value = 0.9, .min = 0, .max = 1, .max_excluded = true},
       {.name = "beta2", .default_value = 0.999, .min = 0, .max = 1, .max_excluded = true},
       {.name = "epsilon", .default_value = 1e-8, .min = 0, .min_excluded = true}}};
  static constexpr int kSlots = 2;
  static constexpr double kLearningRate = 1e-3;

  AdamOp(const Arguments& arguments, double learning_rate, int64_t t)
      : beta1(static_cast<T>(arguments[0])),
        beta2(static_cast<T>(arguments[1])),
        one_minus_beta1(static_cast<T>(1 - arguments[0])),
        one_minus_beta2(static_cast<T>(1 - arguments[1])),
        // Never 0, however small: 0 / 0 would make a parameter without gradient NaN.
        epsilon(std::max(static_cast<T>(arguments[2]), std::numeric_limits<T>::min())),
        step(static_cast<T>(learning_rate / (1 - std::pow(arguments[0], t)))),
        v_scale(static_cast<T>(1 / std::sqrt(1 - std::pow(arguments[1], t)))) {}

  void operator()(T g, T& w, std::array<T*, kSlots> slots) const {
    T& m = *slots[0];
    T& v = *slots[1];
    m = beta1 * m + one_minus_beta1 * g;
    v = beta2 * v + one_minus_beta2 * (g * g);
    w -= step * m / (Sqrt(v) * v_scale + epsilon);
  }

  T beta1, beta2, one_minus_beta1, one_minus_beta2, epsilon;
  T step;     // learning_rate / (1 - beta1^t)
  T v_scale;  // 1 / sqrt(1 - beta2^t)
};

}  // namespace fnn::core

#endif  // FNN_CORE_OPS_OPTIMIZERS_ADAM_INL_H_
