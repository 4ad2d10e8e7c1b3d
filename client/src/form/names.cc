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

// The number of single-letter edits between two words, a transposition counting as one.
size_t EditDistance(absl::string_view a, absl::string_view b) {
  std::vector<std::vector<size_t>> d(a.size() + 1, std::vector<size_t>(b.size() + 1));
  for (size_t i = 0; i <= a.size(); ++i) d[i][0] = i;
  for (size_t j = 0; j <= b.size(); ++j) d[0][j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t replace = d[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      d[i][j] = std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, replace});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
      }
    }
  }
  return d[a.size()][b.size()];
}

}  // namespace

std::vector<std::string> KindNames(const Descriptor& message) {
  std::vector<std::string> names;
  const auto* kind = message.FindOneofByName("kind");
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

std::string Suggestion(absl::string_view word, const std::vector<std::string>& names) {
  if (word.size() > 32) return ".";
  std::string closest;
  size_t distance = 3;
  for (const std::string& known : names) {
    const size_t d = EditDistance(word, known);
    if (d >= distance) continue;
    distance = d;
    closest = known;
  }
  return closest.empty() ? "." : absl::StrCat("; did you mean '", closest, "'?");
}

}  // namespace fnn::form
