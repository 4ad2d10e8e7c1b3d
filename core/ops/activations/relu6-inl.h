// relu6: f(x) = min(max(0, x), 6), with slope 0 at the kinks (Krizhevsky, 2010).

#if defined(FNN_CORE_OPS_ACTIVATIONS_RELU6_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef FNN_CORE_OPS_ACTIVATIONS_RELU6_INL_H_
#undef FNN_CORE_OPS_ACTIVATIONS_RELU6_INL_H_
#else
#define FNN_CORE_OPS_ACTIVATIONS_RELU6_INL_H_
#endif

#include "absl/strings/string_view.h"
#include "core/ops/number.h"
#include "core/ops/pieces-inl.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace fnn::core::HWY_NAMESPACE {

struct Relu6Op {
  static constexpr absl::string_view kName = "relu6";
  static constexpr absl::string_view kFormula = "min(max(0, x), 6)";
  static constexpr absl::string_view kWeightInitializer = "he";
  static constexpr bool kProbabilities = false;
  static constexpr bool kSlopeFromActivity = true;

  template <typename S>
  HWY_INLINE S operator()(S x) const {
    return Clip(x, Const(x, 0), Const(x, 6));
  }
};

}  // namespace fnn::core::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // FNN_CORE_OPS_ACTIVATIONS_RELU6_INL_H_
