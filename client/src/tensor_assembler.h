#ifndef FNN_CLIENT_SRC_TENSOR_ASSEMBLER_H_
#define FNN_CLIENT_SRC_TENSOR_ASSEMBLER_H_

#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "fnn/v1/tensor.pb.h"

namespace fnn::internal {

// Puts tensors together from chunks that come in order.
class TensorAssembler {
 public:
  // DATA_LOSS if the chunk does not go on where the one before ended.
  absl::Status Add(const v1::TensorChunk& chunk);

  // The tensors in the order they came. DATA_LOSS if the last is not complete. Called once.
  absl::StatusOr<std::vector<v1::Tensor>> Finish();

 private:
  // DATA_LOSS unless the last tensor has all its bytes.
  absl::Status CheckLastComplete() const;

  std::vector<v1::Tensor> tensors_;
};

}  // namespace fnn::internal

#endif  // FNN_CLIENT_SRC_TENSOR_ASSEMBLER_H_
