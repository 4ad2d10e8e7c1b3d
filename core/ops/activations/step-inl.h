// step, the unit step of the neuron of McCulloch and Pitts (1943): f(x) = 1 where x >= 0, else 0.
//
// Its slope is 0 wherever it has one, so nothing before it can be trained.

#if defined(FNN_CORE_OPS_ACTIVATIONS_STEP_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef FNN_CORE_OPS_ACTIVATIONS_STEP_INL_H_
#undef FNN_CORE_OPS_ACTIVATIONS_STEP_INL_H_
#else
#define FNN_CORE_OPS_ACTIVATIONS_STEP_INL_H_
#endif

#include "absl/strings/string_view.h"
#include "core/ops/number.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace fnn::core::HWY_NAMESPACE {

struct StepOp {
  static constexpr absl::string_view kName = "step";
  static constexpr absl::string_view kFormula = "1 if x >= 0, else 0";
  static constexpr absl::string_view kWeightInitializer = "xavier";
  static constexpr bool kProbabilities = true;
  static constexpr bool kSlopeFromActivity = true;
  static constexpr bool kDifferentiable = false;

  template <typename S>
  HWY_INLINE S operator()(S x) const {
    return IfGreater(-x, Const(x, 0), Const(x, 0), Const(x, 1));
  }
};

}  // namespace fnn::core::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // FNN_CORE_OPS_ACTIVATIONS_STEP_INL_H_
