// adadelta (Zeiler, 2012): s <- rho s + (1 - rho) g^2, d = sqrt((u + epsilon) / (s + epsilon)) g,
// u <- rho u + (1 - rho) d^2, w <- w - learning_rate d, as PyTorch has it.

#if defined(FNN_CORE_OPS_OPTIMIZERS_ADADELTA_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef FNN_CORE_OPS_OPTIMIZERS_ADADELTA_INL_H_
#undef FNN_CORE_OPS_OPTIMIZERS_ADADELTA_INL_H_
#else
#define FNN_CORE_OPS_OPTIMIZERS_ADADELTA_INL_H_
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

struct AdadeltaOp {
  static constexpr absl::string_view kName = "adadelta";
  static constexpr absl::string_view kFormula =
      "s = rho s + (1 - rho) g^2; d = sqrt(u + epsilon) / sqrt(s + epsilon) g; "
      "u = rho u + (1 - rho) d^2; w - learning_rate d";
  static constexpr std::array<Argument, 2> kArguments{
      {{.name = "rho", .default_value = 0.9, .min = 0, .max = 1, .max_excluded = true},
       {.name = "epsilon", .default_value = 1e-6, .min = 0, .min_excluded = true}}};
  static constexpr int kSlots = 2;
  static constexpr double kLearningRate = 1;

  static std::array<double, 4> Constants(const Arguments& arguments, double learning_rate,
                                         int64_t /*t*/) {
    const double rho = arguments[0];
    return {learning_rate, rho, 1 - rho,
            // Never 0 as a float: 0 / 0 would make a parameter without gradient NaN.
            std::max(arguments[1], double{std::numeric_limits<float>::min()})};
  }

  template <typename S>
  static HWY_INLINE void Step(const std::array<S, 4>& constants, S g, S& w, S* slots) {
    const auto& [learning_rate, rho, one_minus_rho, epsilon] = constants;
    S& s = slots[0];
    S& u = slots[1];
    s = rho * s + one_minus_rho * (g * g);
    const S d = Sqrt(u + epsilon) / Sqrt(s + epsilon) * g;
    u = rho * u + one_minus_rho * (d * d);
    w = w - learning_rate * d;
  }
};

}  // namespace fnn::core::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // FNN_CORE_OPS_OPTIMIZERS_ADADELTA_INL_H_
