#include "client/cli/operator_text.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "client/cli/text.h"

namespace fnn::cli {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

std::string ValueText(const Message& message, const FieldDescriptor& field) {
  const auto* reflection = message.GetReflection();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL:
      return reflection->GetBool(message, &field) ? "yes" : "no";
    case FieldDescriptor::CPPTYPE_INT64:
      return Count(reflection->GetInt64(message, &field));
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return Number(reflection->GetDouble(message, &field));
    case FieldDescriptor::CPPTYPE_ENUM:
      return EnumText(*field.enum_type(), reflection->GetEnumValue(message, &field));
    case FieldDescriptor::CPPTYPE_STRING:
      return reflection->GetString(message, &field);
    default:
      return "";
  }
}

// `learned, one per unit, starts at the argument gamma`.
std::string ParameterText(const v1::OperatorParameter& parameter) {
  return absl::StrCat(parameter.is_learned() ? "learned" : "follows the data",
                      parameter.is_shared() ? ", one of the layer" : ", one per unit",
                      ", starts at ",
                      parameter.start_argument().empty()
                          ? Number(parameter.start())
                          : absl::StrCat("the argument ", parameter.start_argument()));
}

}  // namespace

std::vector<std::pair<std::string, std::string>> OperatorFacts(const v1::Operator& entry) {
  const auto* facts = v1::Operator::descriptor()->FindOneofByName("facts");
  const auto* chosen = v1::Operator::GetReflection()->GetOneofFieldDescriptor(entry, facts);
  std::vector<std::pair<std::string, std::string>> out;
  for (const v1::OperatorParameter& parameter : entry.parameters()) {
    out.emplace_back(absl::StrCat("parameter ", parameter.name()), ParameterText(parameter));
  }
  if (chosen == nullptr) return out;
  const Message& message = v1::Operator::GetReflection()->GetMessage(entry, chosen);
  for (int i = 0; i < message.GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor& field = *message.GetDescriptor()->field(i);
    out.emplace_back(absl::StrReplaceAll(field.name(), {{"_", " "}}), ValueText(message, field));
  }
  return out;
}

std::string ArgumentTypeText(const v1::OperatorArgument& argument) {
  std::string text = argument.type_name();
  if (text.empty()) text = EnumText(*v1::ArgumentType_descriptor(), argument.type());
  return argument.is_list() ? absl::StrCat(text, "s") : text;
}

std::string ArgumentRangeText(const v1::OperatorArgument& argument) {
  if (!argument.values().empty()) {
    return absl::StrJoin(argument.values(), ", ", [](std::string* out, const auto& value) {
      absl::StrAppend(out, value.name());
    });
  }
  if (argument.has_min() && argument.has_max()) {
    return absl::StrCat(argument.min_excluded() ? "(" : "[", Number(argument.min()), ", ",
                        Number(argument.max()), argument.max_excluded() ? ")" : "]");
  }
  if (argument.has_min()) {
    return absl::StrCat(argument.min_excluded() ? "> " : ">= ", Number(argument.min()));
  }
  if (argument.has_max()) {
    return absl::StrCat(argument.max_excluded() ? "< " : "<= ", Number(argument.max()));
  }
  return "";
}

}  // namespace fnn::cli
