#include "server/store/memory_model_store.h"

#include "gtest/gtest.h"
#include "tests/server/requests.h"
#include "tests/status_matchers.h"

namespace fnn::server {
namespace {

using fnn::testing::HasReason;
using fnn::testing::IsOk;
using fnn::testing::StatusIs;

core::Network Trained(int64_t width) {
  auto plan = core::Plan::Compile(XorNetwork(), width, core::FieldPath("network"));
  EXPECT_THAT(plan, IsOk());
  std::vector<float> parameters(static_cast<size_t>((*plan)->parameter_count()), 0.5F);
  return core::Network(*plan, std::move(parameters));
}

class MemoryModelStoreTest : public ::testing::Test {
 protected:
  absl::StatusOr<v1::ModelVersion> Publish(int64_t width = 2) {
    return store_.Publish("models/a", "runs/r", v1::EpochReport(), Trained(width), Reservation());
  }

  MemoryBudget budget_{100'000};
  MemoryModelStore store_{&budget_};
};

TEST_F(MemoryModelStoreTest, KeepsAModelUnderItsName) {
  ASSERT_THAT(store_.Create("a", XorNetwork(), 0), IsOk());
  EXPECT_THAT(store_.Create("a", XorNetwork(), 0), StatusIs(absl::StatusCode::kAlreadyExists));
  EXPECT_EQ(store_.Get("models/a")->network().layers_size(), 2);
  EXPECT_THAT(store_.Get("models/b"), StatusIs(absl::StatusCode::kNotFound));
  const absl::StatusOr<PinnedModel> made = store_.Create("", XorNetwork(), 0);
  ASSERT_THAT(made, IsOk());
  EXPECT_TRUE(made->model.name().starts_with("models/model-"));
  EXPECT_EQ(store_.List({}).items.size(), 2u);
}

TEST_F(MemoryModelStoreTest, VersionsCountFromOneAndNewestIsDefault) {
  ASSERT_THAT(store_.Create("a", XorNetwork(), 0), IsOk());
  EXPECT_THAT(store_.GetVersion({.model = "models/a", .version = {}}),
              HasReason("MODEL_NOT_TRAINED"));
  EXPECT_EQ(Publish()->name(), "models/a/versions/1");
  EXPECT_EQ(Publish()->name(), "models/a/versions/2");
  const auto newest = store_.GetVersion({.model = "models/a", .version = {}});
  ASSERT_THAT(newest, IsOk());
  EXPECT_EQ((*newest)->message.name(), "models/a/versions/2");
  EXPECT_EQ((*store_.GetVersion({.model = "models/a", .version = 1}))->message.name(),
            "models/a/versions/1");
  EXPECT_THAT(store_.GetVersion({.model = "models/a", .version = 3}),
              StatusIs(absl::StatusCode::kNotFound));
  EXPECT_EQ(store_.Get("models/a")->latest_version().name(), "models/a/versions/2");
}

TEST_F(MemoryModelStoreTest, TheFirstTrainingSetsTheInputsShape) {
  ASSERT_THAT(store_.Create("a", XorNetwork(), 0), IsOk());
  ASSERT_THAT(Publish(3), IsOk());
  const absl::StatusOr<v1::Model> model = store_.Get("models/a");
  ASSERT_THAT(model, IsOk());
  EXPECT_EQ(model->network().inputs(0).shape(0), 3);
  EXPECT_EQ(model->parameter_count(), 3 * 4 + 4 + 4 + 1);
  EXPECT_THAT(Publish(2), HasReason("MODEL_CHANGED"));
}

TEST_F(MemoryModelStoreTest, APinnedModelIsNotDeleted) {
  {
    const absl::StatusOr<PinnedModel> made = store_.Create("a", XorNetwork(), 0);
    ASSERT_THAT(made, IsOk());
    EXPECT_THAT(store_.Delete("models/a"), StatusIs(absl::StatusCode::kFailedPrecondition));
  }
  ASSERT_THAT(Publish(), IsOk());
  const auto version = store_.GetVersion({.model = "models/a", .version = {}});
  {
    const absl::StatusOr<PinnedModel> pinned = store_.Pin("models/a");
    EXPECT_THAT(store_.Delete("models/a"), HasReason("MODEL_IN_USE"));
  }
  EXPECT_THAT(store_.Delete("models/a"), IsOk());
  EXPECT_THAT(store_.Delete("models/a"), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(store_.Pin("models/a"), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_EQ((*version)->network.parameters().size(), 17u);  // Kept by who holds it.
  EXPECT_EQ(budget_.free(), budget_.total());
}

}  // namespace
}  // namespace fnn::server
