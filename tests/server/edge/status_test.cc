#include "server/edge/status.h"

#include <new>
#include <stdexcept>
#include <string>

#include "gtest/gtest.h"
#include "server/base/errors.h"
#include "server/edge/listen.h"
#include "tests/status_matchers.h"

namespace fnn::server {
namespace {

using fnn::testing::DetailOf;
using fnn::testing::HasReason;
using fnn::testing::IsOk;
using fnn::testing::StatusIs;
using fnn::testing::ViolatedFields;

TEST(StatusTest, KeepsCodeMessageAndDetails) {
  const grpc::Status status = ToGrpc(
      WithRetry(core::LimitExceeded("QUEUE_FULL", "places", 2, 1), absl::Milliseconds(1500)));
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_THAT(status, HasReason("QUEUE_FULL"));
  const auto retry = DetailOf<google::rpc::RetryInfo>(status);
  ASSERT_TRUE(retry.has_value());
  EXPECT_EQ(retry->retry_delay().seconds(), 1);
  EXPECT_EQ(retry->retry_delay().nanos(), 500'000'000);
  google::rpc::Status details;
  ASSERT_TRUE(details.ParseFromString(status.error_details()));
  EXPECT_EQ(details.message(), status.error_message());
  EXPECT_THAT(ToGrpc(absl::OkStatus()), IsOk());
}

TEST(StatusTest, EveryErrorHasAReason) {
  EXPECT_THAT(ToGrpc(absl::CancelledError("gone")), HasReason("CANCELLED"));
}

TEST(StatusTest, StaysSmallDroppingFromTheEnd) {
  core::Violations violations;
  for (int i = 0; i < 16; ++i) {
    violations.Add(core::FieldPath("network.layers")[i] / std::string(300, 'n'), "REASON",
                   std::string(300, '%'));
  }
  const grpc::Status status = ToGrpc(violations.ToStatus());
  EXPECT_LE(status.error_message().size() + status.error_details().size(), kMostStatusBytes);
  EXPECT_THAT(status, HasReason("REASON"));
  ASSERT_FALSE(ViolatedFields(status).empty());
  EXPECT_EQ(ViolatedFields(status)[0].substr(0, 17), "network.layers[0]");
}

TEST(StatusTest, CutsAMessageInFrontOfACharacter) {
  std::string umlauts;
  for (int i = 0; i < 5'000; ++i) umlauts += "\xc3\xa4";
  const grpc::Status status = ToGrpc(absl::InternalError(umlauts));
  EXPECT_LE(status.error_message().size(), 1'000u);
  google::rpc::Status details;
  EXPECT_TRUE(details.ParseFromString(status.error_details()));
  EXPECT_LE(3 * status.error_message().size() + status.error_details().size(), 8'192u);
}

TEST(StatusTest, ExceptionsTellNothing) {
  const absl::Status unknown =
      Guarded([]() -> absl::Status { throw std::runtime_error("/home/secret"); });
  EXPECT_THAT(unknown, StatusIs(absl::StatusCode::kInternal));
  EXPECT_EQ(std::string(unknown.message()).find("secret"), std::string::npos);
  EXPECT_THAT(Guarded([]() -> absl::Status { throw std::bad_alloc(); }),
              HasReason("OUT_OF_MEMORY"));
  EXPECT_THAT(Guarded([]() -> absl::Status { throw 1; }), StatusIs(absl::StatusCode::kInternal));
}

TEST(ListenTest, ReadsAddresses) {
  for (const char* good : {"127.0.0.1:0", "localhost:65535", "[::1]:50051"}) {
    const auto address = ParseListenAddress(good);
    ASSERT_THAT(address, IsOk()) << good;
    EXPECT_EQ(address->str(), good);
    EXPECT_TRUE(IsLoopback(address->host));
  }
  for (const char* bad : {"", "localhost", ":1", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:65536",
                          "127.0.0.1:-1", "::1:5", "[::1:5", "[127.0.0.1]:5"}) {
    EXPECT_THAT(ParseListenAddress(bad), StatusIs(absl::StatusCode::kInvalidArgument)) << bad;
  }
}

TEST(ListenTest, KnowsLoopback) {
  for (const char* host : {"127.0.0.1", "127.1.2.3", "::1", "localhost"}) {
    EXPECT_TRUE(IsLoopback(host)) << host;
  }
  for (const char* host : {"0.0.0.0", "::", "192.168.1.1", "128.0.0.1", "example.com", "127.0.0.x",
                           "localhost.example.com"}) {
    EXPECT_FALSE(IsLoopback(host)) << host;
  }
}

}  // namespace
}  // namespace fnn::server
