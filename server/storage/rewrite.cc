#include "server/storage/rewrite.h"

#include <algorithm>
#include <cerrno>
#include <memory>
#include <vector>

namespace fnn::server {

absl::Status RewriteDurably(FileSystem* fs, absl::string_view path, uint64_t proven, uint64_t end) {
  constexpr uint64_t kChunk = uint64_t{1} << 18;
  const absl::StatusOr<std::unique_ptr<ReadableFile>> old = fs->Open(path);
  if (!old.ok()) return old.status();
  const absl::StatusOr<std::unique_ptr<WritableFile>> file = fs->OpenForAppend(path);
  if (!file.ok()) return file.status();
  std::vector<std::byte> chunk;
  while (proven < end) {
    chunk.resize(std::min(kChunk, end - proven));
    const absl::StatusOr<size_t> read = (*old)->ReadAt(proven, chunk);
    if (!read.ok()) return read.status();
    if (*read == 0) return DiskError(EIO, "read", path);
    if (absl::Status status = (*file)->Overwrite(proven, std::span(chunk).first(*read));
        !status.ok()) {
      return status;
    }
    proven += *read;
  }
  if ((*file)->size() > end) {
    if (absl::Status status = (*file)->Truncate(end); !status.ok()) return status;
  }
  if (absl::Status status = (*file)->Sync(); !status.ok()) return status;
  return fs->SyncDirectory(DirectoryOf(path));
}

}  // namespace fnn::server
