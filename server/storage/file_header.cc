#include "server/storage/file_header.h"

#include <xxhash.h>

#include <algorithm>
#include <bit>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "core/base/errors.h"

namespace fnn::server {
namespace {

// With a byte above 127 and line ends, as PNG has it, to notice transfers as text.
constexpr char kMagic[8] = {'\x8f', 'F', 'N', 'N', '\r', '\n', '\x1a', '\n'};

// The header as it lies in a file.
struct Layout {
  char magic[8];
  uint32_t version;
  uint32_t kind;
  uint64_t length;
  char checksum[32];
  uint64_t header_checksum;
};
static_assert(sizeof(Layout) == FileHeader::kSize);
static_assert(std::endian::native == std::endian::little);

uint64_t HeaderChecksum(const Layout& layout) {
  return XXH3_64bits(&layout, offsetof(Layout, header_checksum));
}

}  // namespace

absl::string_view FileKindName(FileKind kind) {
  switch (kind) {
    case FileKind::kTable:
      return "table";
    case FileKind::kParameters:
      return "parameters file";
    case FileKind::kCheckpoint:
      return "checkpoint";
    case FileKind::kEventLog:
      return "event log";
    case FileKind::kUpload:
      return "upload";
    case FileKind::kRunData:
      return "run data file";
    case FileKind::kModelFile:
      return "model file";
  }
  return "file of an unknown kind";
}

std::array<std::byte, FileHeader::kSize> EncodeFileHeader(const FileHeader& header) {
  Layout layout = {};
  std::copy(std::begin(kMagic), std::end(kMagic), layout.magic);
  layout.version = FileHeader::kVersion;
  layout.kind = static_cast<uint32_t>(header.kind);
  layout.length = header.length;
  header.checksum.copy(layout.checksum, sizeof layout.checksum);
  layout.header_checksum = HeaderChecksum(layout);
  return std::bit_cast<std::array<std::byte, FileHeader::kSize>>(layout);
}

absl::StatusOr<FileHeader> DecodeFileHeader(std::span<const std::byte> bytes, FileKind kind,
                                            absl::string_view path) {
  if (bytes.size() < FileHeader::kSize) {
    return FileDamaged(
        FileDamage::kTruncated, path,
        absl::StrCat("has ", bytes.size(), " bytes, and its header alone has ", FileHeader::kSize));
  }
  Layout layout;
  std::memcpy(&layout, bytes.data(), sizeof layout);
  if (!std::equal(std::begin(kMagic), std::end(kMagic), layout.magic)) {
    return FileDamaged(FileDamage::kForeign, path, "does not begin as FNN's files do");
  }
  if (layout.header_checksum != HeaderChecksum(layout)) {
    return FileDamaged(FileDamage::kCorrupt, path, "has a damaged header");
  }
  if (layout.version != FileHeader::kVersion) {
    return FileDamaged(FileDamage::kForeign, path,
                       absl::StrCat("has the format ", layout.version, ", and this server knows ",
                                    FileHeader::kVersion));
  }
  if (layout.kind != static_cast<uint32_t>(kind)) {
    return FileDamaged(
        FileDamage::kForeign, path,
        absl::StrCat("is of the kind \"", FileKindName(static_cast<FileKind>(layout.kind)),
                     "\" and not \"", FileKindName(kind), "\""));
  }
  return FileHeader{kind, layout.length, std::string(layout.checksum, sizeof layout.checksum)};
}

absl::Status FileDamaged(FileDamage damage, absl::string_view path, absl::string_view what) {
  const auto reason = [damage] {
    switch (damage) {
      case FileDamage::kCorrupt:
        return "FILE_CORRUPT";
      case FileDamage::kTruncated:
        return "FILE_TRUNCATED";
      case FileDamage::kForeign:
        return "FILE_FOREIGN";
    }
    return "FILE_CORRUPT";
  };
  return core::MakeError(
      absl::StatusCode::kDataLoss, reason(),
      absl::StrCat(path, " ", what,
                   "; restore the data directory from a backup, or delete what it belongs to"));
}

}  // namespace fnn::server
