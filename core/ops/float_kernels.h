// Finds an operator's float kernels among those of the instruction set in use.

#ifndef FNN_CORE_OPS_FLOAT_KERNELS_H_
#define FNN_CORE_OPS_FLOAT_KERNELS_H_

#include <cstddef>
#include <span>

#include "core/ops/table.h"

namespace fnn::core {

// `kernels` are in the order of `table`, which has an entry of `op`'s name.
template <typename Kernels, typename Op>
const Kernels& KernelsOfName(std::span<const Op> table, const Kernels* kernels, const Op& op) {
  size_t i = 0;
  while (table[i].name != op.name) ++i;
  return kernels[i];
}

}  // namespace fnn::core

#endif  // FNN_CORE_OPS_FLOAT_KERNELS_H_
