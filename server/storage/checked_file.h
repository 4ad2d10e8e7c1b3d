// Files that are written once, whole or not at all, and read only when every byte is as written.
//
//   auto writer = CheckedFileWriter::Create(fs, "tables/4f2a", FileKind::kTable);
//   if (absl::Status status = writer->Append(bytes); !status.ok()) return status;
//   if (absl::Status status = writer->Commit(); !status.ok()) return status;   // Durable now.
//
//   auto reader = CheckedFileReader::Open(fs, "tables/4f2a", FileKind::kTable);
//   reader->Read(out);

#ifndef FNN_SERVER_STORAGE_CHECKED_FILE_H_
#define FNN_SERVER_STORAGE_CHECKED_FILE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/base/byte_sink.h"
#include "core/base/byte_source.h"
#include "core/base/digest.h"
#include "server/storage/file_header.h"
#include "server/storage/file_system.h"

namespace fnn::server {

// What a file is called until it is complete: its path with this at the end.
inline constexpr absl::string_view kTemporarySuffix = ".tmp";

// Whether the file at `path` begins as one of `kind` and is as long as it says: what can be known
// without reading all of it. NOT_FOUND; DATA_LOSS as CheckedFileReader::Open.
absl::Status CheckFileFrame(const FileSystem& fs, absl::string_view path, FileKind kind);

// Not safe from several threads at once. Destroyed before Commit succeeded, it leaves what was at
// its path as it was.
class CheckedFileWriter final : public core::ByteSink {
 public:
  // `fs` outlives the writer, and no other writer has the same path.
  static absl::StatusOr<std::unique_ptr<CheckedFileWriter>> Create(FileSystem* fs,
                                                                   absl::string_view path,
                                                                   FileKind kind);
  ~CheckedFileWriter() override;
  CheckedFileWriter(const CheckedFileWriter&) = delete;
  CheckedFileWriter& operator=(const CheckedFileWriter&) = delete;

  // Through a buffer of at most kBuffer bytes.
  absl::Status Append(std::span<const std::byte> bytes) override;

  // Puts the file at its path, in the place of any other, durably. Called once. After an error what
  // was at the path is still there, except where only the last step failed, syncing the directory:
  // then it may be the one or the other.
  absl::Status Commit();

  // Bytes appended.
  uint64_t size() const { return size_; }

 private:
  static constexpr size_t kBuffer = size_t{1} << 18;

  CheckedFileWriter(FileSystem* fs, absl::string_view path, FileKind kind);
  absl::Status Flush();

  FileSystem* const fs_;
  const std::string path_, temporary_;
  const FileKind kind_;
  std::unique_ptr<WritableFile> file_;
  std::string buffer_;
  core::Digester digester_;
  uint64_t size_ = 0;
  bool renamed_ = false;
};

// Not safe from several threads at once; clones are.
class CheckedFileReader final : public core::ByteSource {
 public:
  // Reads the whole file once to verify it. DATA_LOSS where it is damaged, with the reason
  // FILE_CORRUPT, FILE_TRUNCATED or FILE_FOREIGN; NOT_FOUND.
  static absl::StatusOr<std::unique_ptr<CheckedFileReader>> Open(FileSystem* fs,
                                                                 absl::string_view path,
                                                                 FileKind kind);

  absl::StatusOr<size_t> Read(std::span<std::byte> out) override;
  absl::StatusOr<std::unique_ptr<core::ByteSource>> Clone() const override;

  // Bytes that were appended when it was written.
  uint64_t size() const { return size_; }

 private:
  CheckedFileReader(std::shared_ptr<const ReadableFile> file, uint64_t size)
      : file_(std::move(file)), size_(size) {}

  std::shared_ptr<const ReadableFile> file_;
  uint64_t size_;
  uint64_t position_ = 0;
};

}  // namespace fnn::server

#endif  // FNN_SERVER_STORAGE_CHECKED_FILE_H_
