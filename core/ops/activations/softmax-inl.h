// softmax: a_i = e^z_i / sum_k e^z_k over the units of a row.
//
// It maps a row to a row, so its slope is a matrix: da_i/dz_j = a_i (1[i = j] - a_j), applied here
// to a vector from the left.

#ifndef FNN_CORE_OPS_ACTIVATIONS_SOFTMAX_INL_H_
#define FNN_CORE_OPS_ACTIVATIONS_SOFTMAX_INL_H_

#include <algorithm>
#include <cstdint>

#include "absl/strings/string_view.h"
#include "core/ops/number.h"

namespace fnn::core {

struct SoftmaxOp {
  static constexpr absl::string_view kName = "softmax";
  static constexpr absl::string_view kFormula = "exp(x_i) / sum_k exp(x_k)";
  static constexpr absl::string_view kWeightInitializer = "xavier";
  static constexpr bool kProbabilities = true;

  // One row of n units; z and a may be the same.
  template <typename T>
  static void Forward(int64_t n, const T* z, T* a) {
    const T top = *std::max_element(z, z + n);  // The largest exponent is 0: no overflow.
    T sum = 0;
    for (int64_t i = 0; i < n; ++i) sum += a[i] = Exp(z[i] - top);
    for (int64_t i = 0; i < n; ++i) a[i] /= sum;
  }

  // delta holds dL/da and becomes dL/dz.
  template <typename T>
  static void Backward(int64_t n, const T* a, T* delta) {
    T mean = 0;
    for (int64_t i = 0; i < n; ++i) mean += delta[i] * a[i];
    for (int64_t i = 0; i < n; ++i) delta[i] = a[i] * (delta[i] - mean);
  }
};

}  // namespace fnn::core

#endif  // FNN_CORE_OPS_ACTIVATIONS_SOFTMAX_INL_H_
