#ifndef FNN_CLIENT_SRC_FORM_VALUES_H_
#define FNN_CLIENT_SRC_FORM_VALUES_H_

#include <google/protobuf/message.h>

#include "absl/status/status.h"
#include "client/src/form/cursor.h"

namespace fnn::form {

// Reads a value into a field that is no message.
absl::Status ParseValue(Cursor& cursor, google::protobuf::Message& message,
                        const google::protobuf::FieldDescriptor& field);

// Sets a field that holds an enum.
void SetEnum(google::protobuf::Message& message, const google::protobuf::FieldDescriptor& field,
             const google::protobuf::EnumValueDescriptor& value);

}  // namespace fnn::form

#endif  // FNN_CLIENT_SRC_FORM_VALUES_H_
