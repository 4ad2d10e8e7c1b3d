// What an operator says of itself, for the entries of the tables: what it leaves out has a default.

#ifndef FNN_CORE_OPS_ENTRY_H_
#define FNN_CORE_OPS_ENTRY_H_

#include <span>

#include "absl/strings/string_view.h"
#include "core/ops/table.h"

namespace fnn::core {

// The arguments it takes; empty where it names none.
template <typename Op>
constexpr std::span<const Argument> ArgumentsOf() {
  if constexpr (requires { Op::kArguments; }) {
    return Op::kArguments;
  } else {
    return {};
  }
}

// What is wrong with arguments that are each in range but not together; empty where nothing is.
template <typename Op>
absl::string_view FaultOf(const Arguments& arguments) {
  if constexpr (requires { Op::Fault(arguments); }) {
    return Op::Fault(arguments);
  } else {
    return "";
  }
}

}  // namespace fnn::core

#endif  // FNN_CORE_OPS_ENTRY_H_
