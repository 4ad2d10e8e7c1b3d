#include "core/data/file_storage.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/errors.h"

namespace fnn::core {
namespace {

absl::Status WriteError(int error, size_t written) {
  if (error == ENOSPC || error == EDQUOT || error == EFBIG) {
    return MakeError(
        absl::StatusCode::kResourceExhausted, "DISK_FULL",
        absl::StrCat("there is no room for a table on the disk after ", written, " bytes of it (",
                     std::strerror(error), "); make some, by deleting datasets for example"));
  }
  return MakeError(absl::StatusCode::kUnavailable, "DISK_FAULT",
                   absl::StrCat("can't write a table to the disk: ", std::strerror(error)));
}

}  // namespace

absl::StatusOr<FileStorage> FileStorage::Create(const std::string& path) {
  const int file = open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) {
    if (errno == ENOSPC || errno == EDQUOT) return WriteError(errno, 0);
    return MakeError(absl::StatusCode::kUnavailable, "DISK_FAULT",
                     absl::StrCat("can't create a file for a table: ", std::strerror(errno)));
  }
  unlink(path.c_str());
  return FileStorage(file);
}

FileStorage::FileStorage(FileStorage&& other) noexcept
    : file_(std::exchange(other.file_, -1)),
      written_(other.written_),
      buffer_(std::move(other.buffer_)) {}

FileStorage& FileStorage::operator=(FileStorage&& other) noexcept {
  std::swap(file_, other.file_);
  std::swap(written_, other.written_);
  std::swap(buffer_, other.buffer_);
  return *this;
}

FileStorage::~FileStorage() {
  if (file_ >= 0) close(file_);
}

absl::Status FileStorage::Append(std::span<const std::byte> bytes) {
  if (buffer_.size() + bytes.size() < kBuffer) {
    buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
    return absl::OkStatus();
  }
  if (absl::Status status = Write(buffer_); !status.ok()) return status;
  buffer_.clear();
  if (bytes.size() >= kBuffer) return Write(bytes);
  buffer_.assign(bytes.begin(), bytes.end());
  return absl::OkStatus();
}

absl::StatusOr<Storage> FileStorage::Map() && {
  if (absl::Status status = Write(buffer_); !status.ok()) return status;
  std::vector<std::byte>().swap(buffer_);
  return Storage::Map(file_, written_);
}

// A write may be short, for a signal or a disk that is almost full: the next one tells which.
absl::Status FileStorage::Write(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t size = write(file_, bytes.data(), bytes.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return WriteError(errno, written_);
    if (size == 0) return WriteError(ENOSPC, written_);
    written_ += static_cast<size_t>(size);
    bytes = bytes.subspan(static_cast<size_t>(size));
  }
  return absl::OkStatus();
}

}  // namespace fnn::core
