#ifndef FNN_UPLOAD_H_
#define FNN_UPLOAD_H_

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "fnn/reconnect.h"
#include "fnn/transfer.h"
#include "fnn/v1/dataset.pb.h"

namespace fnn {

// How a dataset is uploaded. Where the stream breaks, the server is asked how much it has, and the
// upload goes on from there; progress ends an outage, see ReconnectOptions.
struct UploadOptions : ReconnectOptions {
  UploadOptions() = default;

  // An upload to go on with, `uploads/{upload}`, instead of beginning one. What the server has must
  // be how the file begins, else FAILED_PRECONDITION. The five fields that follow stay as they were
  // when it was begun.
  std::string resume;

  // The last part of the dataset's name. Empty: the server makes one.
  std::string dataset_id;
  // How the file is to be read. Default: recognised from its first bytes, else CSV.
  v1::FileFormat format;
  // What the dataset is, in your words, and what you say of it.
  std::string description;
  std::map<std::string, std::string> labels;
  // Makes beginning it repeatable, see CreateUploadRequest. Empty: a random one.
  std::string request_id;

  // Called once the upload has a name, on the thread that uploads: what `resume` needs, should the
  // upload end in an error. May be empty.
  std::function<void(const v1::Upload&)> on_upload;
  // Called after each chunk (1 MiB) with the bytes handed to the connection, on the thread that
  // uploads. May be empty.
  std::function<void(const TransferProgress&)> on_progress;
  // Asked before each chunk and each attempt: true ends it with CANCELLED, and `resume` goes on.
  // May be empty.
  std::function<bool()> stop;
};

}  // namespace fnn

#endif  // FNN_UPLOAD_H_
