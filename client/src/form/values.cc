#include "client/src/form/values.h"

#include <google/protobuf/descriptor.h>

#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "client/src/form/names.h"

namespace fnn::form {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

bool IsWhole(const FieldDescriptor& field) {
  return field.cpp_type() != FieldDescriptor::CPPTYPE_DOUBLE &&
         field.cpp_type() != FieldDescriptor::CPPTYPE_FLOAT;
}

// Whether `text` is a number of type T, which then is set or added.
template <typename T, typename Read>
bool SetNumber(absl::string_view text, Message& message, const FieldDescriptor& field, Read read,
               void (Reflection::*set)(Message*, const FieldDescriptor*, T) const,
               void (Reflection::*add)(Message*, const FieldDescriptor*, T) const) {
  T value = 0;
  if (!read(text, &value)) return false;
  (message.GetReflection()->*(field.is_repeated() ? add : set))(&message, &field, value);
  return true;
}

bool SetNumber(absl::string_view text, Message& message, const FieldDescriptor& field) {
  using R = Reflection;
  const auto whole = [](absl::string_view from, auto* to) { return absl::SimpleAtoi(from, to); };
  const auto real = [](absl::string_view from, double* to) { return absl::SimpleAtod(from, to); };
  const auto single = [](absl::string_view from, float* to) { return absl::SimpleAtof(from, to); };
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return SetNumber<int32_t>(text, message, field, whole, &R::SetInt32, &R::AddInt32);
    case FieldDescriptor::CPPTYPE_INT64:
      return SetNumber<int64_t>(text, message, field, whole, &R::SetInt64, &R::AddInt64);
    case FieldDescriptor::CPPTYPE_UINT32:
      return SetNumber<uint32_t>(text, message, field, whole, &R::SetUInt32, &R::AddUInt32);
    case FieldDescriptor::CPPTYPE_UINT64:
      return SetNumber<uint64_t>(text, message, field, whole, &R::SetUInt64, &R::AddUInt64);
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return SetNumber<double>(text, message, field, real, &R::SetDouble, &R::AddDouble);
    default:
      return SetNumber<float>(text, message, field, single, &R::SetFloat, &R::AddFloat);
  }
}

// What the field takes, in words.
std::string Expected(const FieldDescriptor& field) {
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_BOOL) return "true or false";
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_ENUM) {
    return absl::StrCat("one of ", absl::StrJoin(ValueNames(*field.enum_type()), ", "));
  }
  const absl::string_view number = IsWhole(field) ? "a whole number" : "a number";
  return absl::StrCat(number, field.is_repeated() ? ", or several with 'x' between them," : "");
}

bool SetNumbers(absl::string_view text, Message& message, const FieldDescriptor& field) {
  if (!field.is_repeated()) return SetNumber(text, message, field);
  message.GetReflection()->ClearField(&message, &field);
  for (const absl::string_view part : absl::StrSplit(text, 'x')) {
    if (!SetNumber(part, message, field)) return false;
  }
  return true;
}

bool SetBool(absl::string_view text, Message& message, const FieldDescriptor& field) {
  if (text != "true" && text != "false") return false;
  message.GetReflection()->SetBool(&message, &field, text == "true");
  return true;
}

bool Set(absl::string_view text, Message& message, const FieldDescriptor& field) {
  if (IsNumeric(field)) return SetNumbers(text, message, field);
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_BOOL) return SetBool(text, message, field);
  const auto* value = FindValue(*field.enum_type(), text);
  if (value == nullptr) return false;
  SetEnum(message, field, *value);
  return true;
}

}  // namespace

void SetEnum(Message& message, const FieldDescriptor& field,
             const google::protobuf::EnumValueDescriptor& value) {
  message.GetReflection()->SetEnum(&message, &field, &value);
}

absl::Status ParseValue(Cursor& cursor, Message& message, const FieldDescriptor& field) {
  const size_t start = cursor.position();
  const absl::string_view text = cursor.TakeValue();
  if (Set(text, message, field)) return absl::OkStatus();
  cursor.Return(start);
  const std::string expected = absl::StrCat("expected ", Expected(field), " for ", field.name());
  if (text.empty()) return cursor.Error(expected);
  return cursor.Error(absl::StrCat(expected, ", not ", Quoted(text)));
}

}  // namespace fnn::form
