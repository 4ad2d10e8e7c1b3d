// swish with a beta that is learned, one per unit (Ramachandran, Zoph and Le, 2017).

#if defined(FNN_CORE_OPS_LAYERS_LEARNED_SWISH_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef FNN_CORE_OPS_LAYERS_LEARNED_SWISH_INL_H_
#undef FNN_CORE_OPS_LAYERS_LEARNED_SWISH_INL_H_
#else
#define FNN_CORE_OPS_LAYERS_LEARNED_SWISH_INL_H_
#endif

#include "core/ops/activations/swish-inl.h"
#include "core/ops/layers/learned.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace fnn::core::HWY_NAMESPACE {

// Under the name of the activation, whose message says whether beta is learned.
struct LearnedSwishOp : SwishOp {
  static constexpr Argument kArguments[] = {
      {.name = "beta", .default_value = 1},
      {.name = "regularized", .default_value = 0, .min = 0, .max = 1}};
  static constexpr LearnedParameter kParameters[] = {{.name = "beta", .starts_at_argument = true}};
};

}  // namespace fnn::core::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // FNN_CORE_OPS_LAYERS_LEARNED_SWISH_INL_H_
