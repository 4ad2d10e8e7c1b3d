// cross_entropy: -sum_k t_k log softmax(z)_k, as sum_k t_k (logsumexp(z) - z_k).
//
// Fused with softmax its slope with regard to z_i is softmax(z)_i sum_k t_k - t_i. Label smoothing
// first makes t_k of the K targets (1 - label_smoothing) t_k + label_smoothing / K (Szegedy et al.,
// 2016).

#if defined(FNN_CORE_OPS_LOSSES_CROSS_ENTROPY_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef FNN_CORE_OPS_LOSSES_CROSS_ENTROPY_INL_H_
#undef FNN_CORE_OPS_LOSSES_CROSS_ENTROPY_INL_H_
#else
#define FNN_CORE_OPS_LOSSES_CROSS_ENTROPY_INL_H_
#endif

#include "absl/strings/string_view.h"
#include "core/ops/log_sum_exp-inl.h"
#include "core/ops/number.h"
#include "core/ops/table.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace fnn::core::HWY_NAMESPACE {

struct CrossEntropyOp {
  static constexpr absl::string_view kName = "cross_entropy";
  static constexpr absl::string_view kFormula = "sum_k t_k (logsumexp(z) - z_k)";
  static constexpr Argument kArguments[] = {
      {.name = "label_smoothing", .default_value = 0, .min = 0, .max = 1, .max_excluded = true}};
  static constexpr absl::string_view kLink = "softmax";
  static constexpr bool kProbabilities = true;
  static constexpr Targets kTargets = Targets::kDistribution;
  static constexpr int kMinOutputs = 2;

  // The loss of one row of logits z and targets t; `delta` may be null.
  template <typename Row, typename T, typename Number>
  static HWY_INLINE auto Compute(const Row& row, const T* z, const T* t, T* delta,
                                 Number label_smoothing) {
    const auto zero = row.Make(0);
    const auto kept = row.Make(1) - label_smoothing;
    const auto spread = label_smoothing / row.Make(static_cast<double>(row.size()));
    const auto target = [&](auto at) HWY_ATTR { return kept * at(t) + spread; };
    const auto e = SumExp(row, z);
    const auto mass = row.Sum(target);
    const auto loss = row.Sum([&](auto at) HWY_ATTR {
      // A target of 0 adds nothing, however small its probability.
      const auto smoothed = target(at);
      return IfGreater(smoothed, zero, smoothed * ((e.top - at(z)) + e.log), zero);
    });
    if (delta != nullptr) {
      row.Write(delta,
                [&](auto at) HWY_ATTR { return Exp(at(z) - e.top) / e.sum * mass - target(at); });
    }
    // A NaN logit must show, also where its target is 0.
    return loss + (e.log - e.log);
  }
};

}  // namespace fnn::core::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // FNN_CORE_OPS_LOSSES_CROSS_ENTROPY_INL_H_
