// What AnalysisService gives over the wire, and what it says to requests that make no sense. What
// it computes is tested with core/analysis.

#include <limits>

#include "gtest/gtest.h"
#include "tests/server/testing.h"
#include "tests/status_matchers.h"

namespace fnn::server {
namespace {

using fnn::testing::HasReason;
using fnn::testing::HasViolation;
using fnn::testing::IsOk;
using fnn::testing::StatusIs;

class AnalysisServiceTest : public ::testing::Test {
 protected:
  void TearDown() override { EXPECT_TRUE(server_.Serves()); }

  grpc::Status List(const v1::ListOperatorsRequest& request) {
    return server_.Call(&v1::AnalysisService::Stub::ListOperators, request, &list_);
  }
  grpc::Status Sample(const v1::SampleOperatorRequest& request) {
    return server_.Call(&v1::AnalysisService::Stub::SampleOperator, request, &samples_);
  }
  void ExpectInvalid(const v1::SampleOperatorRequest& request, const std::string& field) {
    const grpc::Status status = Sample(request);
    EXPECT_THAT(status, StatusIs(absl::StatusCode::kInvalidArgument));
    EXPECT_THAT(status, HasViolation(field));
  }

  TestServer server_;
  v1::ListOperatorsResponse list_;
  v1::SampleOperatorResponse samples_;
};

TEST_F(AnalysisServiceTest, ListsAllKindsOrOne) {
  ASSERT_THAT(List({}), IsOk());
  const int all = list_.operators_size();
  int sum = 0;
  for (int kind = v1::OperatorKind_MIN + 1; kind <= v1::OperatorKind_MAX; ++kind) {
    v1::ListOperatorsRequest request;
    request.set_kind(static_cast<v1::OperatorKind>(kind));
    ASSERT_THAT(List(request), IsOk());
    EXPECT_GT(list_.operators_size(), 0);
    for (const v1::Operator& entry : list_.operators()) EXPECT_EQ(entry.kind(), kind);
    sum += list_.operators_size();
  }
  EXPECT_EQ(sum, all);
}

TEST_F(AnalysisServiceTest, RefusesAKindThatThereIsNot) {
  for (const int kind : {-1, v1::OperatorKind_MAX + 1, std::numeric_limits<int>::max()}) {
    v1::ListOperatorsRequest request;
    request.set_kind(static_cast<v1::OperatorKind>(kind));
    const grpc::Status status = List(request);
    EXPECT_THAT(status, StatusIs(absl::StatusCode::kInvalidArgument));
    EXPECT_THAT(status, HasViolation("kind"));
    EXPECT_THAT(status, HasReason("UNKNOWN_KIND"));
  }
}

TEST_F(AnalysisServiceTest, SamplesTheMostPoints) {
  v1::SampleOperatorRequest request;
  request.mutable_activation()->mutable_gelu();
  request.set_points(10'000);
  ASSERT_THAT(Sample(request), IsOk());
  EXPECT_EQ(samples_.value_size(), 10'000);
  EXPECT_EQ(samples_.slope_size(), 10'000);
}

TEST_F(AnalysisServiceTest, RefusesWhatMakesNoSense) {
  ExpectInvalid({}, "subject");
  v1::SampleOperatorRequest request;
  request.mutable_activation();
  ExpectInvalid(request, "activation");
  request.mutable_activation()->mutable_relu();
  for (const int64_t points : {int64_t{0}, int64_t{10'001}, std::numeric_limits<int64_t>::max(),
                               std::numeric_limits<int64_t>::min()}) {
    request.set_points(points);
    ExpectInvalid(request, "points");
  }
  request.clear_points();
  request.set_low(std::numeric_limits<double>::quiet_NaN());
  ExpectInvalid(request, "low");
  request.set_low(0);
  request.set_high(-std::numeric_limits<double>::infinity());
  ExpectInvalid(request, "high");
  request.set_high(0);
  ExpectInvalid(request, "high");
}

TEST_F(AnalysisServiceTest, DifferentiatesOrSaysWhyNot) {
  const auto derive = [this](const v1::DifferentiateOperatorRequest& request,
                             v1::DifferentiateOperatorResponse* response) {
    return server_.Call(&v1::AnalysisService::Stub::DifferentiateOperator, request, response);
  };
  v1::DifferentiateOperatorRequest request;
  v1::DifferentiateOperatorResponse response;
  request.mutable_activation()->mutable_softplus();
  ASSERT_THAT(derive(request, &response), IsOk());
  EXPECT_EQ(response.derivative().text(), "logistic(x)");
  request.mutable_activation()->mutable_softmax();
  EXPECT_THAT(derive(request, &response), StatusIs(absl::StatusCode::kUnimplemented));
  EXPECT_THAT(derive(request, &response), HasReason("UNSUPPORTED"));
  request.mutable_activation()->mutable_elu()->set_gamma(-1);
  EXPECT_THAT(derive(request, &response), HasViolation("activation.elu.gamma"));
  EXPECT_THAT(derive({}, &response), HasViolation("activation"));
}

}  // namespace
}  // namespace fnn::server
