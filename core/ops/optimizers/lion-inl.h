// lion (Chen et al., "Symbolic discovery of optimization algorithms", 2023, algorithm 2):
// w <- w - learning_rate (sign(beta1 m + (1 - beta1) g) + weight_decay w), then
// m <- beta2 m + (1 - beta2) g. The decay is of every parameter, biases too.

#if defined(FNN_CORE_OPS_OPTIMIZERS_LION_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef FNN_CORE_OPS_OPTIMIZERS_LION_INL_H_
#undef FNN_CORE_OPS_OPTIMIZERS_LION_INL_H_
#else
#define FNN_CORE_OPS_OPTIMIZERS_LION_INL_H_
#endif

#include <array>

#include "absl/strings/string_view.h"
#include "core/ops/number.h"
#include "core/ops/optimizers/sign-inl.h"
#include "core/ops/table.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace fnn::core::HWY_NAMESPACE {

struct LionOp {
  static constexpr absl::string_view kName = "lion";
  static constexpr absl::string_view kFormula =
      "w - learning_rate (sign(beta1 m + (1 - beta1) g) + weight_decay w); "
      "m = beta2 m + (1 - beta2) g";
  static constexpr std::array<Argument, 3> kArguments{
      {{.name = "beta1", .default_value = 0.9, .min = 0, .max = 1, .max_excluded = true},
       {.name = "beta2", .default_value = 0.99, .min = 0, .max = 1, .max_excluded = true},
       {.name = "weight_decay", .default_value = 0, .min = 0}}};
  static constexpr int kSlots = 1;
  static constexpr double kLearningRate = 1e-4;

  static std::array<double, 6> Constants(const Arguments& arguments, double learning_rate,
                                         int64_t /*t*/) {
    const auto& [beta1, beta2, weight_decay, unused] = arguments;
    return {beta1, beta2, 1 - beta1, 1 - beta2, learning_rate, 1 - learning_rate * weight_decay};
  }

  template <typename S>
  static HWY_INLINE void Step(const std::array<S, 6>& constants, S g, S& w, S* slots) {
    const auto& [beta1, beta2, one_minus_beta1, one_minus_beta2, learning_rate, keep] = constants;
    S& m = slots[0];
    w = keep * w - learning_rate * Sign(beta1 * m + one_minus_beta1 * g);
    m = beta2 * m + one_minus_beta2 * g;
  }
};

}  // namespace fnn::core::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // FNN_CORE_OPS_OPTIMIZERS_LION_INL_H_
