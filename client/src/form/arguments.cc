#include "client/src/form/arguments.h"

#include <google/protobuf/descriptor.h>

#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/src/form/names.h"
#include "client/src/form/suggestion.h"
#include "client/src/form/tensor.h"
#include "client/src/form/values.h"

namespace fnn::form {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// A field and the message it is in.
struct Place {
  Message* message = nullptr;
  const FieldDescriptor* field = nullptr;
};

class ArgumentParser {
 public:
  ArgumentParser(Cursor& cursor, const Targets& targets)
      : cursor_(cursor),
        targets_(targets),
        numeric_(NumericArguments(*targets.messages[0]->GetDescriptor())) {}

  absl::Status Parse() {
    if (cursor_.AtEnd() || cursor_.Peek() == ')') return absl::OkStatus();
    do {
      if (absl::Status status = ParseOne(); !status.ok()) return status;
    } while (cursor_.Take(','));
    return absl::OkStatus();
  }

 private:
  absl::Status ParseOne() {
    const size_t start = cursor_.position();
    if (AtNumber()) return ParseWithoutName();
    if (cursor_.Peek() == '[') return ParseLists();
    const absl::string_view name = cursor_.TakeWord();
    if (name.empty()) return cursor_.Error(absl::StrCat("expected an argument. ", Known()));
    Place place = Find(name);
    if (place.field == nullptr) return ParseEnumValue(name, start);
    cursor_.Return(start);
    if (absl::Status status = MarkGiven(*place.field); !status.ok()) return status;
    cursor_.TakeWord();
    if (cursor_.Take('=')) return ParseNamed(place);
    return ParseBare(place);
  }

  bool AtNumber() {
    const size_t start = cursor_.position();
    const absl::string_view text = cursor_.TakeValue();
    cursor_.Return(start);
    const char first = text.empty() ? '\0' : text.front();
    return absl::ascii_isdigit(first) || first == '-' || first == '+' || first == '.' ||
           text == "inf" || text == "nan";
  }

  // A number that says by its place what it is.
  absl::Status ParseWithoutName() {
    if (next_ == numeric_.size()) {
      return cursor_.Error(absl::StrCat(
          targets_.name, " takes ",
          numeric_.empty() ? "no number" : absl::StrCat("at most ", next_, " without a name"), ". ",
          Known()));
    }
    const FieldDescriptor& field = *numeric_[next_++];
    if (absl::Status status = MarkGiven(field); !status.ok()) return status;
    return ParseValue(cursor_, *targets_.messages[0], field);
  }

  // Lists say by themselves what they are.
  absl::Status ParseLists() {
    for (const FieldDescriptor* field : Arguments(*targets_.messages[0]->GetDescriptor())) {
      if (!IsTensor(*field)) continue;
      if (absl::Status status = MarkGiven(*field); !status.ok()) return status;
      return ParseTensorOf({targets_.messages[0], field});
    }
    return cursor_.Error(absl::StrCat(targets_.name, " takes no list. ", Known()));
  }

  absl::Status ParseTensorOf(const Place& place) {
    return ParseTensor(cursor_, static_cast<v1::Tensor&>(Mutable(place)));
  }

  // After `name=`.
  absl::Status ParseNamed(const Place& place) {
    if (IsTensor(*place.field)) return ParseTensorOf(place);
    if (place.field->message_type() == nullptr) {
      return ParseValue(cursor_, *place.message, *place.field);
    }
    if (!HasKind(*place.field->message_type())) {
      return cursor_.Error(absl::StrCat(place.field->name(),
                                        " takes its arguments in parentheses, ", "without '='"));
    }
    return ParseKind(cursor_, Mutable(place));
  }

  // After a name without `=`.
  absl::Status ParseBare(const Place& place) {
    if (place.field->cpp_type() == FieldDescriptor::CPPTYPE_BOOL) {
      place.message->GetReflection()->SetBool(place.message, place.field, true);
      return absl::OkStatus();
    }
    const auto* type = place.field->message_type();
    if (type == nullptr || HasKind(*type) || IsTensor(*place.field)) {
      return cursor_.Error(absl::StrCat("expected '=' and a value for ", place.field->name()));
    }
    Message& message = Mutable(place);
    if (!cursor_.Take('(')) return absl::OkStatus();
    absl::Status status = ParseArguments(cursor_, {place.field->name(), {&message}});
    if (status.ok() && !cursor_.Take(')')) status = cursor_.Error("expected ',' or ')'");
    return status;
  }

  // A word that names no field: a value of an enum says by itself what it is.
  absl::Status ParseEnumValue(absl::string_view name, size_t start) {
    const bool alone = cursor_.Peek() != '=' && cursor_.Peek() != '(';
    cursor_.Return(start);
    for (const FieldDescriptor* field : Arguments(*targets_.messages[0]->GetDescriptor())) {
      if (!alone || field->enum_type() == nullptr) continue;
      const auto* value = FindValue(*field->enum_type(), name);
      if (value == nullptr) continue;
      if (absl::Status status = MarkGiven(*field); !status.ok()) return status;
      cursor_.TakeWord();
      SetEnum(*targets_.messages[0], *field, *value);
      return absl::OkStatus();
    }
    return cursor_.Error(absl::StrCat(targets_.name, " has no argument ", Quoted(name),
                                      Suggestion(name, Names()), " ", Known()));
  }

  Place Find(absl::string_view name) const {
    for (Message* message : targets_.messages) {
      if (const auto* field = FindArgument(*message->GetDescriptor(), name)) {
        return {message, field};
      }
    }
    return {};
  }

  absl::Status MarkGiven(const FieldDescriptor& field) {
    if (given_.insert(&field).second) return absl::OkStatus();
    return cursor_.Error(absl::StrCat(field.name(), " is given twice"));
  }

  static Message& Mutable(const Place& place) {
    return *place.message->GetReflection()->MutableMessage(place.message, place.field);
  }

  std::vector<std::string> Names() const {
    std::vector<std::string> names;
    for (const Message* message : targets_.messages) {
      for (const auto* field : Arguments(*message->GetDescriptor())) {
        names.push_back(field->name());
      }
    }
    return names;
  }

  std::string Known() const {
    const std::vector<std::string> names = Names();
    if (names.empty()) return "It takes no arguments";
    return absl::StrCat("There are ", absl::StrJoin(names, ", "));
  }

  Cursor& cursor_;
  const Targets& targets_;
  const std::vector<const FieldDescriptor*> numeric_;  // Of the first target.
  size_t next_ = 0;                                    // The next of them without a name.
  std::set<const FieldDescriptor*> given_;
};

}  // namespace

absl::Status ParseArguments(Cursor& cursor, const Targets& targets) {
  return ArgumentParser(cursor, targets).Parse();
}

}  // namespace fnn::form
