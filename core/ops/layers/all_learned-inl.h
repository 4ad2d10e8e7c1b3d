// Every activation with learned parameters, one line each, as core/ops/activations/all-inl.h has
// the others.

#if defined(FNN_CORE_OPS_LAYERS_ALL_LEARNED_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef FNN_CORE_OPS_LAYERS_ALL_LEARNED_INL_H_
#undef FNN_CORE_OPS_LAYERS_ALL_LEARNED_INL_H_
#else
#define FNN_CORE_OPS_LAYERS_ALL_LEARNED_INL_H_
#endif

#include "core/ops/layers/dynamic_tanh-inl.h"
#include "core/ops/layers/learned_swish-inl.h"
#include "core/ops/layers/prelu-inl.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace fnn::core::HWY_NAMESPACE {

template <template <typename...> typename Table>
using LearnedActivationsOf = Table<  //
    PreluOp,                         //
    LearnedSwishOp,                  //
    DynamicTanhOp>;

}  // namespace fnn::core::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // FNN_CORE_OPS_LAYERS_ALL_LEARNED_INL_H_
