// amsgrad (Reddi, Kale and Kumar, 2018): adam with the largest v so far in place of v. As in
// PyTorch the largest is taken before the correction for having started at 0.

#if defined(FNN_CORE_OPS_OPTIMIZERS_AMSGRAD_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef FNN_CORE_OPS_OPTIMIZERS_AMSGRAD_INL_H_
#undef FNN_CORE_OPS_OPTIMIZERS_AMSGRAD_INL_H_
#else
#define FNN_CORE_OPS_OPTIMIZERS_AMSGRAD_INL_H_
#endif

#include <array>

#include "absl/strings/string_view.h"
#include "core/ops/number.h"
#include "core/ops/optimizers/adam-inl.h"
#include "core/ops/optimizers/sign-inl.h"
#include "core/ops/table.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace fnn::core::HWY_NAMESPACE {

struct AmsgradOp {
  static constexpr absl::string_view kName = "amsgrad";
  static constexpr absl::string_view kFormula =
      "m = beta1 m + (1 - beta1) g; v = beta2 v + (1 - beta2) g^2; u = max(u, v); "
      "w - learning_rate (m / (1 - beta1^t)) / (sqrt(u / (1 - beta2^t)) + epsilon)";
  static constexpr auto kArguments = AdamOp::kArguments;
  static constexpr int kSlots = 3;
  static constexpr double kLearningRate = AdamOp::kLearningRate;

  static std::array<double, 7> Constants(const Arguments& arguments, double learning_rate,
                                         int64_t t) {
    return AdamOp::Constants(arguments, learning_rate, t);
  }

  template <typename S>
  static HWY_INLINE void Step(const std::array<S, 7>& constants, S g, S& w, S* slots) {
    const auto& [beta1, beta2, one_minus_beta1, one_minus_beta2, epsilon, step, v_scale] =
        constants;
    S& m = slots[0];
    S& v = slots[1];
    S& u = slots[2];
    m = beta1 * m + one_minus_beta1 * g;
    v = beta2 * v + one_minus_beta2 * (g * g);
    u = Max(u, v);
    w = w - step * m / (Sqrt(u) * v_scale + epsilon);
  }
};

}  // namespace fnn::core::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // FNN_CORE_OPS_OPTIMIZERS_AMSGRAD_INL_H_
