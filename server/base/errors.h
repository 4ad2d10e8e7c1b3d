// Errors of the service beside those of core/base/errors.h.

#ifndef FNN_SERVER_BASE_ERRORS_H_
#define FNN_SERVER_BASE_ERRORS_H_

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "core/base/errors.h"

namespace fnn::server {

// `status` with RetryInfo: trying again after `delay` may help.
absl::Status WithRetry(absl::Status status, absl::Duration delay);

// `status` under another code, details kept.
absl::Status WithCode(const absl::Status& status, absl::StatusCode code);

// UNAVAILABLE with RetryInfo: what a server that is shutting down answers.
absl::Status Draining();

// The reason in the ErrorInfo of `status`, where it has one.
std::optional<std::string> ErrorReason(const absl::Status& status);

// INVALID_ARGUMENT: the field at `path` is required.
absl::Status Required(const core::FieldPath& path, absl::string_view description);

}  // namespace fnn::server

#endif  // FNN_SERVER_BASE_ERRORS_H_
