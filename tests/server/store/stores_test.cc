#include "server/store/stores.h"

#include "gtest/gtest.h"
#include "tests/server/requests.h"
#include "tests/server/storage/temporary_directory.h"
#include "tests/server/store/trained.h"
#include "tests/status_matchers.h"

namespace fnn::server {
namespace {

using fnn::testing::HasReason;
using fnn::testing::IsOk;
using fnn::testing::StatusIs;
using fnn::testing::TemporaryDirectory;

TEST(StoresTest, ADirectoryKeepsWhatIsInIt) {
  const TemporaryDirectory directory;
  const std::string path = directory / "made/here";
  MemoryBudget budget(1'000'000);
  {
    const auto stores = Stores::Open({.directory = path, .address = "127.0.0.1:1"}, &budget);
    ASSERT_THAT(stores, IsOk());
    EXPECT_FALSE((*stores)->files()->in_memory());
    const Store store = (*stores)->store();
    ASSERT_THAT(store.models->Create({.id = "a", .network = XorNetwork()}), IsOk());
    ASSERT_THAT(
        store.models->Publish("models/a",
                              {.epoch = {}, .provenance = {}, .network = Trained(), .memory = {}}),
        IsOk());
    absl::StatusOr<RequestClaim> claim =
        store.requests->Claim("CreateModel", "r1", "d", core::FieldPath("request_id"));
    ASSERT_THAT(claim, IsOk());
    CatalogueBatch batch;
    claim->Record({"models/a", ""}, batch);
    ASSERT_THAT(store.catalogue->Commit(batch), IsOk());
    claim->Keep();
    (*stores)->SetAddress("127.0.0.1:50051");
    const auto second = Stores::Open({.directory = path, .address = "127.0.0.1:2"}, &budget);
    EXPECT_THAT(second, HasReason("DATA_DIRECTORY_IN_USE"));
    EXPECT_NE(second.status().message().find("127.0.0.1:50051"), absl::string_view::npos);
  }
  EXPECT_EQ(budget.free(), budget.total());
  const auto stores = Stores::Open({.directory = path, .address = "127.0.0.1:1"}, &budget);
  ASSERT_THAT(stores, IsOk());
  const Store store = (*stores)->store();
  EXPECT_EQ((*store.models->GetVersion({.model = "models/a"}))->network.parameters(),
            Trained().parameters());
  EXPECT_EQ(store.requests->Claim("CreateModel", "r1", "d", core::FieldPath())->made()->name,
            "models/a");
  (*stores)->Sweep();
}

TEST(StoresTest, WithoutADirectoryAllIsInMemory) {
  MemoryBudget budget(1'000'000);
  {
    const auto stores = Stores::Open({}, &budget);
    ASSERT_THAT(stores, IsOk());
    EXPECT_TRUE((*stores)->files()->in_memory());
    EXPECT_THAT((*stores)->store().models->Create({.id = "a", .network = XorNetwork()}), IsOk());
  }
  const auto stores = Stores::Open({}, &budget);
  ASSERT_THAT(stores, IsOk());
  EXPECT_THAT((*stores)->store().models->Get("models/a"), StatusIs(absl::StatusCode::kNotFound));
}

TEST(StoresTest, ADirectoryThatCantBeHadIsNamed) {
  MemoryBudget budget(1'000'000);
  EXPECT_THAT(Stores::Open({.directory = "/proc/nowhere"}, &budget),
              HasReason("DATA_DIRECTORY_NOT_AVAILABLE"));
}

}  // namespace
}  // namespace fnn::server
