// What the parts of the contract are called in a text: all of it follows from the descriptors, so
// that what is new in the contract has its name at once.

#ifndef FNN_CLIENT_SRC_FORM_NAMES_H_
#define FNN_CLIENT_SRC_FORM_NAMES_H_

#include <google/protobuf/descriptor.h>

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace fnn::form {

// The operators of a message: the fields of its oneof `kind`, and short names of some.
std::vector<std::string> KindNames(const google::protobuf::Descriptor& message);
// The field of one of KindNames; null for none.
const google::protobuf::FieldDescriptor* FindKind(const google::protobuf::Descriptor& message,
                                                  absl::string_view name);
bool HasKind(const google::protobuf::Descriptor& message);

// The fields that can be written as arguments, by number: numbers, lists of numbers, truth values,
// enums and messages, but none of `kind`.
std::vector<const google::protobuf::FieldDescriptor*> Arguments(
    const google::protobuf::Descriptor& message);
// One of Arguments by its name or short name; null for none.
const google::protobuf::FieldDescriptor* FindArgument(const google::protobuf::Descriptor& message,
                                                      absl::string_view name);
// Those of Arguments that hold numbers, which can go without their names.
std::vector<const google::protobuf::FieldDescriptor*> NumericArguments(
    const google::protobuf::Descriptor& message);
bool IsNumeric(const google::protobuf::FieldDescriptor& field);

// The values that say something, such as `same` of PADDING_SAME, and the one of that name in any
// case, long or short; null for none.
std::string ValueName(const google::protobuf::EnumValueDescriptor& value);
std::vector<std::string> ValueNames(const google::protobuf::EnumDescriptor& type);
const google::protobuf::EnumValueDescriptor* FindValue(const google::protobuf::EnumDescriptor& type,
                                                       absl::string_view name);

// What a message is: `loss`, `early stopping`; and that with an article: `an activation`.
std::string Noun(const google::protobuf::Descriptor& message);
std::string WithArticle(absl::string_view noun);

}  // namespace fnn::form

#endif  // FNN_CLIENT_SRC_FORM_NAMES_H_
