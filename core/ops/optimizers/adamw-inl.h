// adamw (Loshchilov and Hutter, 2019): w <- (1 - learning_rate weight_decay) w, then adam's step.
// As in PyTorch the decay is of every parameter, biases too.

#if defined(FNN_CORE_OPS_OPTIMIZERS_ADAMW_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef FNN_CORE_OPS_OPTIMIZERS_ADAMW_INL_H_
#undef FNN_CORE_OPS_OPTIMIZERS_ADAMW_INL_H_
#else
#define FNN_CORE_OPS_OPTIMIZERS_ADAMW_INL_H_
#endif

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "absl/strings/string_view.h"
#include "core/ops/number.h"
#include "core/ops/table.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace fnn::core::HWY_NAMESPACE {

struct AdamwOp {
  static constexpr absl::string_view kName = "adamw";
  static constexpr absl::string_view kFormula =
      "m = beta1 m + (1 - beta1) g; v = beta2 v + (1 - beta2) g^2; "
      "(1 - learning_rate weight_decay) w - "
      "learning_rate (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + epsilon)";
  static constexpr std::array<Argument, 4> kArguments{
      {{.name = "beta1", .default_value = 0.9, .min = 0, .max = 1, .max_excluded = true},
       {.name = "beta2", .default_value = 0.999, .min = 0, .max = 1, .max_excluded = true},
       {.name = "epsilon", .default_value = 1e-8, .min = 0, .min_excluded = true},
       {.name = "weight_decay", .default_value = 0.01, .min = 0}}};
  static constexpr int kSlots = 2;
  static constexpr double kLearningRate = 1e-3;

  static std::array<double, 8> Constants(const Arguments& arguments, double learning_rate,
                                         int64_t t) {
    const auto& [beta1, beta2, epsilon, weight_decay] = arguments;
    return {beta1, beta2, 1 - beta1, 1 - beta2,
            // Never 0 as a float: 0 / 0 would make a parameter without gradient NaN.
            std::max(epsilon, double{std::numeric_limits<float>::min()}),
            learning_rate / (1 - std::pow(beta1, t)), 1 / std::sqrt(1 - std::pow(beta2, t)),
            1 - learning_rate * weight_decay};
  }

  template <typename S>
  static HWY_INLINE void Step(const std::array<S, 8>& constants, S g, S& w, S* slots) {
    const auto& [beta1, beta2, one_minus_beta1, one_minus_beta2, epsilon, step, v_scale, keep] =
        constants;
    S& m = slots[0];
    S& v = slots[1];
    m = beta1 * m + one_minus_beta1 * g;
    v = beta2 * v + one_minus_beta2 * (g * g);
    w = keep * w - step * m / (Sqrt(v) * v_scale + epsilon);
  }
};

}  // namespace fnn::core::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // FNN_CORE_OPS_OPTIMIZERS_ADAMW_INL_H_
