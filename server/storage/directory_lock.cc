#include "server/storage/directory_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "core/base/errors.h"
#include "server/storage/file_system.h"

namespace fnn::server {

absl::StatusOr<DirectoryLock> DirectoryLock::Acquire(const std::string& directory,
                                                     absl::string_view address) {
  const int file =
      open(absl::StrCat(directory, "/LOCK").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) return DiskError(errno, "open", "LOCK");
  DirectoryLock lock(file);
  int result = flock(file, LOCK_EX | LOCK_NB);
  while (result != 0 && errno == EINTR) result = flock(file, LOCK_EX | LOCK_NB);
  if (result == 0) {
    lock.SetAddress(address);
    return lock;
  }
  if (errno != EWOULDBLOCK) return DiskError(errno, "lock", "LOCK");
  char holder[128];
  const ssize_t size = pread(file, holder, sizeof holder, 0);
  return core::MakeError(
      absl::StatusCode::kFailedPrecondition, "DATA_DIRECTORY_IN_USE",
      absl::StrCat("another server holds the data directory: ",
                   core::Echo({holder, static_cast<size_t>(size < 0 ? 0 : size)}),
                   "; stop it, or give this server a directory of its own"));
}

DirectoryLock::~DirectoryLock() {
  if (file_ >= 0) close(file_);
}

void DirectoryLock::SetAddress(absl::string_view address) const {
  const std::string holder = absl::StrCat("process ", getpid(), " at ", address);
  // It is for a message only: on a full disk the lock holds all the same.
  if (ftruncate(file_, 0) == 0 && pwrite(file_, holder.data(), holder.size(), 0) < 0) return;
}

}  // namespace fnn::server
