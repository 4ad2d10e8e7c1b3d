#ifndef FNN_MODEL_FILE_H_
#define FNN_MODEL_FILE_H_

#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "fnn/transfer.h"

namespace fnn {

// Takes the next bytes of a file. An error ends what gives them.
using ByteSink = std::function<absl::Status(absl::string_view bytes)>;

// A version that was exported.
struct ExportedModel {
  // Which version, `models/{model}/versions/{n}`.
  std::string model_version;
  // The size of its `.fnn` file.
  int64_t bytes = 0;
};

// How an `.fnn` file is imported.
struct ImportOptions {
  // The last part of the model's name. A model that is there gets a version more. Empty: the server
  // makes one.
  std::string model_id;
  // Makes it repeatable, see ImportModelRequest. Empty: a random one.
  std::string request_id;
  // Called after each part (1 MiB), on the thread that imports. May be empty.
  std::function<void(const TransferProgress&)> on_progress;
};

}  // namespace fnn

#endif  // FNN_MODEL_FILE_H_
