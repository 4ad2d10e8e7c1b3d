#include "server/storage/file_header.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/status_matchers.h"

namespace fnn::server {
namespace {

using fnn::testing::HasReason;
using fnn::testing::IsOk;
using fnn::testing::StatusIs;

const FileHeader kHeader = {FileKind::kCheckpoint, 12345, "0123456789abcdef0123456789abcdef"};

TEST(FileHeader, RoundTrip) {
  const auto header = DecodeFileHeader(EncodeFileHeader(kHeader), FileKind::kCheckpoint, "a");
  ASSERT_THAT(header, IsOk());
  EXPECT_EQ(header->kind, kHeader.kind);
  EXPECT_EQ(header->length, kHeader.length);
  EXPECT_EQ(header->checksum, kHeader.checksum);
}

TEST(FileHeader, EveryFlippedBitIsNoticed) {
  for (size_t bit = 0; bit < 8 * FileHeader::kSize; ++bit) {
    auto bytes = EncodeFileHeader(kHeader);
    bytes[bit / 8] ^= std::byte{1} << (bit % 8);
    EXPECT_THAT(DecodeFileHeader(bytes, FileKind::kCheckpoint, "a"),
                StatusIs(absl::StatusCode::kDataLoss))
        << "bit " << bit;
  }
}

TEST(FileHeader, EveryTruncationIsNoticed) {
  const auto bytes = EncodeFileHeader(kHeader);
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_THAT(DecodeFileHeader(std::span(bytes).first(size), FileKind::kCheckpoint, "a"),
                HasReason("FILE_TRUNCATED"));
  }
}

TEST(FileHeader, AnotherKindIsForeignAndTheMessageSaysWhatItIs) {
  const auto header = DecodeFileHeader(EncodeFileHeader(kHeader), FileKind::kEventLog, "runs/a");
  EXPECT_THAT(header, HasReason("FILE_FOREIGN"));
  EXPECT_THAT(std::string(header.status().message()),
              ::testing::HasSubstr(R"(runs/a is of the kind "checkpoint" and not "event log")"));
}

}  // namespace
}  // namespace fnn::server
