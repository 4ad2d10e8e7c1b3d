// nadam (Dozat, 2016): adam whose first moment looks one step ahead, with a momentum that grows
// over the steps, mu_t = beta1 (1 - 0.96^(t momentum_decay) / 2), as PyTorch defines it (its
// releases before 2.0 multiply one mu too many into the correction of m).

#if defined(FNN_CORE_OPS_OPTIMIZERS_NADAM_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef FNN_CORE_OPS_OPTIMIZERS_NADAM_INL_H_
#undef FNN_CORE_OPS_OPTIMIZERS_NADAM_INL_H_
#else
#define FNN_CORE_OPS_OPTIMIZERS_NADAM_INL_H_
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

struct NadamOp {
  static constexpr absl::string_view kName = "nadam";
  static constexpr absl::string_view kFormula =
      "m = beta1 m + (1 - beta1) g; v = beta2 v + (1 - beta2) g^2; "
      "mu_t = beta1 (1 - 0.96^(t momentum_decay) / 2); "
      "w - learning_rate (mu_{t+1} m / (1 - mu_1 ... mu_{t+1}) + "
      "(1 - mu_t) g / (1 - mu_1 ... mu_t)) / (sqrt(v / (1 - beta2^t)) + epsilon)";
  static constexpr std::array<Argument, 4> kArguments{
      {{.name = "beta1", .default_value = 0.9, .min = 0, .max = 1, .max_excluded = true},
       {.name = "beta2", .default_value = 0.999, .min = 0, .max = 1, .max_excluded = true},
       {.name = "epsilon", .default_value = 1e-8, .min = 0, .min_excluded = true},
       {.name = "momentum_decay", .default_value = 4e-3, .min = 0}}};
  static constexpr int kSlots = 2;
  static constexpr double kLearningRate = 2e-3;

  static std::array<double, 8> Constants(const Arguments& arguments, double learning_rate,
                                         int64_t t) {
    const auto& [beta1, beta2, epsilon, momentum_decay] = arguments;
    const double log_q = momentum_decay * std::log(0.96);
    const double mu = beta1 * (1 - 0.5 * std::exp(static_cast<double>(t) * log_q));
    const double next = beta1 * (1 - 0.5 * std::exp(static_cast<double>(t + 1) * log_q));
    const double product = ProductOfMu(beta1, log_q, t);
    return {beta1, beta2, 1 - beta1, 1 - beta2,
            // Never 0 as a float: 0 / 0 would make a parameter without gradient NaN.
            std::max(epsilon, double{std::numeric_limits<float>::min()}),
            learning_rate * (1 - mu) / (1 - product), learning_rate * next / (1 - product * next),
            1 / std::sqrt(1 - std::pow(beta2, t))};
  }

  // mu_1 ... mu_t. With q = 0.96^momentum_decay it is beta1^t times the product of all (1 - q^i /
  // 2), whose logarithm is minus the sum over k of (q / 2)^k / k (1 - q^(k t)) / (1 - q^k).
  static double ProductOfMu(double beta1, double log_q, int64_t t) {
    const auto steps = static_cast<double>(t);
    const double bound = std::pow(beta1, steps);
    if (bound < 0x1p-60) return 0;  // Nothing beside 1, what it is taken from.
    double sum = 0;
    for (int k = 1; k <= 56; ++k) {
      const double log_qk = k * log_q;
      const double ratio = log_qk == 0 ? steps : std::expm1(log_qk * steps) / std::expm1(log_qk);
      sum += std::exp2(-k) * std::exp(log_qk) / k * ratio;
    }
    return bound * std::exp(-sum);
  }

  template <typename S>
  static HWY_INLINE void Step(const std::array<S, 8>& constants, S g, S& w, S* slots) {
    const auto& [beta1, beta2, one_minus_beta1, one_minus_beta2, epsilon, g_step, m_step, v_scale] =
        constants;
    S& m = slots[0];
    S& v = slots[1];
    m = beta1 * m + one_minus_beta1 * g;
    v = beta2 * v + one_minus_beta2 * (g * g);
    w = w - (g_step * g + m_step * m) / (Sqrt(v) * v_scale + epsilon);
  }
};

}  // namespace fnn::core::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // FNN_CORE_OPS_OPTIMIZERS_NADAM_INL_H_
