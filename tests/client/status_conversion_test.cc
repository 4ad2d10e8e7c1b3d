#include "client/src/status_conversion.h"

#include <gmock/gmock.h>
#include <google/protobuf/any.pb.h>
#include <gtest/gtest.h>

#include <string>

#include "fnn/error_details.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace fnn {
namespace {

using internal::FromGrpcStatus;

template <typename... Details>
grpc::Status WithDetails(grpc::StatusCode code, const Details&... details) {
  google::rpc::Status status;
  status.set_code(code);
  (status.add_details()->PackFrom(details), ...);
  return grpc::Status(code, "message", status.SerializeAsString());
}

TEST(StatusConversionTest, OkStaysOk) { EXPECT_TRUE(FromGrpcStatus(grpc::Status::OK).ok()); }

TEST(StatusConversionTest, KeepsEveryCodeAndTheMessage) {
  for (int code = 1; code <= 16; ++code) {
    if (code == grpc::CANCELLED) continue;
    const absl::Status status =
        FromGrpcStatus(grpc::Status(static_cast<grpc::StatusCode>(code), "what happened"));
    EXPECT_EQ(static_cast<int>(status.code()), code);
    EXPECT_EQ(status.message(), "what happened");
  }
}

TEST(StatusConversionTest, ACallThatNobodyCancelledMayBeTriedAgain) {
  EXPECT_TRUE(absl::IsUnavailable(FromGrpcStatus(grpc::Status(grpc::CANCELLED, "CANCELLED"))));
  google::rpc::ErrorInfo info;
  info.set_reason("CANCELLED");
  EXPECT_TRUE(absl::IsCancelled(FromGrpcStatus(WithDetails(grpc::CANCELLED, info))));
}

TEST(StatusConversionTest, EachDetailIsAPayloadUnderItsTypeUrl) {
  google::rpc::ErrorInfo info;
  info.set_reason("RUN_NOT_FOUND");
  const absl::Status status = FromGrpcStatus(WithDetails(grpc::NOT_FOUND, info));
  const auto payload = status.GetPayload("type.googleapis.com/google.rpc.ErrorInfo");
  ASSERT_TRUE(payload.has_value());
  EXPECT_EQ(std::string(*payload), info.SerializeAsString());
}

TEST(ErrorDetailsTest, ReadsErrorInfo) {
  google::rpc::ErrorInfo info;
  info.set_reason("MEMORY");
  info.set_domain("fnn");
  (*info.mutable_metadata())["needed"] = "10";
  const auto read = GetErrorInfo(FromGrpcStatus(WithDetails(grpc::RESOURCE_EXHAUSTED, info)));
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->reason, "MEMORY");
  EXPECT_EQ(read->domain, "fnn");
  EXPECT_EQ(read->metadata.at("needed"), "10");
}

TEST(ErrorDetailsTest, ReadsEveryFieldViolation) {
  google::rpc::BadRequest bad;
  for (const char* field : {"a", "b"}) {
    auto& violation = *bad.add_field_violations();
    violation.set_field(field);
    violation.set_description("wrong");
    violation.set_reason("OUT_OF_RANGE");
  }
  const auto read = GetFieldViolations(FromGrpcStatus(WithDetails(grpc::INVALID_ARGUMENT, bad)));
  ASSERT_EQ(read.size(), 2u);
  EXPECT_EQ(read[1].field, "b");
  EXPECT_EQ(read[1].description, "wrong");
  EXPECT_EQ(read[1].reason, "OUT_OF_RANGE");
}

TEST(ErrorDetailsTest, ReadsRetryDelayAndResource) {
  google::rpc::RetryInfo retry;
  retry.mutable_retry_delay()->set_seconds(2);
  retry.mutable_retry_delay()->set_nanos(500'000'000);
  google::rpc::ResourceInfo resource;
  resource.set_resource_type("fnn.v1.Run");
  resource.set_resource_name("runs/r");
  const absl::Status status = FromGrpcStatus(WithDetails(grpc::UNAVAILABLE, retry, resource));
  EXPECT_EQ(GetRetryDelay(status), absl::Milliseconds(2500));
  ASSERT_TRUE(GetResourceInfo(status).has_value());
  EXPECT_EQ(GetResourceInfo(status)->resource_name, "runs/r");
}

TEST(ErrorDetailsTest, ANegativeDelayIsNone) {
  google::rpc::RetryInfo retry;
  retry.mutable_retry_delay()->set_seconds(-5);
  EXPECT_EQ(GetRetryDelay(FromGrpcStatus(WithDetails(grpc::UNAVAILABLE, retry))),
            absl::ZeroDuration());
}

TEST(ErrorDetailsTest, WhatIsAbsentIsAbsent) {
  const absl::Status status = absl::NotFoundError("gone");
  EXPECT_FALSE(GetErrorInfo(status).has_value());
  EXPECT_TRUE(GetFieldViolations(status).empty());
  EXPECT_FALSE(GetResourceInfo(status).has_value());
  EXPECT_FALSE(GetRetryDelay(status).has_value());
  EXPECT_FALSE(GetErrorInfo(absl::OkStatus()).has_value());
}

TEST(ErrorDetailsTest, MalformedDetailsAreAsIfAbsent) {
  const absl::Status garbage =
      FromGrpcStatus(grpc::Status(grpc::INTERNAL, "m", std::string("\xff\xff\xff\x07garbage")));
  EXPECT_EQ(garbage.code(), absl::StatusCode::kInternal);
  EXPECT_FALSE(GetErrorInfo(garbage).has_value());

  google::rpc::Status status;
  for (const char* type : {"google.rpc.ErrorInfo", "google.rpc.BadRequest", "google.rpc.RetryInfo",
                           "google.rpc.ResourceInfo"}) {
    google::protobuf::Any& any = *status.add_details();
    any.set_type_url(std::string("type.googleapis.com/") + type);
    any.set_value("\xff\xff\xff");
  }
  status.add_details()->set_value("without a type");
  const absl::Status bad =
      FromGrpcStatus(grpc::Status(grpc::INTERNAL, "m", status.SerializeAsString()));
  EXPECT_FALSE(GetErrorInfo(bad).has_value());
  EXPECT_TRUE(GetFieldViolations(bad).empty());
  EXPECT_FALSE(GetRetryDelay(bad).has_value());
  EXPECT_FALSE(GetResourceInfo(bad).has_value());
}

}  // namespace
}  // namespace fnn
