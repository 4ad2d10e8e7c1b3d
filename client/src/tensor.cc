#include "fnn/tensor.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/src/tensor_size.h"

namespace fnn {
namespace {

template <typename T>
constexpr v1::DataType kDataType = v1::DATA_TYPE_UNSPECIFIED;
template <>
constexpr v1::DataType kDataType<float> = v1::DATA_TYPE_FLOAT32;
template <>
constexpr v1::DataType kDataType<double> = v1::DATA_TYPE_FLOAT64;
template <>
constexpr v1::DataType kDataType<int32_t> = v1::DATA_TYPE_INT32;
template <>
constexpr v1::DataType kDataType<int64_t> = v1::DATA_TYPE_INT64;
template <>
constexpr v1::DataType kDataType<uint8_t> = v1::DATA_TYPE_UINT8;

// Between the host's byte order and the wire's, which is little-endian.
void SwapBytesOnBigEndian(char* data, size_t size, size_t element) {
  if constexpr (std::endian::native == std::endian::big) {
    for (size_t i = 0; i + element <= size; i += element) {
      std::reverse(data + i, data + i + element);
    }
  }
}

template <typename T>
absl::StatusOr<std::vector<double>> Widen(const v1::Tensor& tensor) {
  absl::StatusOr<std::vector<T>> values = TensorValues<T>(tensor);
  if (!values.ok()) return values.status();
  return std::vector<double>(values->begin(), values->end());
}

}  // namespace

template <typename T>
v1::Tensor MakeTensor(absl::Span<const T> values, absl::Span<const int64_t> shape,
                      std::string_view name) {
  v1::Tensor tensor;
  tensor.set_name(std::string(name));
  tensor.mutable_shape()->Add(shape.begin(), shape.end());
  tensor.set_data_type(kDataType<T>);
  std::string& data = *tensor.mutable_data();
  data.resize(values.size() * sizeof(T));
  if (!data.empty()) std::memcpy(data.data(), values.data(), data.size());
  SwapBytesOnBigEndian(data.data(), data.size(), sizeof(T));
  return tensor;
}

template <typename T>
absl::StatusOr<std::vector<T>> TensorValues(const v1::Tensor& tensor) {
  if (tensor.data_type() != kDataType<T>) {
    return absl::InvalidArgumentError(absl::StrCat("tensor '", tensor.name(), "' holds ",
                                                   v1::DataType_Name(tensor.data_type()), ", not ",
                                                   v1::DataType_Name(kDataType<T>)));
  }
  if (internal::TensorBytes(tensor) != tensor.data().size()) {
    return absl::InvalidArgumentError(
        absl::StrCat("tensor '", tensor.name(), "' has ", tensor.data().size(),
                     " bytes, which is not what [", absl::StrJoin(tensor.shape(), ", "), "] of ",
                     v1::DataType_Name(tensor.data_type()), " takes"));
  }
  std::string data = tensor.data();
  SwapBytesOnBigEndian(data.data(), data.size(), sizeof(T));
  std::vector<T> values(data.size() / sizeof(T));
  if (!values.empty()) std::memcpy(values.data(), data.data(), data.size());
  return values;
}

absl::StatusOr<std::vector<double>> TensorToDoubles(const v1::Tensor& tensor) {
  switch (tensor.data_type()) {
    case v1::DATA_TYPE_FLOAT32:
      return Widen<float>(tensor);
    case v1::DATA_TYPE_FLOAT64:
      return Widen<double>(tensor);
    case v1::DATA_TYPE_INT32:
      return Widen<int32_t>(tensor);
    case v1::DATA_TYPE_INT64:
      return Widen<int64_t>(tensor);
    case v1::DATA_TYPE_UINT8:
      return Widen<uint8_t>(tensor);
    default:
      return absl::InvalidArgumentError(
          absl::StrCat("tensor '", tensor.name(), "' has an unknown data type"));
  }
}

#define FNN_INSTANTIATE(T)                                                          \
  template v1::Tensor MakeTensor<T>(absl::Span<const T>, absl::Span<const int64_t>, \
                                    std::string_view);                              \
  template absl::StatusOr<std::vector<T>> TensorValues<T>(const v1::Tensor&)
FNN_INSTANTIATE(float);
FNN_INSTANTIATE(double);
FNN_INSTANTIATE(int32_t);
FNN_INSTANTIATE(int64_t);
FNN_INSTANTIATE(uint8_t);
#undef FNN_INSTANTIATE

}  // namespace fnn
