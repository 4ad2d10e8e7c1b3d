#include "server/storage/posix_file_system.h"

#include <sys/stat.h>

#include <filesystem>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/server/storage/temporary_directory.h"
#include "tests/status_matchers.h"

namespace fnn::server {
namespace {

using fnn::testing::HasReason;
using fnn::testing::IsOk;
using fnn::testing::IsOkAndHolds;
using fnn::testing::StatusIs;
using fnn::testing::TemporaryDirectory;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class PosixFileSystemTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto fs = PosixFileSystem::OpenRoot(directory_ / "data");
    ASSERT_THAT(fs, IsOk());
    fs_ = *std::move(fs);
  }

  void Write(absl::string_view path, absl::string_view bytes) {
    const auto file = fs_->Create(path);
    ASSERT_THAT(file, IsOk());
    ASSERT_THAT((*file)->Append(bytes), IsOk());
    ASSERT_THAT((*file)->Sync(), IsOk());
    ASSERT_THAT((*file)->Close(), IsOk());
  }

  std::string Read(absl::string_view path) {
    const auto file = fs_->Open(path);
    EXPECT_THAT(file, IsOk());
    if (!file.ok()) return "";
    std::string bytes((*file)->size().value_or(0) + 10, '?');
    const auto size = (*file)->ReadAt(0, std::as_writable_bytes(std::span(bytes)));
    EXPECT_THAT(size, IsOk());
    bytes.resize(size.value_or(0));
    return bytes;
  }

  TemporaryDirectory directory_;
  std::unique_ptr<PosixFileSystem> fs_;
};

TEST_F(PosixFileSystemTest, MakesTheDataDirectoryForItsOwnerAlone) {
  struct stat info;
  ASSERT_EQ(stat((directory_ / "data").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0700u);
  EXPECT_THAT(PosixFileSystem::OpenRoot(directory_ / "data"), IsOk());
  const auto missing = PosixFileSystem::OpenRoot(directory_ / "no/data");
  EXPECT_THAT(missing, StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(std::string(missing.status().message()), Not(HasSubstr(directory_.path())));
}

TEST_F(PosixFileSystemTest, WritesAndReads) {
  const auto file = fs_->Create("a");
  ASSERT_THAT(file, IsOk());
  EXPECT_THAT((*file)->Append("0123456789"), IsOk());
  EXPECT_THAT((*file)->Overwrite(2, std::as_bytes(std::span("xy", 2))), IsOk());
  EXPECT_THAT((*file)->Overwrite(9, std::as_bytes(std::span("xy", 2))), Not(IsOk()));
  EXPECT_EQ((*file)->size(), 10u);
  EXPECT_THAT((*file)->Truncate(8), IsOk());
  EXPECT_THAT((*file)->Truncate(9), Not(IsOk()));
  EXPECT_THAT((*file)->Append("ab"), IsOk());
  EXPECT_THAT((*file)->Sync(), IsOk());
  EXPECT_EQ(Read("a"), "01xy4567ab");

  const auto again = fs_->OpenForAppend("a");
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ((*again)->size(), 10u);
  EXPECT_THAT((*again)->Append("cd"), IsOk());
  EXPECT_EQ(Read("a"), "01xy4567abcd");

  char part[4];
  const auto reader = fs_->Open("a");
  ASSERT_THAT(reader, IsOk());
  EXPECT_THAT((*reader)->ReadAt(10, std::as_writable_bytes(std::span(part))), IsOkAndHolds(2u));
  EXPECT_THAT((*reader)->ReadAt(99, std::as_writable_bytes(std::span(part))), IsOkAndHolds(0u));

  Write("a", "new");
  EXPECT_EQ(Read("a"), "new");
}

TEST_F(PosixFileSystemTest, NamesFiles) {
  ASSERT_THAT(fs_->CreateDirectory("runs"), IsOk());
  ASSERT_THAT(fs_->CreateDirectory("runs"), IsOk());
  Write("runs/b", "b");
  Write("runs/a", "a");
  EXPECT_THAT(fs_->List("runs"), IsOkAndHolds(ElementsAre("a", "b")));
  EXPECT_THAT(fs_->List(""), IsOkAndHolds(ElementsAre("runs")));
  EXPECT_THAT(fs_->Rename("runs/a", "runs/b"), IsOk());
  EXPECT_EQ(Read("runs/b"), "a");
  EXPECT_THAT(fs_->Exists("runs/a"), IsOkAndHolds(false));
  EXPECT_THAT(fs_->Exists("runs/b"), IsOkAndHolds(true));
  EXPECT_THAT(fs_->SyncDirectory("runs"), IsOk());
  EXPECT_THAT(fs_->SyncDirectory(""), IsOk());
  EXPECT_THAT(fs_->Remove("runs/b"), IsOk());
  EXPECT_THAT(fs_->List("runs"), IsOkAndHolds(ElementsAre()));
}

TEST_F(PosixFileSystemTest, ErrorsNameTheFileAndNoPathOfTheHost) {
  Write("file", "");
  const absl::Status statuses[] = {
      fs_->Open("none").status(),     fs_->OpenForAppend("none").status(),
      fs_->Create("none/a").status(), fs_->CreateDirectory("none/a"),
      fs_->Rename("none", "a"),       fs_->Remove("none"),
      fs_->SyncDirectory("none"),     fs_->List("none").status(),
  };
  for (const absl::Status& status : statuses) {
    EXPECT_THAT(status, HasReason("FILE_NOT_FOUND"));
    EXPECT_THAT(std::string(status.message()), HasSubstr("none"));
    EXPECT_THAT(std::string(status.message()), Not(HasSubstr(directory_.path())));
  }
  for (const absl::Status& status :
       {fs_->CreateDirectory("file"), fs_->Create("file/a").status(), fs_->Remove("")}) {
    EXPECT_THAT(status, StatusIs(absl::StatusCode::kUnavailable));
    EXPECT_THAT(status, HasReason("DISK_FAULT"));
  }
}

TEST_F(PosixFileSystemTest, AFullDiskIsResourceExhausted) {
  const auto devices = PosixFileSystem::OpenRoot("/dev");
  ASSERT_THAT(devices, IsOk());
  const auto full = (*devices)->OpenForAppend("full");
  ASSERT_THAT(full, IsOk());
  for (int i = 0; i < 2; ++i) {
    const absl::Status status = (*full)->Append("x");
    EXPECT_THAT(status, StatusIs(absl::StatusCode::kResourceExhausted));
    EXPECT_THAT(status, HasReason("DISK_FULL"));
    EXPECT_THAT(std::string(status.message()), HasSubstr("can't write full"));
  }
}

TEST(DirectoryOf, IsThePathBeforeTheLastName) {
  EXPECT_EQ(DirectoryOf("runs/1.log"), "runs");
  EXPECT_EQ(DirectoryOf("a/b/c"), "a/b");
  EXPECT_EQ(DirectoryOf("LOCK"), "");
}

}  // namespace
}  // namespace fnn::server
