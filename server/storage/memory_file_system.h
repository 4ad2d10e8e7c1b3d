// Files that last as long as their process: what a server without a data directory keeps.

#ifndef FNN_SERVER_STORAGE_MEMORY_FILE_SYSTEM_H_
#define FNN_SERVER_STORAGE_MEMORY_FILE_SYSTEM_H_

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "core/base/mutex.h"
#include "server/storage/file_system.h"

namespace fnn::server {

// Whoever fills it counts what it takes. A file grows without being copied, and Map shares it: to
// change a file that was mapped copies it once. RESOURCE_EXHAUSTED (DISK_FULL) where there is no
// memory.
class MemoryFileSystem : public FileSystem {
 public:
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
  bool in_memory() const override { return true; }

 private:
  class Contents;
  class Writer;
  class Reader;

  absl::StatusOr<std::shared_ptr<Contents>> Find(absl::string_view path) const;
  absl::Status CheckDirectory(absl::string_view path) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  mutable core::Mutex mutex_;
  std::set<std::string, std::less<>> directories_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, std::shared_ptr<Contents>, std::less<>> files_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace fnn::server

#endif  // FNN_SERVER_STORAGE_MEMORY_FILE_SYSTEM_H_
