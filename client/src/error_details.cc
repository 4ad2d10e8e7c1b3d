#include "fnn/error_details.h"

#include <algorithm>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "google/rpc/error_details.pb.h"

namespace fnn {
namespace {

template <typename Message>
std::optional<Message> Find(const absl::Status& status) {
  const absl::optional<absl::Cord> payload =
      status.GetPayload(absl::StrCat("type.googleapis.com/", Message::descriptor()->full_name()));
  Message message;
  if (!payload.has_value() || !message.ParseFromString(std::string(*payload))) return std::nullopt;
  return message;
}

}  // namespace

std::optional<ErrorInfo> GetErrorInfo(const absl::Status& status) {
  const auto info = Find<google::rpc::ErrorInfo>(status);
  if (!info.has_value()) return std::nullopt;
  return ErrorInfo{
      info->reason(), info->domain(), {info->metadata().begin(), info->metadata().end()}};
}

std::vector<FieldViolation> GetFieldViolations(const absl::Status& status) {
  std::vector<FieldViolation> result;
  if (const auto request = Find<google::rpc::BadRequest>(status)) {
    for (const auto& violation : request->field_violations()) {
      result.push_back({violation.field(), violation.description(), violation.reason()});
    }
  }
  return result;
}

std::optional<ResourceInfo> GetResourceInfo(const absl::Status& status) {
  const auto info = Find<google::rpc::ResourceInfo>(status);
  if (!info.has_value()) return std::nullopt;
  return ResourceInfo{info->resource_type(), info->resource_name(), info->description()};
}

std::optional<absl::Duration> GetRetryDelay(const absl::Status& status) {
  const auto info = Find<google::rpc::RetryInfo>(status);
  if (!info.has_value()) return std::nullopt;
  const absl::Duration delay =
      absl::Seconds(info->retry_delay().seconds()) + absl::Nanoseconds(info->retry_delay().nanos());
  return std::max(delay, absl::ZeroDuration());
}

}  // namespace fnn
