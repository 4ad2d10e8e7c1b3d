// Which resources a list shows: conditions joined by AND, each FIELD OP VALUE.
//
//   labels.team = vision AND create_time >= 2026-01-31T00:00:00Z AND name : digits
//
// OP is one of = != < <= > >= and : (contains). A value with blanks or other signs stands in double
// quotes, where \" is a quote and \\ a backslash. What a resource does not have, such as a label,
// is equal to nothing: only != holds for it.

#ifndef FNN_SERVER_STORE_FILTER_H_
#define FNN_SERVER_STORE_FILTER_H_

#include <compare>
#include <cstdint>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/base/errors.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/timestamp.pb.h"

namespace fnn::server {

enum class FieldType {
  kText,     // std::string; by its bytes. All operators.
  kTags,     // Tags; any of them. = and : where one does, != where none is. No order.
  kInteger,  // int64_t. All operators but :.
  kNumber,   // double. All operators but :.
  kTime,     // int64_t, nanoseconds since 1970 (TimeValue); written as in RFC 3339. As kInteger.
  kChoice,   // int64_t, an enum's; written as its value's name, with or without the enum's prefix.
             // = and != only.
  kLabels,   // The FIELD is FIELD.KEY, and get() is asked for the key. std::string, as kText.
};

// What a client can filter and order by.
struct FieldSpec {
  absl::string_view name;
  FieldType type = FieldType::kText;
  bool orders = false;                                        // Whether order_by takes it.
  const google::protobuf::EnumDescriptor* choices = nullptr;  // Of kChoice.
};

using Tags = std::vector<std::string>;
// The value of a field; std::monostate where the resource has none. NaN is taken for none.
using FieldValue = std::variant<std::monostate, int64_t, double, std::string, Tags>;

FieldValue TimeValue(const google::protobuf::Timestamp& time);

// The order of two values of one field. What is none comes last.
std::weak_ordering CompareValues(const FieldValue& a, const FieldValue& b);

class Filter {
 public:
  // Gives the value of fields[field]; `key` is that of a kLabels, else empty.
  using Getter = absl::FunctionRef<FieldValue(size_t field, absl::string_view key)>;

  // An empty `text` lets everything through. INVALID_ARGUMENT (INVALID_FILTER) at `path` says what
  // is wrong, where, and which fields there are.
  static absl::StatusOr<Filter> Parse(absl::string_view text, std::span<const FieldSpec> fields,
                                      const core::FieldPath& path);

  bool Matches(Getter get) const;

 private:
  friend class FilterParser;
  enum class Operator { kEqual, kNotEqual, kLess, kLessEqual, kGreater, kGreaterEqual, kContains };
  struct Condition {
    size_t field;
    std::string key;
    Operator op;
    FieldValue value;
  };
  static bool Holds(const Condition& condition, const FieldValue& value);

  std::vector<Condition> conditions_;
};

// "name, rows and labels.KEY", for messages; those that order_by takes where `ordering`.
std::string FieldNames(std::span<const FieldSpec> fields, bool ordering);

}  // namespace fnn::server

#endif  // FNN_SERVER_STORE_FILTER_H_
