#ifndef FNN_UPLOAD_H_
#define FNN_UPLOAD_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "fnn/v1/dataset.pb.h"

namespace fnn {

// How far an upload is.
struct UploadProgress {
  // Bytes handed to the connection so far.
  int64_t bytes_sent = 0;
  // Bytes in all, where that is known before the end.
  std::optional<int64_t> total_bytes;
};

// How a dataset is uploaded.
struct UploadOptions {
  // The last part of the dataset's name. Empty: the server makes one.
  std::string dataset_id;
  // How the file is to be read. Default: recognised from its first bytes, else CSV.
  v1::FileFormat format;
  // Called after each chunk (1 MiB), on the thread that uploads. May be empty.
  std::function<void(const UploadProgress&)> on_progress;
};

}  // namespace fnn

#endif  // FNN_UPLOAD_H_
