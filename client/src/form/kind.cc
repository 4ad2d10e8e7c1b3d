// ParseKind and ParseKindArguments.

#include <google/protobuf/descriptor.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/src/form/arguments.h"
#include "client/src/form/names.h"
#include "client/src/form/suggestion.h"

namespace fnn::form {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

absl::Status ParseKind(Cursor& cursor, Message& message, Message* around) {
  const auto& type = *message.GetDescriptor();
  const size_t start = cursor.position();
  const absl::string_view name = cursor.TakeWord();
  if (const FieldDescriptor* kind = FindKind(type, name)) {
    return ParseKindArguments(cursor, message, *kind, around);
  }
  cursor.Return(start);
  const std::vector<std::string> names = KindNames(type);
  const std::string known = absl::StrJoin(names, ", ");
  if (name.empty()) {
    return cursor.Error(absl::StrCat("expected ", WithArticle(Noun(type)), ", one of ", known));
  }
  return cursor.Error(absl::StrCat("no ", Noun(type), " is called ", Quoted(name),
                                   Suggestion(name, names), " There are ", known));
}

absl::Status ParseKindArguments(Cursor& cursor, Message& message, const FieldDescriptor& kind,
                                Message* around) {
  Targets targets = {kind.name(), {message.GetReflection()->MutableMessage(&message, &kind)}};
  targets.messages.push_back(&message);
  if (around != nullptr) targets.messages.push_back(around);
  if (!cursor.Take('(')) return absl::OkStatus();
  absl::Status status = ParseArguments(cursor, targets);
  if (status.ok() && !cursor.Take(')')) status = cursor.Error("expected ',' or ')'");
  return status;
}

}  // namespace fnn::form
