#include "server/storage/memory_file_system.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/status_matchers.h"

namespace fnn::server {
namespace {

using fnn::testing::HasReason;
using fnn::testing::IsOk;
using fnn::testing::IsOkAndHolds;
using fnn::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

class MemoryFileSystemTest : public ::testing::Test {
 protected:
  void Write(absl::string_view path, absl::string_view bytes) {
    const auto file = files_.Create(path);
    ASSERT_THAT(file, IsOk());
    ASSERT_THAT((*file)->Append(bytes), IsOk());
    ASSERT_THAT((*file)->Sync(), IsOk());
    ASSERT_THAT((*file)->Close(), IsOk());
  }
  std::string Read(absl::string_view path) {
    const auto bytes = files_.FileSystem::Map(path);
    EXPECT_THAT(bytes, IsOk());
    return bytes.ok() ? std::string(bytes->text()) : "";
  }

  MemoryFileSystem files_;
};

TEST_F(MemoryFileSystemTest, WritesAndReads) {
  const auto file = files_.Create("a");
  ASSERT_THAT(file, IsOk());
  EXPECT_THAT((*file)->Append("0123456789"), IsOk());
  EXPECT_THAT((*file)->Overwrite(2, std::as_bytes(std::span("xy", 2))), IsOk());
  EXPECT_THAT((*file)->Overwrite(9, std::as_bytes(std::span("xy", 2))), Not(IsOk()));
  EXPECT_THAT((*file)->Truncate(8), IsOk());
  EXPECT_THAT((*file)->Truncate(9), Not(IsOk()));
  EXPECT_THAT((*file)->Append("ab"), IsOk());
  EXPECT_EQ((*file)->size(), 10u);
  EXPECT_EQ(Read("a"), "01xy4567ab");
  const auto again = files_.OpenForAppend("a");
  ASSERT_THAT(again, IsOk());
  EXPECT_THAT((*again)->Append("cd"), IsOk());
  EXPECT_EQ(Read("a"), "01xy4567abcd");
  char part[4];
  const auto reader = files_.Open("a");
  ASSERT_THAT(reader, IsOk());
  EXPECT_THAT((*reader)->size(), IsOkAndHolds(12u));
  EXPECT_THAT((*reader)->ReadAt(10, std::as_writable_bytes(std::span(part))), IsOkAndHolds(2u));
  EXPECT_THAT((*reader)->ReadAt(99, std::as_writable_bytes(std::span(part))), IsOkAndHolds(0u));
  Write("a", "new");
  EXPECT_EQ(Read("a"), "new");
  // Who had opened the old one still has it.
  EXPECT_THAT((*reader)->size(), IsOkAndHolds(12u));
}

TEST_F(MemoryFileSystemTest, WhatIsMappedNeverChanges) {
  const auto file = files_.Create("a");
  ASSERT_THAT((*file)->Append("0123456789"), IsOk());
  const auto first = files_.Map("a");
  ASSERT_THAT(first, IsOk());
  EXPECT_FALSE(first->mapped());
  // The same bytes, not a copy.
  EXPECT_EQ(first->bytes().data(), files_.Map("a")->bytes().data());
  ASSERT_THAT((*file)->Overwrite(0, std::as_bytes(std::span("xy", 2))), IsOk());
  ASSERT_THAT((*file)->Truncate(5), IsOk());
  ASSERT_THAT((*file)->Append(std::string(100'000, 'z')), IsOk());
  EXPECT_EQ(first->text(), "0123456789");
  EXPECT_EQ(files_.Map("a")->text(), "xy234" + std::string(100'000, 'z'));
}

TEST_F(MemoryFileSystemTest, NamesFiles) {
  ASSERT_THAT(files_.CreateDirectory("runs"), IsOk());
  ASSERT_THAT(files_.CreateDirectory("runs"), IsOk());
  Write("runs/b", "b");
  Write("runs/a", "a");
  Write("other", "");
  EXPECT_THAT(files_.List("runs"), IsOkAndHolds(ElementsAre("a", "b")));
  EXPECT_THAT(files_.List(""), IsOkAndHolds(ElementsAre("other", "runs")));
  EXPECT_THAT(files_.Rename("runs/a", "runs/b"), IsOk());
  EXPECT_EQ(Read("runs/b"), "a");
  EXPECT_THAT(files_.Exists("runs/a"), IsOkAndHolds(false));
  EXPECT_THAT(files_.Exists("runs/b"), IsOkAndHolds(true));
  EXPECT_THAT(files_.SyncDirectory("runs"), IsOk());
  EXPECT_THAT(files_.SyncDirectory(""), IsOk());
  EXPECT_THAT(files_.Remove("runs/b"), IsOk());
  EXPECT_THAT(files_.List("runs"), IsOkAndHolds(IsEmpty()));
}

TEST_F(MemoryFileSystemTest, SaysWhatIsNotThere) {
  Write("file", "");
  for (const absl::Status& status :
       {files_.Open("none").status(), files_.OpenForAppend("none").status(),
        files_.Create("none/a").status(), files_.CreateDirectory("none/a"),
        files_.Rename("none", "a"), files_.Rename("file", "none/a"), files_.Remove("none"),
        files_.SyncDirectory("none"), files_.List("none").status(), files_.Map("none").status()}) {
    EXPECT_THAT(status, StatusIs(absl::StatusCode::kNotFound));
    EXPECT_THAT(status, HasReason("FILE_NOT_FOUND"));
  }
  EXPECT_EQ(Read("file"), "");
}

}  // namespace
}  // namespace fnn::server
