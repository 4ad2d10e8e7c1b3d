// Every activation, one line each: for whatever runs their formulas over a number type.
//
//   template <typename Op>
//   struct Elementwise { ... };   // What is made of a formula for each element,
//   template <typename Op>
//   struct Rowwise { ... };       // and of one for each row.
//   using All = ActivationsOf<Table, Elementwise, Rowwise>;
//
// Included once for each instruction set.

#if defined(FNN_CORE_OPS_ACTIVATIONS_ALL_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef FNN_CORE_OPS_ACTIVATIONS_ALL_INL_H_
#undef FNN_CORE_OPS_ACTIVATIONS_ALL_INL_H_
#else
#define FNN_CORE_OPS_ACTIVATIONS_ALL_INL_H_
#endif

#include "core/ops/activations/celu-inl.h"
#include "core/ops/activations/elu-inl.h"
#include "core/ops/activations/exponential-inl.h"
#include "core/ops/activations/gelu-inl.h"
#include "core/ops/activations/gelu_logistic-inl.h"
#include "core/ops/activations/gelu_tanh-inl.h"
#include "core/ops/activations/hard_logistic-inl.h"
#include "core/ops/activations/hard_shrink-inl.h"
#include "core/ops/activations/hard_swish-inl.h"
#include "core/ops/activations/hard_tanh-inl.h"
#include "core/ops/activations/identity-inl.h"
#include "core/ops/activations/leaky_relu-inl.h"
#include "core/ops/activations/log_sigmoid-inl.h"
#include "core/ops/activations/log_softmax-inl.h"
#include "core/ops/activations/logistic-inl.h"
#include "core/ops/activations/mish-inl.h"
#include "core/ops/activations/relu-inl.h"
#include "core/ops/activations/relu6-inl.h"
#include "core/ops/activations/selu-inl.h"
#include "core/ops/activations/silu-inl.h"
#include "core/ops/activations/soft_shrink-inl.h"
#include "core/ops/activations/softmax-inl.h"
#include "core/ops/activations/softplus-inl.h"
#include "core/ops/activations/softsign-inl.h"
#include "core/ops/activations/squareplus-inl.h"
#include "core/ops/activations/step-inl.h"
#include "core/ops/activations/swish-inl.h"
#include "core/ops/activations/tanh-inl.h"
#include "core/ops/activations/tanh_shrink-inl.h"
#include "core/ops/activations/threshold-inl.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace fnn::core::HWY_NAMESPACE {

// Table<Elementwise<IdentityOp>, ...>, in the order they are shown.
template <template <typename...> typename Table, template <typename> typename Elementwise,
          template <typename> typename Rowwise>
using ActivationsOf = Table<      //
    Elementwise<IdentityOp>,      //
    Elementwise<LogisticOp>,      //
    Elementwise<TanhOp>,          //
    Elementwise<ReluOp>,          //
    Rowwise<SoftmaxOp>,           //
    Elementwise<HardLogisticOp>,  //
    Elementwise<HardTanhOp>,      //
    Elementwise<LeakyReluOp>,     //
    Elementwise<Relu6Op>,         //
    Elementwise<EluOp>,           //
    Elementwise<SeluOp>,          //
    Elementwise<CeluOp>,          //
    Elementwise<SoftplusOp>,      //
    Elementwise<SquareplusOp>,    //
    Elementwise<SwishOp>,         //
    Elementwise<SiluOp>,          //
    Elementwise<HardSwishOp>,     //
    Elementwise<MishOp>,          //
    Elementwise<GeluOp>,          //
    Elementwise<GeluTanhOp>,      //
    Elementwise<GeluLogisticOp>,  //
    Elementwise<SoftsignOp>,      //
    Elementwise<TanhShrinkOp>,    //
    Elementwise<SoftShrinkOp>,    //
    Elementwise<HardShrinkOp>,    //
    Elementwise<LogSigmoidOp>,    //
    Elementwise<ExponentialOp>,   //
    Elementwise<ThresholdOp>,     //
    Rowwise<LogSoftmaxOp>,        //
    Elementwise<StepOp>>;

}  // namespace fnn::core::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // FNN_CORE_OPS_ACTIVATIONS_ALL_INL_H_
