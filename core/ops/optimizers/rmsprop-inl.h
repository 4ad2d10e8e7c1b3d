// rmsprop (Hinton, 2012): s <- alpha s + (1 - alpha) g^2, b <- momentum b + g / (sqrt(s) +
// epsilon), w <- w - learning_rate b. epsilon stands where PyTorch has it: outside of the root.

#if defined(FNN_CORE_OPS_OPTIMIZERS_RMSPROP_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef FNN_CORE_OPS_OPTIMIZERS_RMSPROP_INL_H_
#undef FNN_CORE_OPS_OPTIMIZERS_RMSPROP_INL_H_
#else
#define FNN_CORE_OPS_OPTIMIZERS_RMSPROP_INL_H_
#endif

#include <algorithm>
#include <array>
#include <limits>

#include "absl/strings/string_view.h"
#include "core/ops/number.h"
#include "core/ops/table.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace fnn::core::HWY_NAMESPACE {

struct RmspropOp {
  static constexpr absl::string_view kName = "rmsprop";
  static constexpr absl::string_view kFormula =
      "s = alpha s + (1 - alpha) g^2; b = momentum b + g / (sqrt(s) + epsilon); "
      "w - learning_rate b";
  static constexpr std::array<Argument, 3> kArguments{
      {{.name = "alpha", .default_value = 0.99, .min = 0, .max = 1, .max_excluded = true},
       {.name = "epsilon", .default_value = 1e-8, .min = 0, .min_excluded = true},
       {.name = "momentum", .default_value = 0, .min = 0, .max = 1, .max_excluded = true}}};
  static constexpr int kSlots = 2;
  static constexpr double kLearningRate = 0.01;

  static std::array<double, 5> Constants(const Arguments& arguments, double learning_rate,
                                         int64_t /*t*/) {
    const auto& [alpha, epsilon, momentum, unused] = arguments;
    return {learning_rate, alpha, 1 - alpha,
            // Never 0 as a float: 0 / 0 would make a parameter without gradient NaN.
            std::max(epsilon, double{std::numeric_limits<float>::min()}), momentum};
  }

  template <typename S>
  static HWY_INLINE void Step(const std::array<S, 5>& constants, S g, S& w, S* slots) {
    const auto& [learning_rate, alpha, one_minus_alpha, epsilon, momentum] = constants;
    S& s = slots[0];
    S& b = slots[1];
    s = alpha * s + one_minus_alpha * (g * g);
    b = momentum * b + g / (Sqrt(s) + epsilon);
    w = w - learning_rate * b;
  }
};

}  // namespace fnn::core::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // FNN_CORE_OPS_OPTIMIZERS_RMSPROP_INL_H_
