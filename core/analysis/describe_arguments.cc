#include "core/analysis/describe_arguments.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace fnn::core {
namespace {

using google::protobuf::EnumDescriptor;
using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;

v1::ArgumentType TypeOf(const FieldDescriptor& field) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL:
      return v1::ARGUMENT_TYPE_BOOLEAN;
    case FieldDescriptor::CPPTYPE_ENUM:
      return v1::ARGUMENT_TYPE_ENUM;
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return v1::ARGUMENT_TYPE_MESSAGE;
    case FieldDescriptor::CPPTYPE_DOUBLE:
    case FieldDescriptor::CPPTYPE_FLOAT:
      return v1::ARGUMENT_TYPE_DOUBLE;
    default:
      return v1::ARGUMENT_TYPE_INTEGER;
  }
}

// The shortest text that reads as the same number.
std::string Text(double value) {
  char text[32];
  const std::to_chars_result end = std::to_chars(std::begin(text), std::end(text), value);
  return std::string(text, end.ptr);
}

// The value of an enum that a comment calls by the last part of its name, or null.
const EnumValueDescriptor* ValueCalled(const EnumDescriptor& type, absl::string_view word) {
  const std::string ending = absl::StrCat("_", absl::AsciiStrToUpper(word));
  for (int i = 1; i < type.value_count(); ++i) {
    if (absl::EndsWith(type.value(i)->name(), ending)) return type.value(i);
  }
  return nullptr;
}

// What the comment states, where the field can hold it.
void SetStatedDefault(const FieldDescriptor& field, v1::OperatorArgument& out) {
  const absl::string_view stated = StatedDefault(out.description());
  double number = 0;
  switch (out.type()) {
    case v1::ARGUMENT_TYPE_BOOLEAN:
      // Without presence it is false, whether or not anyone says so.
      if (stated == "true" || stated == "false") {
        out.set_default_value(std::string(stated));
      } else if (!field.has_presence()) {
        out.set_default_value("false");
      }
      break;
    case v1::ARGUMENT_TYPE_ENUM:
      if (const auto* value = ValueCalled(*field.enum_type(), stated); value != nullptr) {
        out.set_default_value(value->name());
      }
      break;
    case v1::ARGUMENT_TYPE_DOUBLE:
    case v1::ARGUMENT_TYPE_INTEGER:
      if (absl::SimpleAtod(stated, &number)) out.set_default_value(Text(number));
      break;
    default:
      break;
  }
}

void SetTableDefault(const FieldDescriptor& field, const Argument& entry,
                     v1::OperatorArgument& out) {
  if (out.type() == v1::ARGUMENT_TYPE_ENUM) {
    const auto* value = field.enum_type()->FindValueByNumber(static_cast<int>(entry.default_value));
    if (value != nullptr) out.set_default_value(value->name());
    return;
  }
  if (out.type() == v1::ARGUMENT_TYPE_BOOLEAN) {
    out.set_default_value(entry.default_value != 0 ? "true" : "false");
    return;
  }
  // The table's default is a stand-in where the comment states another in words.
  const bool in_words =
      absl::StrContains(out.description(), "Default: ") && StatedDefault(out.description()).empty();
  if (!in_words) out.set_default_value(Text(entry.default_value));
}

void SetRange(const Argument& entry, v1::OperatorArgument& out) {
  constexpr double kMost = std::numeric_limits<float>::max();
  if (entry.min > -kMost) out.set_min(entry.min);
  if (entry.max < kMost) out.set_max(entry.max);
  out.set_min_excluded(entry.min_excluded);
  out.set_max_excluded(entry.max_excluded);
}

void AddValues(const EnumDescriptor& type, const Comments& comments, v1::OperatorArgument& out) {
  out.set_type_name(type.full_name());
  for (int i = 1; i < type.value_count(); ++i) {  // 0 is that none is given.
    v1::ArgumentValue& value = *out.add_values();
    value.set_name(type.value(i)->name());
    value.set_description(comments.Of(*type.value(i)));
  }
}

}  // namespace

void DescribeArguments(const google::protobuf::Descriptor& message, std::span<const Argument> table,
                       const Comments& comments, v1::Operator& out) {
  for (int i = 0; i < message.field_count(); ++i) {
    const FieldDescriptor& field = *message.field(i);
    if (field.real_containing_oneof() != nullptr) continue;
    v1::OperatorArgument& argument = *out.add_arguments();
    argument.set_name(field.name());
    argument.set_type(TypeOf(field));
    argument.set_is_list(field.is_repeated());
    argument.set_description(comments.Of(field));
    argument.set_is_required(absl::EndsWith(argument.description(), "Required."));
    if (field.enum_type() != nullptr) AddValues(*field.enum_type(), comments, argument);
    if (field.message_type() != nullptr) argument.set_type_name(field.message_type()->full_name());
    const auto entry = std::find_if(table.begin(), table.end(), [&](const Argument& candidate) {
      return candidate.name == field.name();
    });
    if (entry != table.end() && !std::isnan(entry->default_value)) {
      SetTableDefault(field, *entry, argument);
    } else {
      SetStatedDefault(field, argument);
    }
    const bool number =
        argument.type() == v1::ARGUMENT_TYPE_DOUBLE || argument.type() == v1::ARGUMENT_TYPE_INTEGER;
    if (number && entry != table.end()) SetRange(*entry, argument);
  }
}

}  // namespace fnn::core
