// Messages as the text that client/src/form/arguments.h reads.

#ifndef FNN_CLIENT_SRC_FORM_PRINTER_H_
#define FNN_CLIENT_SRC_FORM_PRINTER_H_

#include <google/protobuf/message.h>

#include <string>

#include "fnn/operator_form.h"

namespace fnn::form {

// The field of `kind` that is set; null for none.
const google::protobuf::FieldDescriptor* SetKind(const google::protobuf::Message& message);

// An operator: what is set in the oneof `kind`, with its arguments and those of the messages around
// it. `skipped`: a field of the operator's own that is not shown; may be null. Empty where none is
// set.
std::string PrintKind(const google::protobuf::Message& message, Detail detail,
                      const google::protobuf::Message* around = nullptr,
                      const google::protobuf::FieldDescriptor* skipped = nullptr);

}  // namespace fnn::form

#endif  // FNN_CLIENT_SRC_FORM_PRINTER_H_
