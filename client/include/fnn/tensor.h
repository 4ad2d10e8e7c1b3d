// Tensors from numbers and back:
//
//   fnn::v1::Tensor rows = fnn::MakeTensor<float>({0, 0, 0, 1}, {2, 2});   // 2 rows of 2 features
//   absl::StatusOr<std::vector<double>> values = fnn::TensorToDoubles(rows);

#ifndef FNN_TENSOR_H_
#define FNN_TENSOR_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "fnn/v1/tensor.pb.h"

namespace fnn {

// A tensor of `values` in row-major order. `shape` is taken as it is: the server refuses one whose
// product is not the number of values. T: float, double, int32_t, int64_t or uint8_t.
template <typename T>
v1::Tensor MakeTensor(absl::Span<const T> values, absl::Span<const int64_t> shape,
                      std::string_view name = "");

// The elements of a tensor in row-major order, T being exactly its data type. INVALID_ARGUMENT if
// it is another, if a dimension is negative, or if the data's length is not what the shape says.
template <typename T>
absl::StatusOr<std::vector<T>> TensorValues(const v1::Tensor& tensor);

// The elements of a tensor of any data type, in row-major order, as doubles: exact but for int64
// beyond 2^53. Errors as TensorValues.
absl::StatusOr<std::vector<double>> TensorToDoubles(const v1::Tensor& tensor);

}  // namespace fnn

#endif  // FNN_TENSOR_H_
