// cross_entropy: -sum_k t_k log softmax(z)_k, as sum_k t_k (logsumexp(z) - z_k).
//
// Fused with softmax its slope with regard to z_i is softmax(z)_i sum_k t_k - t_i.

#ifndef FNN_CORE_OPS_LOSSES_CROSS_ENTROPY_INL_H_
#define FNN_CORE_OPS_LOSSES_CROSS_ENTROPY_INL_H_

#include <algorithm>
#include <cstdint>

#include "absl/strings/string_view.h"
#include "core/ops/number.h"

namespace fnn::core {

struct CrossEntropyOp {
  static constexpr absl::string_view kName = "cross_entropy";
  static constexpr absl::string_view kFormula = "sum_k t_k (logsumexp(z) - z_k)";
  static constexpr absl::string_view kLink = "softmax";
  static constexpr bool kProbabilities = true;
  static constexpr bool kTargetsInUnitInterval = true;
  static constexpr bool kTargetsSumToOne = true;
  static constexpr int kMinOutputs = 2;

  // One row of n logits z and targets t. Gives the loss; `delta` may be null.
  template <typename T>
  static T Row(int64_t n, const T* z, const T* t, T* delta) {
    const T top = *std::max_element(z, z + n);  // The largest exponent is 0: no overflow.
    T sum = 0;
    T mass = 0;
    for (int64_t i = 0; i < n; ++i) {
      sum += Exp(z[i] - top);
      mass += t[i];
    }
    const T log_sum = Log(sum);
    T loss = 0;
    for (int64_t i = 0; i < n; ++i) {
      // A target of 0 adds nothing, however small its probability.
      if (t[i] != 0) loss += t[i] * ((top - z[i]) + log_sum);
    }
    if (delta != nullptr) {
      for (int64_t i = 0; i < n; ++i) delta[i] = Exp(z[i] - top) / sum * mass - t[i];
    }
    // A NaN logit must show, also where its target is 0.
    return loss + (log_sum - log_sum);
  }
};

}  // namespace fnn::core

#endif  // FNN_CORE_OPS_LOSSES_CROSS_ENTROPY_INL_H_
