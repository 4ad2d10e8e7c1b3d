#include "server/storage/file_storage.h"

#include <memory>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/storage/checked_file.h"
#include "server/storage/memory_file_system.h"
#include "server/storage/posix_file_system.h"
#include "tests/server/storage/temporary_directory.h"
#include "tests/status_matchers.h"

namespace fnn::server {
namespace {

using fnn::testing::IsOk;
using fnn::testing::IsOkAndHolds;
using fnn::testing::StatusIs;
using fnn::testing::TemporaryDirectory;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::span<const std::byte> BytesOf(absl::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

// Over files of the host, and in memory.
class FileStorageTest : public ::testing::TestWithParam<const char*> {
 protected:
  FileStorageTest() {
    if (std::string(GetParam()) == "Memory") {
      files_ = std::make_unique<MemoryFileSystem>();
    } else {
      files_ = *PosixFileSystem::OpenRoot(directory_ / "data");
    }
    EXPECT_THAT(files_->CreateDirectory("d"), IsOk());
  }

  const TemporaryDirectory directory_;
  std::unique_ptr<FileSystem> files_;
};

INSTANTIATE_TEST_SUITE_P(All, FileStorageTest, ::testing::Values("Memory", "Posix"),
                         [](const auto& info) { return std::string(info.param); });

TEST_P(FileStorageTest, KeepsACheckedFileAndMapsIt) {
  std::string text;
  core::Storage storage;
  {
    const auto writer = NewCheckedStorage(files_.get(), "d/a", FileKind::kTable);
    ASSERT_THAT(writer, IsOk());
    for (int i = 0; i < 100'000; ++i) {
      const std::string part = std::to_string(i);
      text += part;
      ASSERT_THAT((*writer)->Append(BytesOf(part)), IsOk());
    }
    EXPECT_THAT(files_->Exists("d/a"), IsOkAndHolds(false));
    auto finished = (*writer)->Finish();
    ASSERT_THAT(finished, IsOk());
    storage = *std::move(finished);
  }
  EXPECT_EQ(storage.text(), text);
  EXPECT_EQ(storage.mapped(), !files_->in_memory());
  EXPECT_EQ(reinterpret_cast<uintptr_t>(storage.bytes().data()) % alignof(double), 0u);
  EXPECT_THAT(CheckedFileReader::Open(files_.get(), "d/a", FileKind::kTable), IsOk());
  EXPECT_THAT(files_->List("d"), IsOkAndHolds(ElementsAre("a")));
  // Who has it mapped keeps it.
  ASSERT_THAT(files_->Remove("d/a"), IsOk());
  EXPECT_EQ(storage.text(), text);
}

TEST_P(FileStorageTest, LeavesNothingUnfinished) {
  {
    const auto writer = NewCheckedStorage(files_.get(), "d/a", FileKind::kTable);
    ASSERT_THAT((*writer)->Append(BytesOf("abc")), IsOk());
  }
  EXPECT_THAT(files_->List("d"), IsOkAndHolds(IsEmpty()));
}

TEST_P(FileStorageTest, ScratchLeavesNothingAtAll) {
  core::Storage storage;
  {
    const auto writer = NewScratchStorage(files_.get(), "d/a");
    ASSERT_THAT(writer, IsOk());
    const std::string large(300'000, 'x');
    ASSERT_THAT((*writer)->Append(BytesOf("abc")), IsOk());
    ASSERT_THAT((*writer)->Append(BytesOf(large)), IsOk());
    ASSERT_THAT((*writer)->Append(BytesOf("def")), IsOk());
    auto finished = (*writer)->Finish();
    ASSERT_THAT(finished, IsOk());
    storage = *std::move(finished);
  }
  EXPECT_THAT(files_->List("d"), IsOkAndHolds(IsEmpty()));
  EXPECT_EQ(storage.text(), "abc" + std::string(300'000, 'x') + "def");
  EXPECT_THAT(NewScratchStorage(files_.get(), "none/a"), StatusIs(absl::StatusCode::kNotFound));
}

TEST_P(FileStorageTest, MapsAndReadsTheSame) {
  const auto file = files_->Create("d/a");
  ASSERT_THAT((*file)->Append("0123456789"), IsOk());
  EXPECT_EQ(files_->Map("d/a")->text(), "0123456789");
  EXPECT_EQ(files_->FileSystem::Map("d/a")->text(), "0123456789");
  EXPECT_FALSE(files_->FileSystem::Map("d/a")->mapped());
  EXPECT_THAT(files_->Map("d/b"), StatusIs(absl::StatusCode::kNotFound));
  ASSERT_THAT(files_->Create("d/empty"), IsOk());
  EXPECT_EQ(files_->Map("d/empty")->text(), "");
}

}  // namespace
}  // namespace fnn::server
