// The first 64 bytes of every file that the server keeps, beside SQLite's.
//
//   0  magic              8 bytes
//   8  format version     u32
//  12  kind               u32
//  16  payload length     u64, in bytes; kUnknownLength where the file grows
//  24  payload checksum   XXH3-128 as 32 hexadecimal digits (core/base/digest.h); zeros where
//  unknown 56  header checksum    XXH3-64 of the 56 bytes before it
//
// Numbers are little-endian.

#ifndef FNN_SERVER_STORAGE_FILE_HEADER_H_
#define FNN_SERVER_STORAGE_FILE_HEADER_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace fnn::server {

// What a file holds. The numbers are in files: they never change meaning.
enum class FileKind : uint32_t {
  kTable = 1,
  kParameters = 2,
  kCheckpoint = 3,
  kEventLog = 4,
  kUpload = 5,
  kRunData = 6,
  kModelFile = 7,
};

// For messages: "event log".
absl::string_view FileKindName(FileKind kind);

struct FileHeader {
  static constexpr size_t kSize = 64;
  static constexpr uint32_t kVersion = 1;
  static constexpr uint64_t kUnknownLength = ~uint64_t{0};

  FileKind kind = FileKind::kTable;
  uint64_t length = kUnknownLength;
  std::string checksum = std::string(32, '0');
};

std::array<std::byte, FileHeader::kSize> EncodeFileHeader(const FileHeader& header);

// The header at the beginning of the file `path`, whose first bytes, at most kSize, are `bytes` and
// which should be of `kind`. DATA_LOSS with a reason of FileDamage.
absl::StatusOr<FileHeader> DecodeFileHeader(std::span<const std::byte> bytes, FileKind kind,
                                            absl::string_view path);

enum class FileDamage {
  kCorrupt,    // FILE_CORRUPT: bytes have changed.
  kTruncated,  // FILE_TRUNCATED: bytes are missing at the end.
  kForeign,    // FILE_FOREIGN: not one of ours, or not of this kind, or of a newer format.
};

// DATA_LOSS; `what` says what is wrong with the file `path`, and the message goes on with the
// remedy.
absl::Status FileDamaged(FileDamage damage, absl::string_view path, absl::string_view what);

}  // namespace fnn::server

#endif  // FNN_SERVER_STORAGE_FILE_HEADER_H_
