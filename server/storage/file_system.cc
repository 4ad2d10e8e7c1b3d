#include "server/storage/file_system.h"

#include <cerrno>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "core/base/errors.h"

namespace fnn::server {

absl::string_view DirectoryOf(absl::string_view path) {
  const size_t slash = path.rfind('/');
  return slash == absl::string_view::npos ? "" : path.substr(0, slash);
}

bool IsDiskFull(int error) { return error == ENOSPC || error == EDQUOT || error == EFBIG; }

absl::Status DiskError(int error, absl::string_view doing, absl::string_view path) {
  const std::string what =
      absl::StrCat("can't ", doing, " ", path.empty() ? "the data directory" : path, ": ",
                   std::generic_category().message(error));
  if (IsDiskFull(error)) {
    return core::MakeError(
        absl::StatusCode::kResourceExhausted, "DISK_FULL",
        absl::StrCat(what, "; make room on the disk, by deleting datasets or models for example"));
  }
  if (error == ENOENT) {
    return core::MakeError(absl::StatusCode::kNotFound, "FILE_NOT_FOUND", what);
  }
  return core::MakeError(absl::StatusCode::kUnavailable, "DISK_FAULT",
                         absl::StrCat(what, "; see to the disk of the data directory"));
}

absl::StatusOr<core::Storage> FileSystem::Map(absl::string_view path) const {
  const absl::StatusOr<std::unique_ptr<ReadableFile>> file = Open(path);
  if (!file.ok()) return file.status();
  const absl::StatusOr<uint64_t> size = (*file)->size();
  if (!size.ok()) return size.status();
  std::vector<std::byte> bytes(*size);
  const absl::StatusOr<size_t> read = (*file)->ReadAt(0, bytes);
  if (!read.ok()) return read.status();
  bytes.resize(*read);
  return core::Storage(std::move(bytes));
}

}  // namespace fnn::server
