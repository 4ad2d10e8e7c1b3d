#ifndef FNN_CLIENT_SRC_UPLOAD_H_
#define FNN_CLIENT_SRC_UPLOAD_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "fnn/connection.h"
#include "fnn/upload.h"

namespace fnn::internal {

// How much of a file one chunk carries, in bytes: well under the 4 MiB that servers take.
inline constexpr int64_t kChunkBytes = int64_t{1} << 20;

// Fills `chunk` with the next kChunkBytes, or fewer at the end of the data, where it gives false
// once nothing is left.
using ReadChunk = std::function<absl::StatusOr<bool>(std::string* chunk)>;

// Takes a file through CreateUpload, UploadChunks and FinishUpload.
absl::StatusOr<v1::Dataset> Upload(Connection& connection, const ReadChunk& read_chunk,
                                   std::optional<int64_t> total_bytes,
                                   const UploadOptions& options);

}  // namespace fnn::internal

#endif  // FNN_CLIENT_SRC_UPLOAD_H_
