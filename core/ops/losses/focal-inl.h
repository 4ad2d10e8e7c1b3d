// focal: -sum_k t_k (1 - p_k)^gamma log p_k over p = softmax(z), which makes light of what is
// predicted well already (Lin et al., 2017). With gamma = 0 it is cross_entropy.
//
// Its slope with regard to z_i is h_i - p_i sum_k h_k, where
// h_k = t_k (1 - p_k)^gamma (gamma p_k log p_k / (1 - p_k) - 1).

#if defined(FNN_CORE_OPS_LOSSES_FOCAL_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef FNN_CORE_OPS_LOSSES_FOCAL_INL_H_
#undef FNN_CORE_OPS_LOSSES_FOCAL_INL_H_
#else
#define FNN_CORE_OPS_LOSSES_FOCAL_INL_H_
#endif

#include "absl/strings/string_view.h"
#include "core/ops/log_sum_exp-inl.h"
#include "core/ops/number.h"
#include "core/ops/table.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace fnn::core::HWY_NAMESPACE {

struct FocalOp {
  static constexpr absl::string_view kName = "focal";
  static constexpr absl::string_view kFormula =
      "-sum_k t_k (1 - p_k)^gamma log p_k, p = softmax(z)";
  static constexpr Argument kArguments[] = {
      {.name = "gamma", .default_value = 2, .min = 0, .max = 1000}};
  static constexpr absl::string_view kLink = "softmax";
  static constexpr bool kProbabilities = true;
  static constexpr Targets kTargets = Targets::kDistribution;
  static constexpr int kMinOutputs = 2;

  // The loss of one row of logits z and targets t; `delta` may be null.
  template <typename Row, typename T, typename Number>
  static HWY_INLINE auto Compute(const Row& row, const T* z, const T* t, T* delta, Number gamma) {
    const auto zero = row.Make(0);
    const auto half = row.Make(0.5);
    const auto one = row.Make(1);
    const auto e = SumExp(row, z);
    // -log p, p, 1 - p and (1 - p)^gamma.
    const auto surprise = [&](auto at) HWY_ATTR { return (e.top - at(z)) + e.log; };
    const auto share = [&](auto at) HWY_ATTR { return Exp(at(z) - e.top) / e.sum; };
    const auto rest = [&](auto at)
                          HWY_ATTR { return (e.rest + (one - Exp(at(z) - e.top))) / e.sum; };
    const auto weight = [&](auto at) HWY_ATTR {
      const auto p = share(at);
      const auto log_rest = IfGreater(p, half, Log(rest(at)), Log1p(-p));
      return IfGreater(gamma, zero, Exp(gamma * log_rest), one);
    };
    const auto loss = row.Sum([&](auto at) HWY_ATTR {
      // A target of 0 adds nothing, however small its probability; a probability of 1 neither.
      return IfGreater(at(t), zero, at(t) * weight(at) * surprise(at), zero);
    });
    if (delta != nullptr) {
      const auto h = [&](auto at) HWY_ATTR {
        const auto p = share(at);
        const auto q = rest(at);
        // -p log p / (1 - p), which goes to 0 with p and to 1 with 1 - p.
        const auto ratio = IfGreater(q, zero, IfGreater(p, zero, p * surprise(at) / q, zero), one);
        return -(at(t) * weight(at) * (gamma * ratio + one));
      };
      const auto total = row.Sum(h);
      row.Write(delta, [&](auto at) HWY_ATTR { return h(at) - share(at) * total; });
    }
    // A NaN logit must show, also where its target is 0.
    return loss + (e.log - e.log);
  }
};

}  // namespace fnn::core::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // FNN_CORE_OPS_LOSSES_FOCAL_INL_H_
