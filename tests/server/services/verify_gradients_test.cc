// AnalysisService.VerifyGradients over loopback.

#include <functional>
#include <limits>
#include <string>
#include <utility>

#include "gtest/gtest.h"
#include "tests/server/testing.h"
#include "tests/status_matchers.h"

namespace fnn::server {
namespace {

using fnn::testing::HasReason;
using fnn::testing::HasViolation;
using fnn::testing::IsOk;
using fnn::testing::StatusIs;

class VerifyGradientsTest : public ::testing::Test {
 protected:
  static v1::VerifyGradientsRequest OfModel(const std::string& name) {
    v1::VerifyGradientsRequest request;
    request.mutable_point()->set_model(name);
    *request.mutable_data()->mutable_inline_() = XorData();
    return request;
  }
  static v1::VerifyGradientsRequest OfDescription() {
    v1::VerifyGradientsRequest request;
    *request.mutable_point()->mutable_description() = XorNetwork();
    *request.mutable_data()->mutable_inline_() = XorData();
    return request;
  }
  auto Verify(const v1::VerifyGradientsRequest& request) {
    grpc::ClientContext context;
    return ReadAll(*server_.stub<v1::AnalysisService>()->VerifyGradients(&context, request));
  }

  TestServer server_;
};

TEST_F(VerifyGradientsTest, LayersThenTheVerdict) {
  TrainXor(server_, "xor");
  const auto streamed = Verify(OfModel("models/xor/versions/1"));
  ASSERT_THAT(streamed.status, IsOk());
  ASSERT_EQ(streamed.messages.size(), 3u);  // It is done before there is progress to tell of.
  EXPECT_TRUE(streamed.messages[0].has_layer());
  EXPECT_EQ(streamed.messages[0].layer().tensors_size(), 2);
  EXPECT_TRUE(streamed.messages[1].has_layer());
  const v1::GradientVerdict& verdict = streamed.messages[2].verdict();
  EXPECT_TRUE(verdict.passed()) << verdict.ShortDebugString();
  EXPECT_EQ(verdict.rows(), 4);
  EXPECT_GT(verdict.loss(), 0);
  EXPECT_EQ(verdict.costs_size(), 5);
}

TEST_F(VerifyGradientsTest, FreshNetworksFollowFromTheSeed) {
  v1::VerifyGradientsRequest request = OfDescription();
  const auto loss = [&](uint64_t seed) {
    request.mutable_point()->set_seed(seed);
    const auto streamed = Verify(request);
    EXPECT_THAT(streamed.status, IsOk());
    EXPECT_TRUE(streamed.messages.back().verdict().passed());
    return streamed.messages.back().verdict().loss();
  };
  const double first = loss(1);
  EXPECT_EQ(loss(1), first);
  EXPECT_NE(loss(2), first);

  // A model without a version has initial parameters alone; one with a version has them too.
  v1::CreateModelRequest create;
  create.set_model_id("untrained");
  *create.mutable_network() = XorNetwork();
  v1::CreateModelResponse created;
  ASSERT_THAT(server_.Call(&v1::ModelService::Stub::CreateModel, create, &created), IsOk());
  request = OfModel("models/untrained");
  EXPECT_THAT(Verify(request).status, HasReason("MODEL_NOT_TRAINED"));
  request.mutable_point()->set_fresh(true);
  EXPECT_EQ(loss(1), first);
  TrainXor(server_, "xor");
  request = OfModel("models/xor");
  const double trained = loss(1);
  request.mutable_point()->set_fresh(true);
  EXPECT_NE(loss(1), trained);
}

TEST_F(VerifyGradientsTest, ScalingIsMeasuredForAFreshNetwork) {
  v1::VerifyGradientsRequest request = OfDescription();
  request.mutable_point()
      ->mutable_description()
      ->add_inputs()
      ->mutable_scaling()
      ->mutable_standardize();
  const auto streamed = Verify(request);
  ASSERT_THAT(streamed.status, IsOk());
  EXPECT_TRUE(streamed.messages.back().verdict().passed());
}

TEST_F(VerifyGradientsTest, TellsHowFarItIsAndStopsWhenLeft) {
  v1::VerifyGradientsRequest request = OfDescription();
  *request.mutable_point()->mutable_description() = XorNetwork(/*hidden=*/20'000);
  request.set_samples_per_tensor(1'000'000);
  grpc::ClientContext context;
  const auto stub = server_.stub<v1::AnalysisService>();
  const auto reader = stub->VerifyGradients(&context, request);
  v1::VerifyGradientsResponse response;
  ASSERT_TRUE(reader->Read(&response));
  ASSERT_TRUE(response.has_progress());
  EXPECT_GT(response.progress().evaluations_done(), 0);
  EXPECT_GT(response.progress().evaluations(), 200'000);
  context.TryCancel();
  while (reader->Read(&response)) {
  }
  EXPECT_THAT(reader->Finish(), StatusIs(absl::StatusCode::kCancelled));
  EXPECT_TRUE(server_.Serves());
}

TEST_F(VerifyGradientsTest, BadInputIsNamed) {
  TrainXor(server_, "xor");
  const auto refused = [&](const std::function<void(v1::VerifyGradientsRequest&)>& spoil) {
    v1::VerifyGradientsRequest request = OfModel("models/xor");
    spoil(request);
    return Verify(request).status;
  };
  EXPECT_THAT(refused([](auto&) {}), IsOk());
  EXPECT_THAT(refused([](auto& r) { r.clear_point(); }), HasViolation("point"));
  EXPECT_THAT(refused([](auto& r) { r.mutable_point()->set_model("xor"); }),
              HasViolation("point.model"));
  EXPECT_THAT(refused([](auto& r) { r.mutable_point()->set_model("models/none"); }),
              StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(refused([](auto& r) { r.mutable_point()->set_model("models/xor/versions/9"); }),
              StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(refused([](auto& r) { r.mutable_point()->mutable_description(); }),
              HasViolation("point.description.layers"));
  EXPECT_THAT(refused([](auto& r) {
                auto& n = *r.mutable_point()->mutable_description();
                n = XorNetwork();
                n.mutable_layers(0)->mutable_dense()->set_units(-1);
              }),
              HasViolation("point.description.layers[0].dense.units"));
  EXPECT_THAT(refused([](auto& r) { r.clear_data(); }), HasViolation("data"));
  EXPECT_THAT(refused([](auto& r) { r.mutable_data()->set_dataset("datasets/z"); }),
              StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(refused([](auto& r) { r.set_rows(0); }), HasViolation("rows"));
  EXPECT_THAT(refused([](auto& r) { r.set_rows(1025); }), HasViolation("rows"));
  EXPECT_THAT(refused([](auto& r) { r.set_samples_per_tensor(0); }),
              HasViolation("samples_per_tensor"));
  EXPECT_THAT(refused([](auto& r) { r.set_exact_tolerance(1); }), HasViolation("exact_tolerance"));
  EXPECT_THAT(refused([](auto& r) { r.set_difference_tolerance(-1); }),
              HasViolation("difference_tolerance"));
  EXPECT_THAT(
      refused([](auto& r) { r.set_float_tolerance(std::numeric_limits<double>::quiet_NaN()); }),
      HasViolation("float_tolerance"));
}

TEST_F(VerifyGradientsTest, APassThatTakesTooLongIsRefused) {
  v1::VerifyGradientsRequest request = OfDescription();
  v1::Network& network = *request.mutable_point()->mutable_description();
  network = XorNetwork(/*hidden=*/60'000);
  v1::Layer reshape;
  reshape.mutable_reshape()->add_shape(60'000);
  reshape.mutable_reshape()->add_shape(1);
  v1::Layer convolution;
  convolution.mutable_conv1d()->set_channels(1);
  convolution.mutable_conv1d()->set_kernel(30'000);
  v1::Layer pool;
  pool.mutable_global_average_pool();
  network.mutable_layers()->DeleteSubrange(1, network.layers_size() - 1);
  for (const v1::Layer& layer : {reshape, convolution, pool}) *network.add_layers() = layer;
  request.set_rows(1);
  const auto status = Verify(request).status;
  EXPECT_THAT(status, HasReason("VERIFICATION_TOO_LARGE"));
  EXPECT_THAT(status, HasViolation("rows"));
}

TEST_F(VerifyGradientsTest, WhatTakesTooMuchMemoryIsRefused) {
  v1::VerifyGradientsRequest request = OfDescription();
  *request.mutable_point()->mutable_description() = XorNetwork(/*hidden=*/16 << 20);
  EXPECT_THAT(Verify(request).status, StatusIs(absl::StatusCode::kResourceExhausted));
  *request.mutable_point()->mutable_description() = XorNetwork(/*hidden=*/1 << 20);
  EXPECT_THAT(Verify(request).status, HasReason("VERIFICATION_TOO_LARGE"));
  EXPECT_TRUE(server_.Serves());
  EXPECT_THAT(Verify(OfDescription()).status, IsOk());
}

}  // namespace
}  // namespace fnn::server
