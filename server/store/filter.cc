#include "server/store/filter.h"

#include <cmath>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "google/protobuf/util/time_util.h"

namespace fnn::server {
namespace {

constexpr size_t kMostCharacters = 4096;
constexpr size_t kMostConditions = 64;

absl::string_view TypeName(FieldType type) {
  switch (type) {
    case FieldType::kInteger:
      return "a whole number";
    case FieldType::kNumber:
      return "a number";
    case FieldType::kTime:
      return "a time such as 2026-01-31T12:00:00Z";
    case FieldType::kText:
    case FieldType::kTags:
    case FieldType::kChoice:
    case FieldType::kLabels:
      break;
  }
  return "a text";
}

// What all names of an enum's values begin with: RUN_STATE_ of RUN_STATE_UNSPECIFIED.
absl::string_view Prefix(const google::protobuf::EnumDescriptor& choices) {
  absl::string_view name = choices.value(0)->name();
  absl::ConsumeSuffix(&name, "UNSPECIFIED");
  return name;
}

std::string ChoiceNames(const google::protobuf::EnumDescriptor& choices) {
  std::string out;
  for (int i = 1; i < choices.value_count(); ++i) {
    absl::StrAppend(&out,
                    i == 1                           ? ""
                    : i + 1 == choices.value_count() ? " or "
                                                     : ", ",
                    absl::StripPrefix(choices.value(i)->name(), Prefix(choices)));
  }
  return out;
}

std::optional<FieldValue> ParseValue(const FieldSpec& field, const std::string& text) {
  switch (field.type) {
    case FieldType::kText:
    case FieldType::kTags:
    case FieldType::kLabels:
      return FieldValue(text);
    case FieldType::kInteger: {
      int64_t value = 0;
      if (!absl::SimpleAtoi(text, &value)) return std::nullopt;
      return FieldValue(value);
    }
    case FieldType::kNumber: {
      double value = 0;
      if (!absl::SimpleAtod(text, &value) || std::isnan(value)) return std::nullopt;
      return FieldValue(value);
    }
    case FieldType::kTime: {
      absl::Time time;
      if (!absl::ParseTime(absl::RFC3339_full, text, &time, nullptr)) return std::nullopt;
      return FieldValue(absl::ToUnixNanos(time));
    }
    case FieldType::kChoice:
      for (int i = 1; i < field.choices->value_count(); ++i) {
        const absl::string_view name = field.choices->value(i)->name();
        if (text == name || text == absl::StripPrefix(name, Prefix(*field.choices))) {
          return FieldValue(static_cast<int64_t>(field.choices->value(i)->number()));
        }
      }
      return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

FieldValue TimeValue(const google::protobuf::Timestamp& time) {
  return google::protobuf::util::TimeUtil::TimestampToNanoseconds(time);
}

std::weak_ordering CompareValues(const FieldValue& a, const FieldValue& b) {
  if (a.index() != b.index()) {
    // Of one field, so one of them is none.
    return std::holds_alternative<std::monostate>(a) ? std::weak_ordering::greater
                                                     : std::weak_ordering::less;
  }
  return a < b ? std::weak_ordering::less
               : (b < a ? std::weak_ordering::greater : std::weak_ordering::equivalent);
}

std::string FieldNames(std::span<const FieldSpec> fields, bool ordering) {
  std::vector<std::string> names;
  for (const FieldSpec& field : fields) {
    if (ordering && !field.orders) continue;
    names.push_back(absl::StrCat(field.name, field.type == FieldType::kLabels ? ".KEY" : ""));
  }
  std::string out;
  for (size_t i = 0; i < names.size(); ++i) {
    absl::StrAppend(&out, i == 0 ? "" : i + 1 == names.size() ? " and " : ", ", names[i]);
  }
  return out;
}

// Reads one filter from left to right.
class FilterParser {
 public:
  FilterParser(absl::string_view text, std::span<const FieldSpec> fields,
               const core::FieldPath& path)
      : text_(text), fields_(fields), path_(path) {}

  absl::StatusOr<Filter> Parse() {
    Filter filter;
    if (text_.size() > kMostCharacters) {
      return Invalid(
          0, absl::StrCat("must be at most ", kMostCharacters, " bytes, not ", text_.size()));
    }
    SkipBlanks();
    while (at_ < text_.size()) {
      if (filter.conditions_.size() == kMostConditions) {
        return Invalid(at_, absl::StrCat("there are more than ", kMostConditions, " conditions"));
      }
      absl::StatusOr<Filter::Condition> condition = ParseCondition();
      if (!condition.ok()) return condition.status();
      filter.conditions_.push_back(*std::move(condition));
      SkipBlanks();
      if (at_ == text_.size()) break;
      const size_t begin = at_;
      const absl::string_view word = Take([](char c) { return !absl::ascii_isspace(c); });
      if (word != "AND") {
        return Invalid(begin, absl::StrCat("conditions are joined by AND, not ", core::Echo(word)));
      }
      SkipBlanks();
      if (at_ == text_.size()) return Invalid(at_, "a condition is missing after AND");
    }
    return filter;
  }

 private:
  absl::StatusOr<Filter::Condition> ParseCondition() {
    const size_t begin = at_;
    const absl::string_view name =
        Take([](char c) { return absl::ascii_isalnum(c) || c == '_' || c == '.' || c == '-'; });
    const size_t dot = name.find('.');
    const absl::string_view stem = name.substr(0, dot);
    std::optional<size_t> found;
    for (size_t i = 0; i < fields_.size(); ++i) {
      const bool labels = fields_[i].type == FieldType::kLabels;
      if (stem == fields_[i].name && labels == (dot != absl::string_view::npos)) found = i;
    }
    if (!found.has_value()) {
      return Invalid(
          begin, absl::StrCat(name.empty() ? "a field is missing"
                                           : absl::StrCat("there is no field ", core::Echo(name)),
                              "; there are ", FieldNames(fields_, false)));
    }
    const FieldSpec& field = fields_[*found];
    const std::string key(dot == absl::string_view::npos ? "" : name.substr(dot + 1));
    if (field.type == FieldType::kLabels && key.empty()) {
      return Invalid(begin, absl::StrCat("a label's key is missing after ", name));
    }

    SkipBlanks();
    const absl::StatusOr<Filter::Operator> op = ParseOperator(field);
    if (!op.ok()) return op.status();
    SkipBlanks();
    const size_t value_at = at_;
    absl::StatusOr<std::string> text = ParseText();
    if (!text.ok()) return text.status();
    std::optional<FieldValue> value = ParseValue(field, *text);
    if (!value.has_value()) {
      return Invalid(value_at,
                     absl::StrCat(field.name, " must be ",
                                  field.type == FieldType::kChoice ? ChoiceNames(*field.choices)
                                                                   : TypeName(field.type),
                                  ", not ", core::Echo(*text)));
    }
    return Filter::Condition{*found, key, *op, *std::move(value)};
  }

  absl::StatusOr<Filter::Operator> ParseOperator(const FieldSpec& field) {
    using Operator = Filter::Operator;
    static constexpr std::pair<absl::string_view, Operator> kOperators[] = {
        {"<=", Operator::kLessEqual}, {">=", Operator::kGreaterEqual}, {"!=", Operator::kNotEqual},
        {"=", Operator::kEqual},      {"<", Operator::kLess},          {">", Operator::kGreater},
        {":", Operator::kContains}};
    for (const auto& [sign, op] : kOperators) {
      if (!absl::StartsWith(text_.substr(at_), sign)) continue;
      if (!Takes(field.type, op)) {
        return Invalid(at_, absl::StrCat(field.name, " does not take ", sign, "; it takes ",
                                         OperatorNames(field.type)));
      }
      at_ += sign.size();
      return op;
    }
    return Invalid(at_, absl::StrCat("an operator is missing; ", field.name, " takes ",
                                     OperatorNames(field.type)));
  }

  static bool Takes(FieldType type, Filter::Operator op) {
    using Operator = Filter::Operator;
    if (op == Operator::kEqual || op == Operator::kNotEqual) return true;
    const bool text = type == FieldType::kText || type == FieldType::kLabels;
    if (op == Operator::kContains) return text || type == FieldType::kTags;
    return type != FieldType::kTags && type != FieldType::kChoice;
  }

  static absl::string_view OperatorNames(FieldType type) {
    switch (type) {
      case FieldType::kText:
      case FieldType::kLabels:
        return "=, !=, <, <=, >, >= and :";
      case FieldType::kTags:
        return "=, != and :";
      case FieldType::kChoice:
        return "= and !=";
      case FieldType::kInteger:
      case FieldType::kNumber:
      case FieldType::kTime:
        break;
    }
    return "=, !=, <, <=, > and >=";
  }

  absl::StatusOr<std::string> ParseText() {
    const size_t begin = at_;
    if (at_ == text_.size() || text_[at_] != '"') {
      const absl::string_view word = Take([](char c) {
        return !absl::ascii_isspace(c) && c != '"' && c != '=' && c != '!' && c != '<' &&
               c != '>' && c != '(' && c != ')';
      });
      if (word.empty()) return Invalid(begin, "a value is missing");
      return std::string(word);
    }
    std::string out;
    for (++at_; at_ < text_.size(); ++at_) {
      char c = text_[at_];
      if (c == '"') {
        ++at_;
        return out;
      }
      if (c == '\\' && at_ + 1 < text_.size()) c = text_[++at_];
      out += c;
    }
    return Invalid(begin, "the quote is not closed");
  }

  template <typename Wanted>
  absl::string_view Take(const Wanted& wanted) {
    const size_t begin = at_;
    while (at_ < text_.size() && wanted(text_[at_])) ++at_;
    return text_.substr(begin, at_ - begin);
  }

  void SkipBlanks() {
    Take([](char c) { return absl::ascii_isspace(c); });
  }

  absl::Status Invalid(size_t at, absl::string_view what) const {
    return core::InvalidField(path_, "INVALID_FILTER",
                              absl::StrCat("at character ", at + 1, ": ", what));
  }

  const absl::string_view text_;
  const std::span<const FieldSpec> fields_;
  const core::FieldPath path_;
  size_t at_ = 0;
};

absl::StatusOr<Filter> Filter::Parse(absl::string_view text, std::span<const FieldSpec> fields,
                                     const core::FieldPath& path) {
  return FilterParser(text, fields, path).Parse();
}

bool Filter::Matches(Getter get) const {
  for (const Condition& condition : conditions_) {
    if (!Holds(condition, get(condition.field, condition.key))) return false;
  }
  return true;
}

bool Filter::Holds(const Condition& condition, const FieldValue& value) {
  if (condition.op == Operator::kNotEqual) {
    Condition equal = condition;
    equal.op = Operator::kEqual;
    return !Holds(equal, value);
  }
  if (const Tags* tags = std::get_if<Tags>(&value)) {
    for (const std::string& tag : *tags) {
      if (Holds(condition, tag)) return true;
    }
    return false;
  }
  if (value.index() != condition.value.index()) return false;  // None.
  if (const double* number = std::get_if<double>(&value);
      number != nullptr && std::isnan(*number)) {
    return false;
  }
  switch (condition.op) {
    case Operator::kEqual:
      return value == condition.value;
    case Operator::kLess:
      return value < condition.value;
    case Operator::kLessEqual:
      return value <= condition.value;
    case Operator::kGreater:
      return value > condition.value;
    case Operator::kGreaterEqual:
      return value >= condition.value;
    case Operator::kContains:
      return absl::StrContains(std::get<std::string>(value),
                               std::get<std::string>(condition.value));
    case Operator::kNotEqual:
      break;
  }
  return false;
}

}  // namespace fnn::server
