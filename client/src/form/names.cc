#include "client/src/form/names.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace fnn::form {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;

struct ShortName {
  absl::string_view name;
  absl::string_view stands_for;
};
constexpr ShortName kKinds[] = {{"sigmoid", "logistic"},
                                {"mse", "mean_squared_error"},
                                {"mae", "mean_absolute_error"},
                                {"rmse", "root_mean_squared_error"}};
constexpr ShortName kArguments[] = {{"k", "pieces"}};

bool IsKind(const FieldDescriptor* field) {
  return field != nullptr && field->containing_oneof() != nullptr &&
         field->containing_oneof()->name() == "kind";
}

bool IsArgument(const FieldDescriptor& field) {
  if (IsKind(&field) || field.cpp_type() == FieldDescriptor::CPPTYPE_STRING) return false;
  return !field.is_repeated() || IsNumeric(field);
}

}  // namespace

std::vector<std::string> KindNames(const Descriptor& message) {
  std::vector<std::string> names;
  const auto* kind = message.FindOneofByName("kind");
  names.reserve(kind->field_count());
  for (int i = 0; i < kind->field_count(); ++i) names.push_back(kind->field(i)->name());
  for (const ShortName& other : kKinds) {
    if (FindKind(message, other.stands_for) != nullptr) names.emplace_back(other.name);
  }
  return names;
}

const FieldDescriptor* FindKind(const Descriptor& message, absl::string_view name) {
  for (const ShortName& other : kKinds) {
    if (name == other.name) name = other.stands_for;
  }
  const FieldDescriptor* field = message.FindFieldByName(std::string(name));
  return IsKind(field) && field->message_type() != nullptr ? field : nullptr;
}

bool HasKind(const Descriptor& message) { return message.FindOneofByName("kind") != nullptr; }

std::vector<const FieldDescriptor*> Arguments(const Descriptor& message) {
  std::vector<const FieldDescriptor*> fields;
  for (int i = 0; i < message.field_count(); ++i) {
    if (IsArgument(*message.field(i))) fields.push_back(message.field(i));
  }
  std::sort(fields.begin(), fields.end(),
            [](const auto* a, const auto* b) { return a->number() < b->number(); });
  return fields;
}

const FieldDescriptor* FindArgument(const Descriptor& message, absl::string_view name) {
  const FieldDescriptor* field = message.FindFieldByName(std::string(name));
  for (const ShortName& other : kArguments) {
    if (field == nullptr && name == other.name) {
      field = message.FindFieldByName(std::string(other.stands_for));
    }
  }
  return field != nullptr && IsArgument(*field) ? field : nullptr;
}

std::vector<const FieldDescriptor*> NumericArguments(const Descriptor& message) {
  std::vector<const FieldDescriptor*> fields = Arguments(message);
  std::erase_if(fields, [](const FieldDescriptor* field) { return !IsNumeric(*field); });
  return fields;
}

bool IsNumeric(const FieldDescriptor& field) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
    case FieldDescriptor::CPPTYPE_INT64:
    case FieldDescriptor::CPPTYPE_UINT32:
    case FieldDescriptor::CPPTYPE_UINT64:
    case FieldDescriptor::CPPTYPE_DOUBLE:
    case FieldDescriptor::CPPTYPE_FLOAT:
      return true;
    default:
      return false;
  }
}

std::string ValueName(const EnumValueDescriptor& value) {
  // `PADDING_UNSPECIFIED`, the first value, shows what all of them begin with.
  absl::string_view prefix = value.type()->value(0)->name();
  absl::string_view name = value.name();
  if (absl::ConsumeSuffix(&prefix, "UNSPECIFIED")) absl::ConsumePrefix(&name, prefix);
  return absl::AsciiStrToLower(name);
}

std::vector<std::string> ValueNames(const EnumDescriptor& type) {
  std::vector<std::string> names;
  for (int i = 1; i < type.value_count(); ++i) names.push_back(ValueName(*type.value(i)));
  return names;
}

const EnumValueDescriptor* FindValue(const EnumDescriptor& type, absl::string_view name) {
  for (int i = 1; i < type.value_count(); ++i) {
    const EnumValueDescriptor* value = type.value(i);
    if (absl::EqualsIgnoreCase(name, ValueName(*value)) ||
        absl::EqualsIgnoreCase(name, value->name())) {
      return value;
    }
  }
  return nullptr;
}

std::string Noun(const Descriptor& message) {
  std::string noun;
  for (const char c : message.name()) {
    if (absl::ascii_isupper(c) && !noun.empty()) noun += ' ';
    noun += absl::ascii_tolower(c);
  }
  return noun;
}

std::string WithArticle(absl::string_view noun) {
  const bool vowel = !noun.empty() && absl::StrContains("aeiou", noun.front());
  return absl::StrCat(vowel ? "an " : "a ", noun);
}

}  // namespace fnn::form
