#include "core/plan/arguments.h"

#include <cmath>
#include <cstdint>

#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"

namespace fnn::core {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::OneofDescriptor;

namespace {

const OneofDescriptor* Kind(const Message& message) {
  return message.GetDescriptor()->FindOneofByName("kind");
}

double Get(const Message& message, const FieldDescriptor* field) {
  const auto* reflection = message.GetReflection();
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_ENUM:
      return reflection->GetEnumValue(message, field);
    case FieldDescriptor::CPPTYPE_INT64:
      return static_cast<double>(reflection->GetInt64(message, field));
    case FieldDescriptor::CPPTYPE_BOOL:
      return reflection->GetBool(message, field) ? 1 : 0;
    default:
      return reflection->GetDouble(message, field);
  }
}

void Set(Message& message, const FieldDescriptor* field, double value) {
  const auto* reflection = message.GetReflection();
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_ENUM:
      reflection->SetEnumValue(&message, field, static_cast<int>(value));
      break;
    case FieldDescriptor::CPPTYPE_INT64:
      reflection->SetInt64(&message, field, static_cast<int64_t>(value));
      break;
    case FieldDescriptor::CPPTYPE_BOOL:
      reflection->SetBool(&message, field, value != 0);
      break;
    default:
      reflection->SetDouble(&message, field, value);
      break;
  }
}

// An enum that is unspecified is unset; a field without presence is always set.
bool IsSet(const Message& message, const FieldDescriptor* field) {
  if (field->cpp_type() == FieldDescriptor::CPPTYPE_ENUM) return Get(message, field) != 0;
  return !field->has_presence() || message.GetReflection()->HasField(message, field);
}

}  // namespace

const FieldDescriptor* ChosenKind(const Message& message) {
  return message.GetReflection()->GetOneofFieldDescriptor(message, Kind(message));
}

std::string KindNames(const Message& message) {
  const OneofDescriptor* kind = Kind(message);
  std::string names = kind->field(0)->name();
  for (int i = 1; i < kind->field_count(); ++i) {
    absl::StrAppend(&names, i + 1 == kind->field_count() ? " or " : ", ", kind->field(i)->name());
  }
  return names;
}

void ChooseKind(Message& message, absl::string_view name) {
  const auto* field = message.GetDescriptor()->FindFieldByName(std::string(name));
  message.GetReflection()->MutableMessage(&message, field);
}

std::string RangeFault(const Argument& argument, double value) {
  const bool low = argument.min_excluded ? value > argument.min : value >= argument.min;
  const bool high = argument.max_excluded ? value < argument.max : value <= argument.max;
  if (low && high) return "";  // NaN is neither.
  if (!std::isfinite(value)) return absl::StrCat("must be finite, not ", value);
  if (!low) {
    return absl::StrCat("must be ", argument.min_excluded ? "> " : ">= ", argument.min, ", not ",
                        value);
  }
  return absl::StrCat("must be ", argument.max_excluded ? "< " : "<= ", argument.max, ", not ",
                      value);
}

double ResolveArgument(const Argument& argument, Message& message, const FieldPath& path,
                       Violations& violations) {
  const auto* field = message.GetDescriptor()->FindFieldByName(std::string(argument.name));
  if (!IsSet(message, field)) Set(message, field, argument.default_value);
  const double value = Get(message, field);
  const std::string fault = RangeFault(argument, value);
  if (!fault.empty()) violations.Add(path / argument.name, "OUT_OF_RANGE", fault);
  return value;
}

Arguments ResolveArguments(std::span<const Argument> arguments, Message& message,
                           const FieldPath& path, Violations& violations) {
  Arguments out{};
  for (size_t i = 0; i < arguments.size(); ++i) {
    out[i] = ResolveArgument(arguments[i], message, path, violations);
  }
  return out;
}

}  // namespace fnn::core
