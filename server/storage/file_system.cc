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

}  // namespace fnn::server
