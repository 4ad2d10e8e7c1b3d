// sgd: w <- w - learning_rate g.

#if defined(FNN_CORE_OPS_OPTIMIZERS_SGD_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef FNN_CORE_OPS_OPTIMIZERS_SGD_INL_H_
#undef FNN_CORE_OPS_OPTIMIZERS_SGD_INL_H_
#else
#define FNN_CORE_OPS_OPTIMIZERS_SGD_INL_H_
#endif

#include <array>

#include "absl/strings/string_view.h"
#include "core/ops/table.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace fnn::core::HWY_NAMESPACE {

struct SgdOp {
  static constexpr absl::string_view kName = "sgd";
  static constexpr absl::string_view kFormula = "w - learning_rate g";
  static constexpr std::array<Argument, 0> kArguments{};
  static constexpr int kSlots = 0;
  static constexpr double kLearningRate = 0.01;

  static std::array<double, 1> Constants(const Arguments&, double learning_rate, int64_t /*t*/) {
    return {learning_rate};
  }

  template <typename S>
  static HWY_INLINE void Step(const std::array<S, 1>& constants, S g, S& w, S* /*slots*/) {
    w = w - constants[0] * g;
  }
};

}  // namespace fnn::core::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // FNN_CORE_OPS_OPTIMIZERS_SGD_INL_H_
