// prelu: leaky_relu with a gamma that is learned, one per unit (He, Zhang, Ren and Sun, 2015).

#if defined(FNN_CORE_OPS_LAYERS_PRELU_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef FNN_CORE_OPS_LAYERS_PRELU_INL_H_
#undef FNN_CORE_OPS_LAYERS_PRELU_INL_H_
#else
#define FNN_CORE_OPS_LAYERS_PRELU_INL_H_
#endif

#include "core/ops/activations/leaky_relu-inl.h"
#include "core/ops/layers/learned.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace fnn::core::HWY_NAMESPACE {

struct PreluOp : LeakyReluOp {
  static constexpr absl::string_view kName = "prelu";
  static constexpr Argument kArguments[] = {
      {.name = "gamma", .default_value = 0.25},
      {.name = "regularized", .default_value = 0, .min = 0, .max = 1}};
  static constexpr LearnedParameter kParameters[] = {{.name = "gamma", .starts_at_argument = true}};
};

}  // namespace fnn::core::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // FNN_CORE_OPS_LAYERS_PRELU_INL_H_
