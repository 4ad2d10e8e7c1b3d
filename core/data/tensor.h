// Tensors of the API to and from plain arrays.

#ifndef FNN_CORE_DATA_TENSOR_H_
#define FNN_CORE_DATA_TENSOR_H_

#include <cstdint>
#include <span>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/base/errors.h"
#include "fnn/v1/tensor.pb.h"

namespace fnn::core {

// Rows of numbers, row-major [rows, columns].
struct Matrix {
  int64_t rows = 0;
  int64_t columns = 0;
  std::vector<float> values;
};

// The elements of a tensor of any shape and type, as floats. INVALID_ARGUMENT under `path` where
// shape, type and length do not agree, there is no element, or a value is not finite as a float
// (its place named).
absl::StatusOr<std::vector<float>> ReadElements(const v1::Tensor& tensor, const FieldPath& path);

// What a tensor of one dimension is.
enum class OneDimension { kOneRow, kOneColumn };

// The same as a matrix, of one or two dimensions.
absl::StatusOr<Matrix> ReadTensor(const v1::Tensor& tensor, OneDimension one_dimension,
                                  const FieldPath& path);

// A float32 tensor of shape [rows, columns].
v1::Tensor MakeTensor(absl::string_view name, int64_t rows, int64_t columns,
                      std::span<const float> values);

}  // namespace fnn::core

#endif  // FNN_CORE_DATA_TENSOR_H_
