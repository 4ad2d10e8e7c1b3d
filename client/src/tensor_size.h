#ifndef FNN_CLIENT_SRC_TENSOR_SIZE_H_
#define FNN_CLIENT_SRC_TENSOR_SIZE_H_

#include <cstdint>
#include <optional>

#include "fnn/v1/tensor.pb.h"

namespace fnn::internal {

// How many bytes the data of a tensor of this shape and data type takes; nullopt where a dimension
// is negative, the type is unknown, or the number overflows.
std::optional<uint64_t> TensorBytes(const v1::Tensor& tensor);

}  // namespace fnn::internal

#endif  // FNN_CLIENT_SRC_TENSOR_SIZE_H_
