// What another process has left, made durable.

#ifndef FNN_SERVER_STORAGE_REWRITE_H_
#define FNN_SERVER_STORAGE_REWRITE_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "server/storage/file_system.h"

namespace fnn::server {

// Makes the first `end` bytes of the file at `path` durable, cuts what lies behind them, and makes
// its name durable. The bytes before `proven` are known to be so. The others are written again and
// not only synced: where a sync failed, the system takes for written what is not, so that they can
// be read and are lost all the same with the power.
absl::Status RewriteDurably(FileSystem* fs, absl::string_view path, uint64_t proven, uint64_t end);

}  // namespace fnn::server

#endif  // FNN_SERVER_STORAGE_REWRITE_H_
