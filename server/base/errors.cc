#include "server/base/errors.h"

#include "absl/strings/cord.h"
#include "google/rpc/error_details.pb.h"

namespace fnn::server {

absl::Status WithRetry(absl::Status status, absl::Duration delay) {
  google::rpc::RetryInfo info;
  const absl::Duration rest = delay - absl::Seconds(absl::ToInt64Seconds(delay));
  info.mutable_retry_delay()->set_seconds(absl::ToInt64Seconds(delay));
  info.mutable_retry_delay()->set_nanos(static_cast<int32_t>(absl::ToInt64Nanoseconds(rest)));
  status.SetPayload("type.googleapis.com/google.rpc.RetryInfo",
                    absl::Cord(info.SerializeAsString()));
  return status;
}

absl::Status WithCode(const absl::Status& status, absl::StatusCode code) {
  absl::Status changed(code, status.message());
  status.ForEachPayload([&changed](absl::string_view url, const absl::Cord& value) {
    changed.SetPayload(url, value);
  });
  return changed;
}

absl::Status Draining() {
  return WithRetry(core::MakeError(absl::StatusCode::kUnavailable, "SERVER_DRAINING",
                                   "the server is shutting down; try again when it is back"),
                   absl::Seconds(5));
}

std::optional<std::string> ErrorReason(const absl::Status& status) {
  const absl::optional<absl::Cord> payload =
      status.GetPayload("type.googleapis.com/google.rpc.ErrorInfo");
  google::rpc::ErrorInfo info;
  if (!payload.has_value() || !info.ParseFromString(std::string(*payload))) return std::nullopt;
  return info.reason();
}

absl::Status Required(const core::FieldPath& path, absl::string_view description) {
  return core::InvalidField(path, "REQUIRED", description);
}

}  // namespace fnn::server
