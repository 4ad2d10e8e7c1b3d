// Dual numbers over float and double, for code that is compiled once.

#ifndef FNN_CORE_AUTODIFF_DUAL_H_
#define FNN_CORE_AUTODIFF_DUAL_H_

#include "core/kernels/targets.h"
// After it:
#include "core/autodiff/dual-inl.h"

namespace fnn::core {

template <typename T>
using Dual = HWY_NAMESPACE::Dual<T>;

}  // namespace fnn::core

#endif  // FNN_CORE_AUTODIFF_DUAL_H_
