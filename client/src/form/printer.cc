#include "client/src/form/printer.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/src/form/names.h"
#include "client/src/form/shortest.h"
#include "client/src/form/tensor.h"
#include "fnn/v1/initializer.pb.h"

namespace fnn::form {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

// The numbers of a field, one or a list of them.
std::string Numbers(const Message& message, const FieldDescriptor& field) {
  const Reflection& get = *message.GetReflection();
  const auto each = [&](auto single, auto repeated) {
    if (!field.is_repeated()) return Shortest((get.*single)(message, &field));
    std::vector<std::string> parts;
    parts.reserve(get.FieldSize(message, &field));
    for (int i = 0; i < get.FieldSize(message, &field); ++i) {
      parts.push_back(Shortest((get.*repeated)(message, &field, i)));
    }
    return absl::StrJoin(parts, "x");
  };
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return each(&Reflection::GetInt32, &Reflection::GetRepeatedInt32);
    case FieldDescriptor::CPPTYPE_INT64:
      return each(&Reflection::GetInt64, &Reflection::GetRepeatedInt64);
    case FieldDescriptor::CPPTYPE_UINT32:
      return each(&Reflection::GetUInt32, &Reflection::GetRepeatedUInt32);
    case FieldDescriptor::CPPTYPE_UINT64:
      return each(&Reflection::GetUInt64, &Reflection::GetRepeatedUInt64);
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return each(&Reflection::GetDouble, &Reflection::GetRepeatedDouble);
    default:
      return each(&Reflection::GetFloat, &Reflection::GetRepeatedFloat);
  }
}

// Whether a kernel goes by steps of 1 over neighbours and all channels. A pool's stride of 1 is not
// its default, and it has a window instead.
bool IsPlainStep(const Message& message, const FieldDescriptor& field) {
  const std::string& name = field.name();
  if (name != "stride" && name != "dilation" && name != "groups") return false;
  if (message.GetDescriptor()->FindFieldByName("kernel") == nullptr) return false;
  const std::string numbers = Numbers(message, field);
  return numbers == "1" || numbers == "1x1";
}

// Whether the field holds what it would stand for unset, as far as its type tells: a truth value is
// optional because it is true by default, and the first value of an enum is its default. How
// parameters start is no part of a summary either.
bool IsLeftOut(const Message& message, const FieldDescriptor& field) {
  const Reflection& get = *message.GetReflection();
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_BOOL) {
    return field.has_presence() && get.GetBool(message, &field);
  }
  if (field.enum_type() != nullptr) {
    return get.GetEnumValue(message, &field) == field.enum_type()->value(1)->number();
  }
  if (IsNumeric(field)) return IsPlainStep(message, field);
  return IsTensor(field) || field.message_type() == v1::Initializer::descriptor();
}

// `name(arguments)`, or the name alone.
std::string Call(const std::string& name, const std::vector<std::string>& arguments) {
  return arguments.empty() ? name : absl::StrCat(name, "(", absl::StrJoin(arguments, ","), ")");
}

std::vector<std::string> PrintArguments(const Message& message, Detail detail, size_t without_name,
                                        const FieldDescriptor* skipped = nullptr);

// How many of the first numbers stand without their names: two at most, of those that are no
// option, and one that is the only argument.
size_t CountWithoutName(const Message& message) {
  std::vector<const FieldDescriptor*> numeric = NumericArguments(*message.GetDescriptor());
  if (Arguments(*message.GetDescriptor()).size() == 1) return numeric.size();
  size_t count = 0;
  while (count < 2 && count < numeric.size() && !numeric[count]->has_presence()) ++count;
  return count;
}

std::string Named(const Message& message, const FieldDescriptor& field, Detail detail) {
  const Reflection& get = *message.GetReflection();
  const std::string& name = field.name();
  if (IsNumeric(field)) return absl::StrCat(name, "=", Numbers(message, field));
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_BOOL) {
    return get.GetBool(message, &field) ? name : absl::StrCat(name, "=false");
  }
  if (field.enum_type() != nullptr) {
    return absl::StrCat(name, "=", ValueName(*get.GetEnum(message, &field)));
  }
  const Message& inner = get.GetMessage(message, &field);
  if (!HasKind(*inner.GetDescriptor())) {
    return Call(name, PrintArguments(inner, detail, CountWithoutName(inner)));
  }
  return absl::StrCat(name, "=", PrintKind(inner, detail));
}

const v1::Tensor& TensorOf(const Message& message, const FieldDescriptor& field) {
  return static_cast<const v1::Tensor&>(message.GetReflection()->GetMessage(message, &field));
}

// What stands between the parentheses, one by one.
std::vector<std::string> PrintArguments(const Message& message, Detail detail, size_t without_name,
                                        const FieldDescriptor* skipped) {
  const std::vector<const FieldDescriptor*> numeric = NumericArguments(*message.GetDescriptor());
  std::vector<const FieldDescriptor*> set;
  message.GetReflection()->ListFields(message, &set);
  std::vector<std::string> arguments;
  size_t next = 0;  // Of `numeric`; beyond `without_name` once one of them is left out.
  for (const FieldDescriptor* field : Arguments(*message.GetDescriptor())) {
    const bool is_set = std::find(set.begin(), set.end(), field) != set.end();
    const bool is_next = next < without_name && numeric[next] == field;
    if (is_next) next = is_set ? next + 1 : without_name;
    if (!is_set || field == skipped) continue;
    if (detail == Detail::kSummary && IsLeftOut(message, *field)) continue;
    if (IsTensor(*field)) {
      std::string values = PrintTensor(TensorOf(message, *field));
      if (!values.empty()) arguments.push_back(std::move(values));
      continue;
    }
    arguments.push_back(is_next ? Numbers(message, *field) : Named(message, *field, detail));
  }
  return arguments;
}

}  // namespace

const FieldDescriptor* SetKind(const Message& message) {
  const auto* kind = message.GetDescriptor()->FindOneofByName("kind");
  if (kind == nullptr) return nullptr;
  return message.GetReflection()->GetOneofFieldDescriptor(message, kind);
}

std::string PrintKind(const Message& message, Detail detail, const Message* around,
                      const FieldDescriptor* skipped) {
  const FieldDescriptor* kind = SetKind(message);
  if (kind == nullptr) return "";
  const Message& own = message.GetReflection()->GetMessage(message, kind);
  std::vector<std::string> arguments = PrintArguments(own, detail, CountWithoutName(own), skipped);
  for (const Message* outer : {&message, around}) {
    if (outer == nullptr) continue;
    for (std::string& argument : PrintArguments(*outer, detail, 0)) {
      arguments.push_back(std::move(argument));
    }
  }
  return Call(kind->name(), arguments);
}

}  // namespace fnn::form
