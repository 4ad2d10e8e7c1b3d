#include "fnn/operator_form.h"

#include <memory>

#include "client/src/form/arguments.h"
#include "client/src/form/names.h"
#include "client/src/form/printer.h"

namespace fnn {
namespace {

using google::protobuf::Message;

// Parses all of the text into a copy, so that an error leaves the message as it was.
template <typename Parse>
absl::Status ParseAll(std::string_view text, Message& message, const Parse& parse) {
  form::Cursor cursor(absl::string_view(text.data(), text.size()));
  const std::unique_ptr<Message> copy(message.New());
  copy->CopyFrom(message);
  if (absl::Status status = parse(cursor, *copy); !status.ok()) return status;
  if (!cursor.AtEnd()) return cursor.Error("expected the end");
  message.GetReflection()->Swap(&message, copy.get());
  return absl::OkStatus();
}

}  // namespace

absl::Status ParseOperator(std::string_view text, Message& message) {
  return ParseAll(text, message, [](form::Cursor& cursor, Message& copy) {
    copy.GetReflection()->ClearOneof(&copy, copy.GetDescriptor()->FindOneofByName("kind"));
    return form::ParseKind(cursor, copy);
  });
}

absl::Status ParseOperatorArguments(std::string_view text, Message& message) {
  return ParseAll(text, message, [](form::Cursor& cursor, Message& copy) {
    return form::ParseArguments(cursor, {form::Noun(*copy.GetDescriptor()), {&copy}});
  });
}

std::vector<std::string> OperatorNames(const google::protobuf::Descriptor& type) {
  return form::KindNames(type);
}

std::string ToOperatorForm(const Message& message, Detail detail) {
  return form::PrintKind(message, detail);
}

}  // namespace fnn
