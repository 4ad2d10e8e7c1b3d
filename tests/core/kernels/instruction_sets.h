// Runs something at each instruction set that this machine has.

#ifndef FNN_TESTS_CORE_KERNELS_INSTRUCTION_SETS_H_
#define FNN_TESTS_CORE_KERNELS_INSTRUCTION_SETS_H_

#include <string>

#include "core/kernels/instruction_set.h"
#include "gtest/gtest.h"

namespace fnn::core {

// Calls f(name) with nothing better than `name` in use; then the best is back.
template <typename F>
void AtEachInstructionSet(F f) {
  for (const std::string& name : InstructionSets()) {
    ASSERT_TRUE(SetMaxInstructionSet(name).ok()) << name;
    ASSERT_EQ(InstructionSet(), name);
    SCOPED_TRACE(name);
    f(name);
  }
  ASSERT_TRUE(SetMaxInstructionSet("").ok());
}

}  // namespace fnn::core

#endif  // FNN_TESTS_CORE_KERNELS_INSTRUCTION_SETS_H_
