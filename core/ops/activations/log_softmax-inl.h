// log_softmax: a_i = z_i - log sum_k e^z_k over the units of a row, the logarithm of softmax.
//
// Log probabilities are logits too, and softmax of them is the same distribution: a loss that takes
// logits may be fed with them. da_i/dz_j = 1[i = j] - e^a_j, applied here to a vector from the
// left.

#if defined(FNN_CORE_OPS_ACTIVATIONS_LOG_SOFTMAX_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef FNN_CORE_OPS_ACTIVATIONS_LOG_SOFTMAX_INL_H_
#undef FNN_CORE_OPS_ACTIVATIONS_LOG_SOFTMAX_INL_H_
#else
#define FNN_CORE_OPS_ACTIVATIONS_LOG_SOFTMAX_INL_H_
#endif

#include "absl/strings/string_view.h"
#include "core/ops/log_sum_exp-inl.h"
#include "core/ops/number.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace fnn::core::HWY_NAMESPACE {

struct LogSoftmaxOp {
  static constexpr absl::string_view kName = "log_softmax";
  static constexpr absl::string_view kFormula = "x_i - log(sum_k exp(x_k))";
  static constexpr absl::string_view kWeightInitializer = "xavier";
  static constexpr bool kProbabilities = false;
  static constexpr bool kSlopeFromActivity = true;

  // z and a are of one row, and may be the same.
  template <typename Row, typename T>
  static HWY_INLINE void Forward(const Row& row, const T* z, T* a) {
    const auto e = SumExp(row, z);
    row.Write(a, [&](auto at) HWY_ATTR { return at(z) - e.top - e.log; });
  }

  // delta holds dL/da and becomes dL/dz.
  template <typename Row, typename T>
  static HWY_INLINE void Backward(const Row& row, const T* a, T* delta) {
    const auto sum = row.Sum([&](auto at) HWY_ATTR { return at(delta); });
    row.Write(delta, [&](auto at) HWY_ATTR { return at(delta) - Exp(at(a)) * sum; });
  }
};

}  // namespace fnn::core::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // FNN_CORE_OPS_ACTIVATIONS_LOG_SOFTMAX_INL_H_
