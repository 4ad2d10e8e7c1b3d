#include "server/store/memory_dataset_store.h"

#include <unistd.h>

#include <filesystem>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/status_matchers.h"

namespace fnn::server {
namespace {

using fnn::testing::IsOk;
using fnn::testing::StatusIs;
using ::testing::ElementsAre;

class MemoryDatasetStoreTest : public ::testing::Test {
 protected:
  absl::StatusOr<v1::Dataset> Create(const std::string& name) {
    return store_.Create(name, core::Table::Create({"x", "y"}, {1, 2, 3, 4}), *budget_.Reserve(0));
  }

  MemoryBudget budget_{100'000};
  MemoryDatasetStore store_;
};

TEST_F(MemoryDatasetStoreTest, DescribesWhatItKeeps) {
  const absl::StatusOr<v1::Dataset> dataset = Create("datasets/a");
  ASSERT_THAT(dataset, IsOk());
  EXPECT_EQ(dataset->rows(), 2);
  ASSERT_EQ(dataset->columns_size(), 2);
  EXPECT_EQ(dataset->columns(1).name(), "y");
  EXPECT_EQ(dataset->columns(1).mean(), 3);
  EXPECT_TRUE(dataset->columns(1).integral());
  EXPECT_GE(dataset->size_bytes(), 4);
  EXPECT_FALSE(dataset->uid().empty());
  EXPECT_TRUE(dataset->has_create_time());
  EXPECT_EQ(store_.Get("datasets/a")->uid(), dataset->uid());
  EXPECT_EQ(store_.List({}).items.size(), 1u);
}

TEST_F(MemoryDatasetStoreTest, SaysWhatTheNumbersOfAColumnStandFor) {
  Reservation memory = *budget_.Reserve(0);
  auto writer = store_.NewTable({"color", "n"}, core::ElementType::kUint8, 1, memory);
  ASSERT_THAT(writer, IsOk());
  writer->SetCategories({{"blue", "red"}, {}});
  ASSERT_THAT(writer->Append(std::vector<float>{1, 7}), IsOk());
  const auto table = std::move(*writer).Finish();
  ASSERT_THAT(table, IsOk());
  const absl::StatusOr<v1::Dataset> dataset =
      store_.Create("datasets/a", *table, std::move(memory));
  ASSERT_THAT(dataset, IsOk());
  EXPECT_THAT(dataset->columns(0).categories(), ElementsAre("blue", "red"));
  EXPECT_EQ(dataset->columns(1).categories_size(), 0);
}

TEST_F(MemoryDatasetStoreTest, ANewTableIsAccountedForBeforeItIsMade) {
  Reservation memory = *budget_.Reserve(1'000);
  absl::StatusOr<core::TableWriter> writer =
      store_.NewTable({"x", "y"}, core::ElementType::kFloat32, 2, memory);
  ASSERT_THAT(writer, IsOk());
  EXPECT_EQ(memory.bytes(), 1'016);
  ASSERT_THAT(writer->Append(std::vector<float>{1, 2, 3, 4.5}), IsOk());
  const auto table = std::move(*writer).Finish();
  ASSERT_THAT(table, IsOk());
  EXPECT_EQ(store_.Create("datasets/a", *table, std::move(memory))->digest(), (*table)->digest());
  for (const int64_t rows : {int64_t{100'000}, INT64_MAX}) {
    Reservation none = *budget_.Reserve(0);
    EXPECT_THAT(store_.NewTable({"x"}, core::ElementType::kUint8, rows, none),
                StatusIs(absl::StatusCode::kResourceExhausted));
    EXPECT_EQ(none.bytes(), 0);
  }
}

TEST_F(MemoryDatasetStoreTest, ATakenNameIsRefused) {
  ASSERT_THAT(Create("datasets/a"), IsOk());
  EXPECT_THAT(Create("datasets/a"), StatusIs(absl::StatusCode::kAlreadyExists));
  EXPECT_THAT(store_.CheckFree("datasets/a"), StatusIs(absl::StatusCode::kAlreadyExists));
  EXPECT_THAT(store_.CheckFree("datasets/b"), IsOk());
}

TEST_F(MemoryDatasetStoreTest, WhoUsesADeletedOneKeepsIt) {
  ASSERT_THAT(Create("datasets/a"), IsOk());
  absl::StatusOr<std::shared_ptr<const core::Table>> table = store_.GetTable("datasets/a");
  ASSERT_THAT(table, IsOk());
  EXPECT_THAT(store_.Delete("datasets/a"), IsOk());
  EXPECT_THAT(store_.Get("datasets/a"), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(store_.Delete("datasets/a"), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_EQ((*table)->at(1, 1), 4);
  EXPECT_LT(budget_.free(), budget_.total());  // Still accounted for.
  table->reset();
  EXPECT_EQ(budget_.free(), budget_.total());
}

TEST_F(MemoryDatasetStoreTest, TheBudgetLimitsThem) {
  MemoryBudget small(100);
  EXPECT_THAT(store_.Create("datasets/a", core::Table::Create({"x"}, {1}), *small.Reserve(0)),
              StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_EQ(small.free(), 100);
}

TEST_F(MemoryDatasetStoreTest, MappedValuesDontCountAgainstTheBudget) {
  const std::filesystem::path folder =
      std::filesystem::path(::testing::TempDir()) / ("fnn-datasets-" + std::to_string(getpid()));
  std::filesystem::create_directories(folder);
  MemoryDatasetStore store(folder.string());
  const std::vector<float> values(200'000, 0.5F);
  const absl::StatusOr<v1::Dataset> dataset =
      store.Create("datasets/a", core::Table::Create({"x"}, values), *budget_.Reserve(0));
  EXPECT_THAT(dataset, IsOk());
  EXPECT_GE(dataset->size_bytes(), 800'000);
  EXPECT_GT(budget_.free(), budget_.total() - 10'000);
  EXPECT_EQ((*store.GetTable("datasets/a"))->at(199'999, 0), 0.5);
  EXPECT_TRUE(std::filesystem::is_empty(folder));  // Nothing can be left behind.
  // In memory they are too many.
  EXPECT_THAT(store_.Create("datasets/a", core::Table::Create({"x"}, values), *budget_.Reserve(0)),
              StatusIs(absl::StatusCode::kResourceExhausted));

  std::filesystem::remove_all(folder);
  EXPECT_THAT(store.Create("datasets/b", core::Table::Create({"x"}, {1}), *budget_.Reserve(0)),
              StatusIs(absl::StatusCode::kUnavailable));
}

}  // namespace
}  // namespace fnn::server
