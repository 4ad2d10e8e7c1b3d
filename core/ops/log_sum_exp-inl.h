// The sum of a row's exponentials and its logarithm, for what is over softmax.
//
// Next to a largest logit far above the others the sum is 1 + rest, of which a logarithm of the sum
// keeps no digit of a small rest: log1p(rest) keeps all (Blanchard, Higham and Higham, "Accurately
// computing the log-sum-exp and softmax functions", 2021). That is the loss of what is predicted
// well. Included once for each instruction set.

#if defined(FNN_CORE_OPS_LOG_SUM_EXP_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef FNN_CORE_OPS_LOG_SUM_EXP_INL_H_
#undef FNN_CORE_OPS_LOG_SUM_EXP_INL_H_
#else
#define FNN_CORE_OPS_LOG_SUM_EXP_INL_H_
#endif

#include "core/ops/number.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace fnn::core::HWY_NAMESPACE {

template <typename Number>
struct ExpSum {
  Number top;   // max_k z_k, without which e^z would overflow.
  Number rest;  // sum_k e^(z_k - top) without a largest.
  Number sum;   // 1 + rest.
  Number log;   // Of sum: log sum_k e^z_k is top + log.
};

// Of a row of logits z; NaN where one of them is.
template <typename Row, typename T>
HWY_INLINE ExpSum<typename Row::Number> SumExp(const Row& row, const T* z) {
  const auto zero = row.Make(0);
  const auto one = row.Make(1);
  const auto top = row.Max([&](auto at) HWY_ATTR { return at(z); });
  // 1 for each that is as large as the largest; what they are taken from is exactly that.
  const auto tie = [&](auto at) HWY_ATTR { return IfGreater(top, at(z), zero, one); };
  const auto below = row.Sum([&](auto at) HWY_ATTR { return Exp(at(z) - top) - tie(at); });
  const auto rest = below + (row.Sum(tie) - one);
  return {top, rest, one + rest, Log1p(rest)};
}

}  // namespace fnn::core::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // FNN_CORE_OPS_LOG_SUM_EXP_INL_H_
