// Reads operators and their arguments from messages by descriptor, so that no operator is named
// here.

#ifndef FNN_CORE_PLAN_ARGUMENTS_H_
#define FNN_CORE_PLAN_ARGUMENTS_H_

#include <span>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "core/base/errors.h"
#include "core/ops/table.h"
#include "google/protobuf/message.h"

namespace fnn::core {

// The field that is set in the oneof `kind` of the message, or null.
const google::protobuf::FieldDescriptor* ChosenKind(const google::protobuf::Message& message);

// The names of the fields of the oneof `kind`, for an error: `identity, logistic, or relu`.
std::string KindNames(const google::protobuf::Message& message);

// Sets the empty message of the oneof `kind` that is called `name`.
void ChooseKind(google::protobuf::Message& message, absl::string_view name);

// Reads an argument from its message, checks it against its range, and writes the default into the
// field where it is unset. A fault goes to `violations` under `path`.
double ResolveArgument(const Argument& argument, google::protobuf::Message& message,
                       const FieldPath& path, Violations& violations);

// That of all arguments of an operator.
Arguments ResolveArguments(std::span<const Argument> arguments, google::protobuf::Message& message,
                           const FieldPath& path, Violations& violations);

// Why a finite number is out of an argument's range, or empty: `must be > 0, not -1`.
std::string RangeFault(const Argument& argument, double value);

// An operator with its arguments.
template <typename Op>
struct Resolved {
  const Op* op = nullptr;
  Arguments arguments{};
};

// The operator that `message` chooses, with its arguments; `op` is null, and a violation made,
// where none is chosen. `what` says what is chosen, for the error.
template <typename Op>
Resolved<Op> ResolveOp(std::span<const Op> table, google::protobuf::Message& message,
                       absl::string_view what, const FieldPath& path, Violations& violations) {
  Resolved<Op> out;
  const auto* field = ChosenKind(message);
  if (field == nullptr) {
    violations.Add(path, "REQUIRED", absl::StrCat("must choose ", what, ": ", KindNames(message)));
    return out;
  }
  out.op = FindOp(table, field->name());
  if (out.op == nullptr) {
    violations.Add(path / field->name(), "UNSUPPORTED",
                   absl::StrCat("this server knows no ", what, " of that name"));
    return out;
  }
  if constexpr (requires { out.op->arguments; }) {
    out.arguments = ResolveArguments(out.op->arguments,
                                     *message.GetReflection()->MutableMessage(&message, field),
                                     path / field->name(), violations);
  }
  return out;
}

}  // namespace fnn::core

#endif  // FNN_CORE_PLAN_ARGUMENTS_H_
