#include "client/src/tensor_assembler.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "client/src/tensor_size.h"

namespace fnn::internal {

absl::Status TensorAssembler::Add(const v1::TensorChunk& chunk) {
  if (tensors_.empty() || tensors_.back().name() != chunk.name()) {
    if (absl::Status status = CheckLastComplete(); !status.ok()) return status;
    v1::Tensor& tensor = tensors_.emplace_back();
    tensor.set_name(chunk.name());
    *tensor.mutable_shape() = chunk.shape();
    tensor.set_data_type(chunk.data_type());
  }
  v1::Tensor& tensor = tensors_.back();
  if (chunk.offset() != static_cast<int64_t>(tensor.data().size())) {
    return absl::DataLossError(absl::StrCat("a chunk of tensor '", chunk.name(),
                                            "' starts at byte ", chunk.offset(), " where byte ",
                                            tensor.data().size(), " should follow"));
  }
  tensor.mutable_data()->append(chunk.data());
  return absl::OkStatus();
}

absl::StatusOr<std::vector<v1::Tensor>> TensorAssembler::Finish() {
  if (absl::Status status = CheckLastComplete(); !status.ok()) return status;
  return std::move(tensors_);
}

absl::Status TensorAssembler::CheckLastComplete() const {
  if (tensors_.empty()) return absl::OkStatus();
  const v1::Tensor& last = tensors_.back();
  if (TensorBytes(last) != last.data().size()) {
    return absl::DataLossError(
        absl::StrCat("tensor '", last.name(), "' ended after ", last.data().size(), " bytes"));
  }
  return absl::OkStatus();
}

}  // namespace fnn::internal
