// Where an activation has no slope to speak of, found by its own formula.

#ifndef FNN_CORE_OPS_FLAT_PARTS_H_
#define FNN_CORE_OPS_FLAT_PARTS_H_

#include "core/ops/table.h"

namespace fnn::core {

struct FlatParts {
  // Whether there is a range of net inputs where activity and slope are 0, as for relu, and it does
  // not saturate.
  bool dies = false;
  // Whether the slope gets less than a hundredth of its largest on both sides, and is not around 0,
  // as for logistic; then so it is where the activity is <= low or >= high.
  bool saturates = false;
  double low = 0;
  double high = 0;
};

FlatParts FlatPartsOf(const ActivationOp& op, const Arguments& arguments);

}  // namespace fnn::core

#endif  // FNN_CORE_OPS_FLAT_PARTS_H_
