#include "core/data/table_writer.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <vector>

#include "core/base/errors.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/core/testing.h"
#include "tests/status_matchers.h"

namespace fnn::core {
namespace {

using fnn::testing::HasReason;
using fnn::testing::IsOk;
using fnn::testing::StatusIs;
using ::testing::HasSubstr;

TableWriter NewWriter(std::vector<std::string> names, ElementType type) {
  return {std::make_unique<MemoryStorageWriter>(), std::move(names), type};
}

// Whole numbers, with a half now and then where `type` can hold it.
std::vector<float> SomeValues(size_t count, ElementType type) {
  std::vector<float> values;
  for (size_t i = 0; i < count; ++i) {
    values.push_back(static_cast<float>(i * 37 % 256));
    if (type == ElementType::kFloat32) values.back() += 0.5F;
  }
  return values;
}

TEST(TableWriterTest, MakesTheSameTableInAnyPortions) {
  constexpr size_t kColumns = 3;
  constexpr size_t kRows = 50'000;
  for (const ElementType type : {ElementType::kFloat32, ElementType::kUint8}) {
    const std::vector<float> values = SomeValues(kRows * kColumns, type);
    TableWriter writer = NewWriter({"a", "b", "c"}, type);
    // In portions that know nothing of rows and blocks.
    for (size_t at = 0, size = 1; at < values.size(); at += size, size = size * 3 % 100'003) {
      ASSERT_THAT(writer.Append(std::span(values).subspan(at, std::min(size, values.size() - at))),
                  IsOk());
    }
    const auto table = std::move(writer).Finish();
    ASSERT_THAT(table, IsOk());
    const auto expected = Table::Create({"a", "b", "c"}, values);
    EXPECT_EQ((*table)->rows(), kRows);
    EXPECT_EQ((*table)->type(), type);
    EXPECT_EQ((*table)->names(), expected->names());
    EXPECT_EQ((*table)->digest(), expected->digest());
    EXPECT_FALSE((*table)->mapped());
    EXPECT_TRUE(std::ranges::equal((*table)->bytes(), expected->bytes()));
    for (size_t c = 0; c < kColumns; ++c) {
      EXPECT_EQ((*table)->statistics()[c].mean, expected->statistics()[c].mean);
      EXPECT_EQ((*table)->statistics()[c].max, expected->statistics()[c].max);
    }
    EXPECT_EQ((*table)->memory_bytes(), expected->memory_bytes());
  }
}

TEST(TableWriterTest, MappedValuesAreNoMemoryOfThisProcess) {
  const auto values = std::make_shared<const std::vector<float>>(1000, 0.5F);
  const Storage storage(values, std::as_bytes(std::span(*values)), /*mapped=*/true);
  const auto table = Table::Create(Table::Create({"a"}, *values)->description(),
                                   ElementType::kFloat32, storage.After(400));
  EXPECT_EQ(table->rows(), 900);
  EXPECT_EQ(table->size_bytes() - table->memory_bytes(), 3600);
}

TEST(TableWriterTest, CategoriesGoWithTheTable) {
  for (const bool any : {true, false}) {
    TableWriter writer = NewWriter({"a", "b"}, ElementType::kUint8);
    writer.SetCategories(
        {{}, any ? std::vector<std::string>{"x", "y"} : std::vector<std::string>()});
    ASSERT_THAT(writer.Append(std::vector<float>{7, 1}), IsOk());
    const auto table = std::move(writer).Finish();
    ASSERT_THAT(table, IsOk());
    EXPECT_EQ((*table)->categories(1).size(), any ? 2u : 0u);
    EXPECT_TRUE((*table)->categories(0).empty());
  }
}

TEST(TableWriterTest, RefusesWhatTheTypeCantHold) {
  for (const float value : {-1.0F, 256.0F, 0.5F, -0.0F}) {
    TableWriter writer = NewWriter({"a", "b"}, ElementType::kUint8);
    ASSERT_THAT(writer.Append(std::vector<float>{1, 2, 3}), IsOk());
    const absl::Status status = writer.Append(std::vector<float>{4, 5, value});
    EXPECT_THAT(status, StatusIs(absl::StatusCode::kInvalidArgument));
    EXPECT_THAT(status.message(), HasSubstr("row 2, column 1"));
  }
  TableWriter writer = NewWriter({"a"}, ElementType::kFloat32);
  EXPECT_THAT(writer.Append(std::vector<float>{std::nanf("")}),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(TableWriterTest, RefusesHalfARow) {
  for (const size_t count : {0, 3}) {
    TableWriter writer = NewWriter({"a", "b"}, ElementType::kUint8);
    ASSERT_THAT(writer.Append(std::vector<float>(count)), IsOk());
    EXPECT_THAT(std::move(writer).Finish(), StatusIs(absl::StatusCode::kInvalidArgument));
  }
}

// Takes some bytes, and then says that the disk is full.
class FullWriter final : public StorageWriter {
 public:
  absl::Status Append(std::span<const std::byte> bytes) override {
    taken_ += bytes.size();
    return taken_ <= 100'000 ? absl::OkStatus() : Full();
  }
  absl::StatusOr<Storage> Finish() override { return Full(); }

 private:
  static absl::Status Full() {
    return MakeError(absl::StatusCode::kResourceExhausted, "DISK_FULL", "no room");
  }
  size_t taken_ = 0;
};

TEST(TableWriterTest, AFullDiskIsAStatus) {
  for (const size_t values : {size_t{1000}, size_t{100'000}}) {
    TableWriter writer(std::make_unique<FullWriter>(), {"a"}, ElementType::kFloat32);
    absl::Status status = writer.Append(std::vector<float>(values));
    EXPECT_EQ(status.ok(), values == 1000);
    if (status.ok()) status = std::move(writer).Finish().status();
    EXPECT_THAT(status, HasReason("DISK_FULL"));
  }
}

}  // namespace
}  // namespace fnn::core
