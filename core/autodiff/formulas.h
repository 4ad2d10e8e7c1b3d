// The operators' formulas over number types that carry slopes: Dual<double> and Variable; and over
// double. The texts are those that the kernels are made of. What they are applied to is as in
// core/ops/table.h.

#ifndef FNN_CORE_AUTODIFF_FORMULAS_H_
#define FNN_CORE_AUTODIFF_FORMULAS_H_

#include <cstdint>

#include "core/ops/layers/learned.h"
#include "core/ops/table.h"

namespace fnn::core {

// a = f(z); z and a are [rows, units], and may be the same.
template <typename S>
void ApplyActivation(const ActivationOp& op, const Arguments& arguments, int64_t rows,
                     int64_t units, const S* z, S* a);

// Each row's loss [rows] from y and t, [rows, outputs].
template <typename S>
void ApplyLoss(const LossOp& op, const Arguments& arguments, int64_t rows, int64_t outputs,
               const S* y, const S* t, S* losses);

// y = f(x; p) on [rows, units]; p as LearnedKernels takes it.
template <typename S>
void ApplyLearned(const LearnedOp& op, int64_t rows, int64_t units, const S* const* p, const S* x,
                  S* y);

}  // namespace fnn::core

#endif  // FNN_CORE_AUTODIFF_FORMULAS_H_
