// A data directory of this host.

#ifndef FNN_SERVER_STORAGE_POSIX_FILE_SYSTEM_H_
#define FNN_SERVER_STORAGE_POSIX_FILE_SYSTEM_H_

#include <memory>
#include <string>
#include <vector>

#include "server/storage/file_system.h"

namespace fnn::server {

class PosixFileSystem final : public FileSystem {
 public:
  // `root` is the data directory's path on the host; it is made where it isn't there, for the owner
  // alone, but its parent is not.
  static absl::StatusOr<std::unique_ptr<PosixFileSystem>> OpenRoot(const std::string& root);
  ~PosixFileSystem() override;
  PosixFileSystem(const PosixFileSystem&) = delete;
  PosixFileSystem& operator=(const PosixFileSystem&) = delete;

  absl::Status CreateDirectory(absl::string_view path) override;
  absl::StatusOr<std::unique_ptr<WritableFile>> Create(absl::string_view path) override;
  absl::StatusOr<std::unique_ptr<WritableFile>> OpenForAppend(absl::string_view path) override;
  absl::StatusOr<std::unique_ptr<ReadableFile>> Open(absl::string_view path) const override;
  absl::Status Rename(absl::string_view from, absl::string_view to) override;
  absl::Status Remove(absl::string_view path) override;
  absl::Status SyncDirectory(absl::string_view path) override;
  absl::StatusOr<std::vector<std::string>> List(absl::string_view directory) const override;
  absl::StatusOr<bool> Exists(absl::string_view path) const override;
  absl::StatusOr<core::Storage> Map(absl::string_view path) const override;

 private:
  explicit PosixFileSystem(int root) : root_(root) {}

  const int root_;  // A descriptor: the paths of all others start there.
};

}  // namespace fnn::server

#endif  // FNN_SERVER_STORAGE_POSIX_FILE_SYSTEM_H_
