#include "server/storage/file_storage.h"

#include <string>
#include <utility>

#include "server/storage/checked_file.h"

namespace fnn::server {
namespace {

class CheckedStorage final : public core::StorageWriter {
 public:
  CheckedStorage(FileSystem* fs, absl::string_view path, std::unique_ptr<CheckedFileWriter> writer)
      : fs_(fs), path_(path), writer_(std::move(writer)) {}
  ~CheckedStorage() override {
    writer_.reset();
    if (committing_ && !finished_) fs_->Remove(path_).IgnoreError();
  }

  absl::Status Append(std::span<const std::byte> bytes) override { return writer_->Append(bytes); }

  absl::StatusOr<core::Storage> Finish() override {
    committing_ = true;
    if (absl::Status status = writer_->Commit(); !status.ok()) return status;
    const absl::StatusOr<core::Storage> all = fs_->Map(path_);
    if (!all.ok()) return all.status();
    finished_ = true;
    return all->After(FileHeader::kSize);
  }

 private:
  FileSystem* const fs_;
  const std::string path_;
  std::unique_ptr<CheckedFileWriter> writer_;
  bool committing_ = false;
  bool finished_ = false;
};

class ScratchStorage final : public core::StorageWriter {
 public:
  ScratchStorage(FileSystem* fs, absl::string_view path, std::unique_ptr<WritableFile> file)
      : fs_(fs), path_(path), file_(std::move(file)) {}
  ~ScratchStorage() override {
    file_.reset();
    fs_->Remove(path_).IgnoreError();
  }

  absl::Status Append(std::span<const std::byte> bytes) override {
    if (buffer_.size() + bytes.size() > kBuffer) {
      if (absl::Status status = Flush(); !status.ok()) return status;
    }
    if (bytes.size() >= kBuffer) return file_->Append(bytes);
    buffer_.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    return absl::OkStatus();
  }

  absl::StatusOr<core::Storage> Finish() override {
    if (absl::Status status = Flush(); !status.ok()) return status;
    if (absl::Status status = file_->Close(); !status.ok()) return status;
    return fs_->Map(path_);
  }

 private:
  static constexpr size_t kBuffer = size_t{1} << 18;

  absl::Status Flush() {
    if (absl::Status status = file_->Append(buffer_); !status.ok()) return status;
    buffer_.clear();
    return absl::OkStatus();
  }

  FileSystem* const fs_;
  const std::string path_;
  std::unique_ptr<WritableFile> file_;
  std::string buffer_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<core::StorageWriter>> NewCheckedStorage(FileSystem* fs,
                                                                       absl::string_view path,
                                                                       FileKind kind) {
  absl::StatusOr<std::unique_ptr<CheckedFileWriter>> writer =
      CheckedFileWriter::Create(fs, path, kind);
  if (!writer.ok()) return writer.status();
  return std::make_unique<CheckedStorage>(fs, path, *std::move(writer));
}

absl::StatusOr<std::unique_ptr<core::StorageWriter>> NewScratchStorage(FileSystem* fs,
                                                                       absl::string_view path) {
  absl::StatusOr<std::unique_ptr<WritableFile>> file = fs->Create(path);
  if (!file.ok()) return file.status();
  return std::make_unique<ScratchStorage>(fs, path, *std::move(file));
}

}  // namespace fnn::server
