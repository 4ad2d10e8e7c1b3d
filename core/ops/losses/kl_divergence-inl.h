// kl_divergence: sum_k t_k (log t_k - log softmax(z)_k), how far the targets' distribution is from
// the predicted one (PyTorch's KLDivLoss over log_softmax, with reduction="batchmean").
//
// It differs from cross_entropy by the entropy of the targets, so the slope is the same.

#if defined(FNN_CORE_OPS_LOSSES_KL_DIVERGENCE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef FNN_CORE_OPS_LOSSES_KL_DIVERGENCE_INL_H_
#undef FNN_CORE_OPS_LOSSES_KL_DIVERGENCE_INL_H_
#else
#define FNN_CORE_OPS_LOSSES_KL_DIVERGENCE_INL_H_
#endif

#include "absl/strings/string_view.h"
#include "core/ops/log_sum_exp-inl.h"
#include "core/ops/number.h"
#include "core/ops/table.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace fnn::core::HWY_NAMESPACE {

struct KlDivergenceOp {
  static constexpr absl::string_view kName = "kl_divergence";
  static constexpr absl::string_view kFormula = "sum_k t_k (log t_k + logsumexp(z) - z_k)";
  static constexpr absl::string_view kLink = "softmax";
  static constexpr bool kProbabilities = true;
  static constexpr Targets kTargets = Targets::kDistribution;
  static constexpr int kMinOutputs = 2;

  // The loss of one row of logits z and targets t; `delta` may be null.
  template <typename Row, typename T>
  static HWY_INLINE auto Compute(const Row& row, const T* z, const T* t, T* delta) {
    const auto zero = row.Make(0);
    const auto e = SumExp(row, z);
    const auto mass = row.Sum([&](auto at) HWY_ATTR { return at(t); });
    const auto loss = row.Sum([&](auto at) HWY_ATTR {
      // A target of 0 adds nothing, however small its probability.
      return IfGreater(at(t), zero, at(t) * ((e.top - at(z)) + (e.log + Log(at(t)))), zero);
    });
    if (delta != nullptr) {
      row.Write(delta, [&](auto at) HWY_ATTR { return Exp(at(z) - e.top) / e.sum * mass - at(t); });
    }
    // A NaN logit must show, also where its target is 0.
    return loss + (e.log - e.log);
  }
};

}  // namespace fnn::core::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // FNN_CORE_OPS_LOSSES_KL_DIVERGENCE_INL_H_
