// Errors as values: an absl::Status that carries machine-readable details.
//
// Each detail is a google.rpc message kept as a payload of the status under its type URL, so an
// edge turns a status into a google.rpc.Status by copying payloads and knows none of the causes.
//
//   Violations violations;
//   if (units < 1) violations.Add(path / "units", "OUT_OF_RANGE", "must be 1 to 16777216, not 0");
//   if (!violations.empty()) return violations.ToStatus();

#ifndef FNN_CORE_BASE_ERRORS_H_
#define FNN_CORE_BASE_ERRORS_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace fnn::core {

// Where a value stands in a request: `spec.network.layers[2].dense.units`.
class FieldPath {
 public:
  FieldPath() = default;
  explicit FieldPath(absl::string_view path) : path_(path) {}

  FieldPath operator/(absl::string_view field) const;
  FieldPath operator[](int64_t index) const;
  const std::string& str() const { return path_; }

 private:
  std::string path_;
};

// `value` fit to be shown in a message: quoted, cut at 64 characters, with everything but printable
// ASCII escaped.
std::string Echo(absl::string_view value);

// Collects the faults of one request, keeping the first 16, or fewer where these are long: the
// status stays under 4 KiB as metadata.
class Violations {
 public:
  static constexpr size_t kMost = 16;

  // `reason` is a constant name such as OUT_OF_RANGE; `description` says what is wrong and what
  // would be right.
  void Add(const FieldPath& field, absl::string_view reason, absl::string_view description);
  bool empty() const { return violations_.empty(); }

  // OK when empty, else INVALID_ARGUMENT with BadRequest and ErrorInfo.
  absl::Status ToStatus() const;

 private:
  struct Violation {
    std::string field, reason, description;
  };
  std::vector<Violation> violations_;
  size_t bytes_ = 0;  // Of all that are kept.
  int64_t more_ = 0;  // Those that are not.
};

// INVALID_ARGUMENT with one violation.
absl::Status InvalidField(const FieldPath& field, absl::string_view reason,
                          absl::string_view description);

// `code` with ErrorInfo{reason}; `message` says what happened and what to do.
absl::Status MakeError(absl::StatusCode code, absl::string_view reason, absl::string_view message);

// NOT_FOUND and ALREADY_EXISTS with ErrorInfo and ResourceInfo. `type` is a message's full name,
// such as fnn.v1.Model, and the reason is made from it: MODEL_NOT_FOUND, MODEL_ALREADY_EXISTS.
absl::Status NotFound(absl::string_view type, absl::string_view name);
absl::Status AlreadyExists(absl::string_view type, absl::string_view name);

// RESOURCE_EXHAUSTED with ErrorInfo whose metadata holds both numbers. `what` names the limit with
// its unit, such as "bytes of memory".
absl::Status LimitExceeded(absl::string_view reason, absl::string_view what, int64_t needed,
                           int64_t available);
// With BadRequest as well: `field` is what to change, and `remedy` says how.
absl::Status LimitExceeded(absl::string_view reason, absl::string_view what, int64_t needed,
                           int64_t available, const FieldPath& field, absl::string_view remedy);

}  // namespace fnn::core

#endif  // FNN_CORE_BASE_ERRORS_H_
