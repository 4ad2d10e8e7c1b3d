#ifndef FNN_CLIENT_SRC_UPLOAD_H_
#define FNN_CLIENT_SRC_UPLOAD_H_

#include <string>

#include "absl/status/statusor.h"
#include "client/src/backoff.h"
#include "client/src/byte_source.h"
#include "fnn/connection.h"
#include "fnn/upload.h"

namespace fnn::internal {

// Takes a file through UploadChunks and FinishUpload, from where the upload of that name is.
// `options.resume` is that name. `is_new`: nothing was sent before.
absl::StatusOr<v1::Dataset> Upload(Connection& connection, ByteSource& source, bool is_new,
                                   const UploadOptions& options, Waiter& waiter);

}  // namespace fnn::internal

#endif  // FNN_CLIENT_SRC_UPLOAD_H_
