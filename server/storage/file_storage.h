// Bytes that go to a file and are mapped once they are complete.

#ifndef FNN_SERVER_STORAGE_FILE_STORAGE_H_
#define FNN_SERVER_STORAGE_FILE_STORAGE_H_

#include <memory>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/data/storage_writer.h"
#include "server/storage/file_header.h"
#include "server/storage/file_system.h"

namespace fnn::server {

// A checked file (checked_file.h): Finish makes it durable, and gives the bytes after its header,
// which are aligned to 64. `fs` outlives what is returned, and no other writer has the same path.
absl::StatusOr<std::unique_ptr<core::StorageWriter>> NewCheckedStorage(FileSystem* fs,
                                                                       absl::string_view path,
                                                                       FileKind kind);

// A file that nothing is left of but what Finish gives, for as long as that is used.
absl::StatusOr<std::unique_ptr<core::StorageWriter>> NewScratchStorage(FileSystem* fs,
                                                                       absl::string_view path);

}  // namespace fnn::server

#endif  // FNN_SERVER_STORAGE_FILE_STORAGE_H_
