#include "server/storage/checked_file.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/storage/posix_file_system.h"
#include "tests/server/storage/power_loss_file_system.h"
#include "tests/server/storage/temporary_directory.h"
#include "tests/status_matchers.h"

namespace fnn::server {
namespace {

using fnn::testing::HasReason;
using fnn::testing::IsOk;
using fnn::testing::IsOkAndHolds;
using fnn::testing::PowerLossDisk;
using fnn::testing::PowerLossFileSystem;
using fnn::testing::StatusIs;
using fnn::testing::TemporaryDirectory;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

void Write(FileSystem& fs, absl::string_view path, std::span<const std::string> parts) {
  const auto writer = CheckedFileWriter::Create(&fs, path, FileKind::kTable);
  ASSERT_THAT(writer, IsOk());
  for (const std::string& part : parts) {
    ASSERT_THAT((*writer)->Append(std::as_bytes(std::span(part))), IsOk());
  }
  ASSERT_THAT((*writer)->Commit(), IsOk());
}

void Write(FileSystem& fs, absl::string_view path, const std::string& bytes) {
  Write(fs, path, std::span(&bytes, 1));
}

std::string ReadAll(core::ByteSource& source) {
  std::string bytes;
  char part[1000];
  while (true) {
    const auto size = source.Read(std::as_writable_bytes(std::span(part)));
    EXPECT_THAT(size, IsOk());
    if (size.value_or(0) == 0) return bytes;
    bytes.append(part, *size);
  }
}

TEST(CheckedFile, RoundTrip) {
  TemporaryDirectory directory;
  const auto fs = PosixFileSystem::OpenRoot(directory.path());
  ASSERT_THAT(fs, IsOk());
  // Below the buffer, above it, and parts of all sizes.
  const std::vector<std::string> parts = {"",
                                          "small",
                                          std::string(1 << 18, 'a'),
                                          std::string(300'000, 'b'),
                                          std::string(100'000, 'c'),
                                          std::string(200'000, 'd')};
  Write(**fs, "a", parts);
  const auto reader = CheckedFileReader::Open(fs->get(), "a", FileKind::kTable);
  ASSERT_THAT(reader, IsOk());
  std::string all;
  for (const std::string& part : parts) all += part;
  EXPECT_EQ((*reader)->size(), all.size());
  char first[7];
  EXPECT_THAT((*reader)->Read(std::as_writable_bytes(std::span(first))), IsOkAndHolds(7u));
  const auto clone = (*reader)->Clone();
  ASSERT_THAT(clone, IsOk());
  EXPECT_EQ(std::string(first, 7) + ReadAll(**reader), all);
  EXPECT_EQ(std::string(first, 7) + ReadAll(**clone), all);
  EXPECT_THAT((*fs)->List(""), IsOkAndHolds(ElementsAre("a")));
}

TEST(CheckedFile, AnEmptyOneIsOne) {
  PowerLossDisk disk;
  PowerLossFileSystem fs(&disk);
  Write(fs, "a", "");
  const auto reader = CheckedFileReader::Open(&fs, "a", FileKind::kTable);
  ASSERT_THAT(reader, IsOk());
  EXPECT_EQ(ReadAll(**reader), "");
}

TEST(CheckedFile, WithoutCommitNothingChanges) {
  PowerLossDisk disk;
  PowerLossFileSystem fs(&disk);
  Write(fs, "a", "old");
  {
    const auto writer = CheckedFileWriter::Create(&fs, "a", FileKind::kTable);
    ASSERT_THAT(writer, IsOk());
    ASSERT_THAT((*writer)->Append(std::as_bytes(std::span("new", 3))), IsOk());
    EXPECT_THAT(fs.List(""), IsOkAndHolds(ElementsAre("a", "a.tmp")));
  }
  EXPECT_THAT(fs.List(""), IsOkAndHolds(ElementsAre("a")));
  const auto reader = CheckedFileReader::Open(&fs, "a", FileKind::kTable);
  ASSERT_THAT(reader, IsOk());
  EXPECT_EQ(ReadAll(**reader), "old");
}

TEST(CheckedFile, EveryFlippedBitIsNoticed) {
  PowerLossDisk disk;
  PowerLossFileSystem fs(&disk);
  Write(fs, "a", "a few bytes");
  const std::string good = disk.Contents("a");
  for (size_t bit = 0; bit < 8 * good.size(); ++bit) {
    std::string bad = good;
    bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ 1 << (bit % 8));
    disk.SetContents("a", bad);
    const auto reader = CheckedFileReader::Open(&fs, "a", FileKind::kTable);
    ASSERT_THAT(reader, StatusIs(absl::StatusCode::kDataLoss)) << "bit " << bit;
    ASSERT_THAT(std::string(reader.status().message()), HasSubstr("a "));
  }
}

TEST(CheckedFile, EveryOtherLengthIsNoticed) {
  PowerLossDisk disk;
  PowerLossFileSystem fs(&disk);
  Write(fs, "a", "a few bytes");
  const std::string good = disk.Contents("a");
  for (size_t size = 0; size < good.size(); ++size) {
    disk.SetContents("a", good.substr(0, size));
    EXPECT_THAT(CheckedFileReader::Open(&fs, "a", FileKind::kTable), HasReason("FILE_TRUNCATED"));
  }
  disk.SetContents("a", good + "x");
  EXPECT_THAT(CheckedFileReader::Open(&fs, "a", FileKind::kTable), HasReason("FILE_CORRUPT"));
  disk.SetContents("a", "something else that is longer than a header is, by a few characters");
  EXPECT_THAT(CheckedFileReader::Open(&fs, "a", FileKind::kTable), HasReason("FILE_FOREIGN"));
  disk.SetContents("a", good);
  EXPECT_THAT(CheckedFileReader::Open(&fs, "a", FileKind::kUpload), HasReason("FILE_FOREIGN"));
  EXPECT_THAT(CheckedFileReader::Open(&fs, "a", FileKind::kTable), IsOk());
  EXPECT_THAT(CheckedFileReader::Open(&fs, "b", FileKind::kTable), HasReason("FILE_NOT_FOUND"));
}

}  // namespace
}  // namespace fnn::server
