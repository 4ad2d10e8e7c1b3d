// Every loss, one line each: for whatever runs their formulas over a number type, as
// core/ops/activations/all-inl.h has activations. Included once for each instruction set.

#if defined(FNN_CORE_OPS_LOSSES_ALL_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef FNN_CORE_OPS_LOSSES_ALL_INL_H_
#undef FNN_CORE_OPS_LOSSES_ALL_INL_H_
#else
#define FNN_CORE_OPS_LOSSES_ALL_INL_H_
#endif

#include "core/ops/losses/binary_cross_entropy-inl.h"
#include "core/ops/losses/cross_entropy-inl.h"
#include "core/ops/losses/focal-inl.h"
#include "core/ops/losses/hinge-inl.h"
#include "core/ops/losses/huber-inl.h"
#include "core/ops/losses/kl_divergence-inl.h"
#include "core/ops/losses/log_cosh-inl.h"
#include "core/ops/losses/mean_absolute_error-inl.h"
#include "core/ops/losses/mean_squared_error-inl.h"
#include "core/ops/losses/poisson-inl.h"
#include "core/ops/losses/quantile-inl.h"
#include "core/ops/losses/squared_hinge-inl.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace fnn::core::HWY_NAMESPACE {

// Table<Elementwise<MeanSquaredErrorOp>, ...>, in the order they are shown: formulas whose mean
// over the outputs is the loss, and formulas over a whole row.
template <template <typename...> typename Table, template <typename> typename Elementwise,
          template <typename> typename Rowwise>
using LossesOf = Table<                 //
    Elementwise<MeanSquaredErrorOp>,    //
    Rowwise<CrossEntropyOp>,            //
    Elementwise<BinaryCrossEntropyOp>,  //
    Elementwise<MeanAbsoluteErrorOp>,   //
    Elementwise<HuberOp>,               //
    Elementwise<LogCoshOp>,             //
    Elementwise<HingeOp>,               //
    Elementwise<SquaredHingeOp>,        //
    Rowwise<KlDivergenceOp>,            //
    Elementwise<PoissonOp>,             //
    Elementwise<QuantileOp>,            //
    Rowwise<FocalOp>>;

}  // namespace fnn::core::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // FNN_CORE_OPS_LOSSES_ALL_INL_H_
