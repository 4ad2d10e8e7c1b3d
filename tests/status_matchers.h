// Matchers for statuses, absl::Status, absl::StatusOr and grpc::Status alike.
//
//   EXPECT_THAT(status, IsOk());
//   EXPECT_THAT(status, StatusIs(absl::StatusCode::kNotFound));
//   EXPECT_THAT(value_or_status, IsOkAndHolds(3));
//   EXPECT_THAT(status, HasViolation("spec.network.layers[0].dense.units"));
//   EXPECT_THAT(status, HasReason("QUEUE_FULL"));

#ifndef FNN_TESTS_STATUS_MATCHERS_H_
#define FNN_TESTS_STATUS_MATCHERS_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/cord.h"
#include "gmock/gmock.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace fnn::testing {

// The three kinds of status as one: this header needs no gRPC.
inline const absl::Status& ToStatus(const absl::Status& status) { return status; }
template <typename T>
const absl::Status& ToStatus(const absl::StatusOr<T>& status) {
  return status.status();
}
template <typename GrpcStatus>
requires requires(const GrpcStatus& status) { status.error_details(); }
absl::Status ToStatus(const GrpcStatus& status) {
  absl::Status out(static_cast<absl::StatusCode>(status.error_code()), status.error_message());
  google::rpc::Status details;
  if (!details.ParseFromString(status.error_details())) return out;
  for (const google::protobuf::Any& detail : details.details()) {
    out.SetPayload(detail.type_url(), absl::Cord(detail.value()));
  }
  return out;
}

// The detail of that type, where there is one.
template <typename Detail, typename Status>
std::optional<Detail> DetailOf(const Status& status) {
  const auto payload =
      ToStatus(status).GetPayload("type.googleapis.com/" + Detail::descriptor()->full_name());
  Detail detail;
  if (!payload.has_value() || !detail.ParseFromString(std::string(*payload))) return std::nullopt;
  return detail;
}

template <typename Status>
std::vector<std::string> ViolatedFields(const Status& status) {
  std::vector<std::string> fields;
  if (const auto request = DetailOf<google::rpc::BadRequest>(status)) {
    for (const auto& violation : request->field_violations()) fields.push_back(violation.field());
  }
  return fields;
}

MATCHER(IsOk, negation ? "isn't OK" : "is OK") {
  const absl::Status status = ToStatus(arg);
  *result_listener << status.ToString();
  return status.ok();
}

// `code` is of any of the enumerations, whose numbers are the same.
MATCHER_P(StatusIs, code, "has the code " + ::testing::PrintToString(static_cast<int>(code))) {
  const absl::Status status = ToStatus(arg);
  *result_listener << status.ToString();
  return static_cast<int>(status.code()) == static_cast<int>(code);
}

MATCHER_P(HasViolation, field, "has a violation of the field " + ::testing::PrintToString(field)) {
  const std::vector<std::string> fields = ViolatedFields(arg);
  *result_listener << ToStatus(arg).ToString() << " with violations of "
                   << ::testing::PrintToString(fields);
  return ::testing::Value(fields, ::testing::Contains(std::string(field)));
}

MATCHER_P(HasReason, reason, "has the reason " + ::testing::PrintToString(reason)) {
  const auto info = DetailOf<google::rpc::ErrorInfo>(arg);
  *result_listener << ToStatus(arg).ToString();
  return info.has_value() && info->reason() == reason && info->domain() == "fnn";
}

MATCHER_P(IsOkAndHolds, value_matcher, "is OK and its value matches") {
  if (!arg.ok()) {
    *result_listener << arg.status().ToString();
    return false;
  }
  return ::testing::ExplainMatchResult(value_matcher, *arg, result_listener);
}

}  // namespace fnn::testing

#endif  // FNN_TESTS_STATUS_MATCHERS_H_
