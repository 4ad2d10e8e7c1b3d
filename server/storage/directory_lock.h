// One server at a time for a data directory.

#ifndef FNN_SERVER_STORAGE_DIRECTORY_LOCK_H_
#define FNN_SERVER_STORAGE_DIRECTORY_LOCK_H_

#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace fnn::server {

// Holds the file LOCK of a directory locked (flock) for as long as it lives; the system lets go of
// it when the process ends, however it does. The file says who holds it, and stays.
class DirectoryLock {
 public:
  // `directory` is a path on the host. `address` is where this server is reached, for the message
  // another gets. FAILED_PRECONDITION (DATA_DIRECTORY_IN_USE) names the process and the address
  // that hold it.
  static absl::StatusOr<DirectoryLock> Acquire(const std::string& directory,
                                               absl::string_view address);

  DirectoryLock(DirectoryLock&& other) noexcept : file_(std::exchange(other.file_, -1)) {}
  DirectoryLock& operator=(DirectoryLock&& other) noexcept {
    std::swap(file_, other.file_);
    return *this;
  }
  ~DirectoryLock();

  // Says where this server is reached, once that is known or when it changes.
  void SetAddress(absl::string_view address) const;

 private:
  explicit DirectoryLock(int file) : file_(file) {}

  int file_;
};

}  // namespace fnn::server

#endif  // FNN_SERVER_STORAGE_DIRECTORY_LOCK_H_
