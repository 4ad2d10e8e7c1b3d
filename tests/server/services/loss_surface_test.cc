// AnalysisService.ComputeLossSurface over loopback.

#include <algorithm>
#include <functional>
#include <vector>

#include "gtest/gtest.h"
#include "tests/server/testing.h"
#include "tests/status_matchers.h"

namespace fnn::server {
namespace {

using fnn::testing::HasReason;
using fnn::testing::HasViolation;
using fnn::testing::IsOk;
using fnn::testing::StatusIs;

class LossSurfaceTest : public ::testing::Test {
 protected:
  static v1::ComputeLossSurfaceRequest OfXor(int64_t points) {
    v1::ComputeLossSurfaceRequest request;
    *request.mutable_point()->mutable_description() = XorNetwork();
    *request.mutable_data()->mutable_inline_() = XorData();
    request.mutable_x()->set_points(points);
    request.mutable_y()->set_points(points);
    return request;
  }
  auto Compute(const v1::ComputeLossSurfaceRequest& request) {
    grpc::ClientContext context;
    return ReadAll(*server_.stub<v1::AnalysisService>()->ComputeLossSurface(&context, request));
  }

  TestServer server_;
};

TEST_F(LossSurfaceTest, TheFrameThenEachRow) {
  TrainXor(server_, "xor");
  v1::ComputeLossSurfaceRequest request = OfXor(7);
  request.mutable_point()->set_model("models/xor");
  const auto streamed = Compute(request);
  ASSERT_THAT(streamed.status, IsOk());
  ASSERT_EQ(streamed.messages.size(), 8u);
  EXPECT_EQ(streamed.messages[0].frame().rows(), 4);
  EXPECT_EQ(streamed.messages[0].frame().losses_size(), 1);
  for (int i = 0; i < 7; ++i) {
    EXPECT_EQ(streamed.messages[i + 1].row().index(), i);
    EXPECT_EQ(streamed.messages[i + 1].row().values(0).loss_size(), 7);
  }
}

TEST_F(LossSurfaceTest, AroundATraining) {
  v1::ComputeLossSurfaceRequest request = OfXor(5);
  request.mutable_training()->set_epochs(20);
  request.set_directions(v1::SURFACE_DIRECTIONS_PRINCIPAL);
  const auto streamed = Compute(request);
  ASSERT_THAT(streamed.status, IsOk());
  const auto frame = std::find_if(streamed.messages.begin(), streamed.messages.end(),
                                  [](const auto& m) { return m.has_frame(); });
  ASSERT_NE(frame, streamed.messages.end());
  EXPECT_EQ(frame->frame().trajectory_size(), 21);
  // Nothing of it is kept.
  v1::ListModelsResponse models;
  ASSERT_THAT(server_.Call(&v1::ModelService::Stub::ListModels, {}, &models), IsOk());
  EXPECT_EQ(models.models_size(), 0);
}

TEST_F(LossSurfaceTest, TellsOfTheTrainingAndStopsWhenLeft) {
  v1::ComputeLossSurfaceRequest request = OfXor(5);
  request.mutable_training()->set_epochs(5000);
  v1::InlineData& data = *request.mutable_data()->mutable_inline_();
  *data.mutable_features() = FloatTensor({20'000, 2}, std::vector<float>(40'000, 0.3F));
  *data.mutable_targets() = FloatTensor({20'000}, std::vector<float>(20'000, 1));
  grpc::ClientContext context;
  const auto stub = server_.stub<v1::AnalysisService>();
  const auto reader = stub->ComputeLossSurface(&context, request);
  v1::ComputeLossSurfaceResponse response;
  ASSERT_TRUE(reader->Read(&response));
  ASSERT_TRUE(response.has_progress());
  EXPECT_EQ(response.progress().epochs(), 5000);
  context.TryCancel();
  while (reader->Read(&response)) {
  }
  EXPECT_THAT(reader->Finish(), StatusIs(absl::StatusCode::kCancelled));
  EXPECT_TRUE(server_.Serves());
}

TEST_F(LossSurfaceTest, BadInputIsNamed) {
  const auto refused = [&](const std::function<void(v1::ComputeLossSurfaceRequest&)>& spoil) {
    v1::ComputeLossSurfaceRequest request = OfXor(3);
    spoil(request);
    return Compute(request).status;
  };
  EXPECT_THAT(refused([](auto&) {}), IsOk());
  EXPECT_THAT(refused([](auto& r) { r.clear_point(); }), HasViolation("point"));
  EXPECT_THAT(refused([](auto& r) { r.mutable_point()->set_model("models/none"); }),
              StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(refused([](auto& r) { r.clear_data(); }), HasViolation("data"));
  EXPECT_THAT(refused([](auto& r) { r.mutable_x()->set_points(1); }), HasViolation("x.points"));
  EXPECT_THAT(refused([](auto& r) { r.mutable_y()->set_low(5); }), HasViolation("y.high"));
  EXPECT_THAT(refused([](auto& r) { r.set_rows(-1); }), HasViolation("rows"));
  EXPECT_THAT(refused([](auto& r) { r.add_losses(); }), HasViolation("losses[0]"));
  EXPECT_THAT(refused([](auto& r) { r.set_directions(v1::SURFACE_DIRECTIONS_TRAINING); }),
              HasViolation("training"));
  EXPECT_THAT(refused([](auto& r) { r.mutable_training()->set_epochs(0); }),
              HasViolation("training.epochs"));
}

TEST_F(LossSurfaceTest, WhatTakesTooMuchMemoryIsRefused) {
  v1::ComputeLossSurfaceRequest request = OfXor(3);
  *request.mutable_point()->mutable_description() = XorNetwork(/*hidden=*/1 << 16);
  request.mutable_training()->set_epochs(1'000'000);
  EXPECT_THAT(Compute(request).status, HasReason("SURFACE_TOO_LARGE"));
  EXPECT_TRUE(server_.Serves());
  EXPECT_THAT(Compute(OfXor(3)).status, IsOk());
}

}  // namespace
}  // namespace fnn::server
