// adagrad (Duchi, Hazan and Singer, 2011): s <- s + g^2; w <- w - rate g / (sqrt(s) + epsilon) with
// rate = learning_rate / (1 + (t - 1) learning_rate_decay), as PyTorch has it.

#if defined(FNN_CORE_OPS_OPTIMIZERS_ADAGRAD_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef FNN_CORE_OPS_OPTIMIZERS_ADAGRAD_INL_H_
#undef FNN_CORE_OPS_OPTIMIZERS_ADAGRAD_INL_H_
#else
#define FNN_CORE_OPS_OPTIMIZERS_ADAGRAD_INL_H_
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

struct AdagradOp {
  static constexpr absl::string_view kName = "adagrad";
  static constexpr absl::string_view kFormula =
      "s = s + g^2; w - learning_rate / (1 + (t - 1) learning_rate_decay) g / (sqrt(s) + epsilon)";
  static constexpr std::array<Argument, 3> kArguments{
      {{.name = "learning_rate_decay", .default_value = 0, .min = 0},
       {.name = "initial_accumulator", .default_value = 0, .min = 0},
       {.name = "epsilon", .default_value = 1e-10, .min = 0, .min_excluded = true}}};
  static constexpr int kSlots = 1;
  static constexpr double kLearningRate = 0.01;

  static std::array<double, 1> SlotStarts(const Arguments& arguments, double /*learning_rate*/) {
    return {arguments[1]};
  }

  static std::array<double, 2> Constants(const Arguments& arguments, double learning_rate,
                                         int64_t t) {
    return {learning_rate / (1 + static_cast<double>(t - 1) * arguments[0]),
            // Never 0 as a float: 0 / 0 would make a parameter without gradient NaN.
            std::max(arguments[2], double{std::numeric_limits<float>::min()})};
  }

  template <typename S>
  static HWY_INLINE void Step(const std::array<S, 2>& constants, S g, S& w, S* slots) {
    const auto& [rate, epsilon] = constants;
    S& s = slots[0];
    s = s + g * g;
    w = w - rate * g / (Sqrt(s) + epsilon);
  }
};

}  // namespace fnn::core::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // FNN_CORE_OPS_OPTIMIZERS_ADAGRAD_INL_H_
