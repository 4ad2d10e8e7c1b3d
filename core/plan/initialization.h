// How parameters start, read from the description; and whether units could ever become different.

#ifndef FNN_CORE_PLAN_INITIALIZATION_H_
#define FNN_CORE_PLAN_INITIALIZATION_H_

#include "absl/strings/string_view.h"
#include "core/base/errors.h"
#include "core/plan/plan.h"
#include "fnn/v1/initializer.pb.h"

namespace fnn::core {

// Resolves the initialiser of a block whose shape and fans are known.
void ReadInitializer(v1::Initializer& initializer, const FieldPath& path, ParameterBlock& block,
                     Violations& violations);

// Why nothing could be learned from these weights, or empty. All 0, they pass no gradient to the
// layers below and none of their own where the layers above are alike. Groups of `alike` units that
// are the same stay the same: all units of a hidden layer, the pieces of a maxout unit; 1: none.
absl::string_view SymmetryFault(const ParameterBlock& block, int64_t alike);

}  // namespace fnn::core

#endif  // FNN_CORE_PLAN_INITIALIZATION_H_
