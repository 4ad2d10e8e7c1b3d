// softmax: a_i = e^z_i / sum_k e^z_k over the units of a row.
//
// It maps a row to a row, so its slope is a matrix: da_i/dz_j = a_i (1[i = j] - a_j), applied here
// to a vector from the left.

#if defined(FNN_CORE_OPS_ACTIVATIONS_SOFTMAX_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef FNN_CORE_OPS_ACTIVATIONS_SOFTMAX_INL_H_
#undef FNN_CORE_OPS_ACTIVATIONS_SOFTMAX_INL_H_
#else
#define FNN_CORE_OPS_ACTIVATIONS_SOFTMAX_INL_H_
#endif

#include "absl/strings/string_view.h"
#include "core/ops/number.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace fnn::core::HWY_NAMESPACE {

struct SoftmaxOp {
  static constexpr absl::string_view kName = "softmax";
  static constexpr absl::string_view kFormula = "exp(x_i) / sum_k exp(x_k)";
  static constexpr absl::string_view kWeightInitializer = "xavier";
  static constexpr bool kProbabilities = true;
  static constexpr bool kSlopeFromActivity = true;

  // z and a are of one row, and may be the same.
  template <typename Row, typename T>
  static HWY_INLINE void Forward(const Row& row, const T* z, T* a) {
    const auto top = row.Max([&](auto at) HWY_ATTR { return at(z); });  // Then nothing overflows.
    const auto sum = row.Sum([&](auto at) HWY_ATTR { return Exp(at(z) - top); });
    row.Write(a, [&](auto at) HWY_ATTR { return Exp(at(z) - top) / sum; });
  }

  // delta holds dL/da and becomes dL/dz.
  template <typename Row, typename T>
  static HWY_INLINE void Backward(const Row& row, const T* a, T* delta) {
    const auto mean = row.Sum([&](auto at) HWY_ATTR { return at(delta) * at(a); });
    row.Write(delta, [&](auto at) HWY_ATTR { return at(a) * (at(delta) - mean); });
  }
};

}  // namespace fnn::core::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // FNN_CORE_OPS_ACTIVATIONS_SOFTMAX_INL_H_
