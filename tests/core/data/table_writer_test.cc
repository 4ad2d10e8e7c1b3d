#include "core/data/table_writer.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <csignal>
#include <filesystem>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/core/testing.h"
#include "tests/status_matchers.h"

namespace fnn::core {
namespace {

using fnn::testing::IsOk;
using fnn::testing::StatusIs;
using ::testing::HasSubstr;

class TableWriterTest : public ::testing::Test {
 protected:
  TableWriterTest() { std::filesystem::create_directories(folder_); }
  ~TableWriterTest() override { std::filesystem::remove_all(folder_); }

  std::string Path() const { return (folder_ / "table").string(); }

  const std::filesystem::path folder_ =
      std::filesystem::path(::testing::TempDir()) / ("fnn-" + std::to_string(getpid()));
};

// Whole numbers, with a half now and then where `type` can hold it.
std::vector<float> SomeValues(size_t count, ElementType type) {
  std::vector<float> values;
  for (size_t i = 0; i < count; ++i) {
    values.push_back(static_cast<float>(i * 37 % 256));
    if (type == ElementType::kFloat32) values.back() += 0.5F;
  }
  return values;
}

TEST_F(TableWriterTest, MakesTheTableThatMemoryWould) {
  constexpr size_t kColumns = 3;
  constexpr size_t kRows = 500'000;  // Of floats, more than the buffer holds, six times over.
  for (const ElementType type : {ElementType::kFloat32, ElementType::kUint8}) {
    const std::vector<float> values = SomeValues(kRows * kColumns, type);
    auto writer = TableWriter::Create(Path(), {"a", "b", "c"}, type);
    ASSERT_THAT(writer, IsOk());
    // In portions that know nothing of rows and blocks.
    for (size_t at = 0, size = 1; at < values.size(); at += size, size = size * 3 % 1'000'003) {
      ASSERT_THAT(writer->Append(std::span(values).subspan(at, std::min(size, values.size() - at))),
                  IsOk());
    }
    const auto table = std::move(*writer).Finish();
    ASSERT_THAT(table, IsOk());
    const auto expected = Table::Create({"a", "b", "c"}, values);
    EXPECT_EQ((*table)->rows(), kRows);
    EXPECT_EQ((*table)->type(), type);
    EXPECT_EQ((*table)->names(), expected->names());
    EXPECT_EQ((*table)->digest(), expected->digest());
    EXPECT_TRUE(std::ranges::equal((*table)->bytes(), expected->bytes()));
    for (size_t c = 0; c < kColumns; ++c) {
      EXPECT_EQ((*table)->statistics()[c].mean, expected->statistics()[c].mean);
      EXPECT_EQ((*table)->statistics()[c].max, expected->statistics()[c].max);
    }
    EXPECT_EQ((*table)->size_bytes(), expected->size_bytes());
    EXPECT_LT((*table)->memory_bytes(), 1000);
  }
}

TEST_F(TableWriterTest, MakesTheSameTableInMemory) {
  for (const ElementType type : {ElementType::kFloat32, ElementType::kUint8}) {
    const std::vector<float> values = SomeValues(30'000, type);
    TableWriter writer = TableWriter::InMemory({"a", "b", "c"}, type, 10'000);
    ASSERT_THAT(writer.Append(std::span(values).first(1)), IsOk());
    ASSERT_THAT(writer.Append(std::span(values).subspan(1)), IsOk());
    const auto table = std::move(writer).Finish();
    ASSERT_THAT(table, IsOk());
    const auto expected = Table::Create({"a", "b", "c"}, values);
    EXPECT_EQ((*table)->type(), type);
    EXPECT_FALSE((*table)->mapped());
    EXPECT_EQ((*table)->digest(), expected->digest());
    EXPECT_TRUE(std::ranges::equal((*table)->bytes(), expected->bytes()));
    EXPECT_EQ((*table)->memory_bytes(), expected->memory_bytes());
  }
}

TEST_F(TableWriterTest, CategoriesGoWithTheTable) {
  for (const bool any : {true, false}) {
    TableWriter writer = TableWriter::InMemory({"a", "b"}, ElementType::kUint8, 1);
    writer.SetCategories(
        {{}, any ? std::vector<std::string>{"x", "y"} : std::vector<std::string>()});
    ASSERT_THAT(writer.Append(std::vector<float>{7, 1}), IsOk());
    const auto table = std::move(writer).Finish();
    ASSERT_THAT(table, IsOk());
    EXPECT_EQ((*table)->categories(1).size(), any ? 2u : 0u);
    EXPECT_TRUE((*table)->categories(0).empty());
    const auto mapped = MapTable(**table, Path());
    ASSERT_THAT(mapped, IsOk());
    EXPECT_EQ((*mapped)->categories(1).size(), any ? 2u : 0u);
  }
}

TEST_F(TableWriterTest, NothingIsLeftInTheFolder) {
  auto writer = TableWriter::Create(Path(), {"a"}, ElementType::kFloat32);
  ASSERT_THAT(writer, IsOk());
  EXPECT_TRUE(std::filesystem::is_empty(folder_));
}

TEST_F(TableWriterTest, MapTableMovesTheValues) {
  const auto table = Table::Create({"a", "b"}, {1, 2, 3, 4.5});
  const auto mapped = MapTable(*table, Path());
  ASSERT_THAT(mapped, IsOk());
  EXPECT_TRUE((*mapped)->mapped());
  EXPECT_EQ(Values(**mapped), Values(*table));
  EXPECT_EQ((*mapped)->digest(), table->digest());
  EXPECT_EQ((*mapped)->size_bytes(), table->size_bytes());
  EXPECT_EQ((*mapped)->memory_bytes(), table->memory_bytes() - 16);
}

TEST_F(TableWriterTest, RefusesWhatTheTypeCantHold) {
  for (const float value : {-1.0F, 256.0F, 0.5F, -0.0F}) {
    auto writer = TableWriter::Create(Path(), {"a", "b"}, ElementType::kUint8);
    ASSERT_THAT(writer, IsOk());
    ASSERT_THAT(writer->Append(std::vector<float>{1, 2, 3}), IsOk());
    const absl::Status status = writer->Append(std::vector<float>{4, 5, value});
    EXPECT_THAT(status, StatusIs(absl::StatusCode::kInvalidArgument));
    EXPECT_THAT(status.message(), HasSubstr("row 2, column 1"));
  }
  auto writer = TableWriter::Create(Path(), {"a"}, ElementType::kFloat32);
  ASSERT_THAT(writer, IsOk());
  EXPECT_THAT(writer->Append(std::vector<float>{std::nanf("")}),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(TableWriterTest, RefusesHalfARow) {
  for (const size_t count : {0, 3}) {
    auto writer = TableWriter::Create(Path(), {"a", "b"}, ElementType::kUint8);
    ASSERT_THAT(writer, IsOk());
    ASSERT_THAT(writer->Append(std::vector<float>(count)), IsOk());
    EXPECT_THAT(std::move(*writer).Finish(), StatusIs(absl::StatusCode::kInvalidArgument));
  }
}

TEST_F(TableWriterTest, AFolderThatIsNotThereIsAStatus) {
  EXPECT_THAT(TableWriter::Create((folder_ / "no" / "table").string(), {"a"}, ElementType::kUint8),
              StatusIs(absl::StatusCode::kUnavailable));
}

TEST_F(TableWriterTest, AFullDiskIsAStatus) {
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  const rlimit small{.rlim_cur = 100'000, .rlim_max = before.rlim_max};
  setrlimit(RLIMIT_FSIZE, &small);
  auto writer = TableWriter::Create(Path(), {"a"}, ElementType::kFloat32);
  absl::Status status = writer->Append(std::vector<float>(30'000));
  if (status.ok()) status = std::move(*writer).Finish().status();
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_THAT(status.message(), HasSubstr("after 100000 bytes"));
  EXPECT_EQ(Reason(status), "DISK_FULL");
}

}  // namespace
}  // namespace fnn::core
