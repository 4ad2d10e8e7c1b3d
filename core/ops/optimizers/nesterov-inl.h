// nesterov: v <- momentum v + g; w <- w - learning_rate (g + momentum v), as PyTorch's SGD with
// nesterov=True.

#if defined(FNN_CORE_OPS_OPTIMIZERS_NESTEROV_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef FNN_CORE_OPS_OPTIMIZERS_NESTEROV_INL_H_
#undef FNN_CORE_OPS_OPTIMIZERS_NESTEROV_INL_H_
#else
#define FNN_CORE_OPS_OPTIMIZERS_NESTEROV_INL_H_
#endif

#include <array>

#include "absl/strings/string_view.h"
#include "core/ops/table.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace fnn::core::HWY_NAMESPACE {

struct NesterovOp {
  static constexpr absl::string_view kName = "nesterov";
  static constexpr absl::string_view kFormula =
      "v = momentum v + g; w - learning_rate (g + momentum v)";
  static constexpr std::array<Argument, 1> kArguments{
      {{.name = "momentum", .default_value = 0.9, .min = 0, .max = 1, .max_excluded = true}}};
  static constexpr int kSlots = 1;
  static constexpr double kLearningRate = 0.01;

  static std::array<double, 2> Constants(const Arguments& arguments, double learning_rate,
                                         int64_t /*t*/) {
    return {learning_rate, arguments[0]};
  }

  template <typename S>
  static HWY_INLINE void Step(const std::array<S, 2>& constants, S g, S& w, S* slots) {
    const auto& [learning_rate, momentum] = constants;
    S& v = slots[0];
    v = momentum * v + g;
    w = w - learning_rate * (g + momentum * v);
  }
};

}  // namespace fnn::core::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // FNN_CORE_OPS_OPTIMIZERS_NESTEROV_INL_H_
