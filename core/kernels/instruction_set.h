// Which instruction set the kernels use: the best that processor and build have, unless held to
// less.

#ifndef FNN_CORE_KERNELS_INSTRUCTION_SET_H_
#define FNN_CORE_KERNELS_INSTRUCTION_SET_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace fnn::core {

// The name of the one in use: `avx512`, `avx2`, `neon` or `baseline`. All but `baseline` give the
// same bits.
std::string InstructionSet();

// Those that this processor and build have, the best first.
std::vector<std::string> InstructionSets();

// Uses `name` and nothing better from now on, or the best again where it is empty. What was made
// before keeps its kernels, but for those that are the same in all. INVALID_ARGUMENT where the name
// is none of InstructionSets(). Not while other threads look kernels up.
absl::Status SetMaxInstructionSet(absl::string_view name);

}  // namespace fnn::core

#endif  // FNN_CORE_KERNELS_INSTRUCTION_SET_H_
