// Operators with arguments, such as `conv2d(16, 3x3, padding=same)`, read into messages:
//
//   operator  = NAME [ "(" arguments ")" ]       NAME: a field of the message's oneof `kind`
//   arguments = [ argument { "," argument } ]
//   argument  = NUMBERS                          the next field that holds numbers
//             | LISTS                            a tensor, such as [[1, 2], [3, 4]]
//             | NAME "=" value
//             | NAME                             a truth value that is true, a value of an enum, or
//                                                a message with its defaults
//             | NAME "(" arguments ")"           a message without `kind`
//   value     = NUMBERS | LISTS | "true" | "false" | a value of an enum | operator
//   NUMBERS   = NUMBER { "x" NUMBER }            more than one only for a list

#ifndef FNN_CLIENT_SRC_FORM_ARGUMENTS_H_
#define FNN_CLIENT_SRC_FORM_ARGUMENTS_H_

#include <google/protobuf/message.h>

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "client/src/form/cursor.h"

namespace fnn::form {

// What arguments set: those of `name`, whose numbers can go without names, then those of the
// messages around it, such as Layer.frozen.
struct Targets {
  std::string name;
  std::vector<google::protobuf::Message*> messages;
};

// Reads arguments up to the end or to a ')', which is left.
absl::Status ParseArguments(Cursor& cursor, const Targets& targets);

// Reads an operator into the oneof `kind` of `message`, whose other fields are arguments as well,
// as are those of `around`, if it is not null.
absl::Status ParseKind(Cursor& cursor, google::protobuf::Message& message,
                       google::protobuf::Message* around = nullptr);

// Reads what may stand in parentheses after the operator, whose name was read.
absl::Status ParseKindArguments(Cursor& cursor, google::protobuf::Message& message,
                                const google::protobuf::FieldDescriptor& kind,
                                google::protobuf::Message* around = nullptr);

}  // namespace fnn::form

#endif  // FNN_CLIENT_SRC_FORM_ARGUMENTS_H_
