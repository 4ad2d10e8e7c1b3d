// A network with its parameters as bytes: the payload of the files of versions, and of `.fnn` files
// (docs/fnn-file.md).
//
//   u64     the length of the header, little-endian
//   header  fnn.storage.v1.ModelFileHeader
//   f32...  the parameters in the plan's logical order, little-endian

#ifndef FNN_SERVER_STORE_MODEL_FILE_H_
#define FNN_SERVER_STORE_MODEL_FILE_H_

#include <cstdint>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/base/byte_sink.h"
#include "core/base/byte_source.h"
#include "core/base/errors.h"
#include "core/network.h"
#include "fnn/storage/v1/model_file.pb.h"
#include "server/base/memory_budget.h"

namespace fnn::server {

// The payload, part by part.
class ModelFilePayload {
 public:
  ModelFilePayload(const v1::ModelVersion& version, core::Network network);

  // Of the whole payload, in bytes.
  uint64_t size() const { return size_; }

  // Makes `part` the next bytes, at most 1 MiB; false, and nothing, at the end.
  bool Next(std::string& part);

  absl::Status WriteTo(core::ByteSink& sink);

 private:
  core::Network network_;
  std::string head_;  // What is left of the length and the header.
  uint64_t size_ = 0;
  size_t head_sent_ = 0;
  size_t block_ = 0;    // The parameter block that comes next,
  int64_t offset_ = 0;  // from this element on.
};

struct ModelFile {
  v1::ModelVersion version;  // As it was where the file was written.
  core::Network network;
  Reservation memory;  // What the network takes.
};

// Reads a payload of `size` bytes, which may be anything. `reserve` gives memory before it is
// taken. INVALID_ARGUMENT at `path` where it is no model file, at `path.network...` where its
// network makes no sense; the errors of `source` and `reserve`.
absl::StatusOr<ModelFile> ReadModelFile(
    core::ByteSource& source, uint64_t size, const core::FieldPath& path,
    absl::FunctionRef<absl::StatusOr<Reservation>(int64_t bytes)> reserve);

}  // namespace fnn::server

#endif  // FNN_SERVER_STORE_MODEL_FILE_H_
