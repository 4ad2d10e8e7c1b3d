#include "client/src/tensor_size.h"

namespace fnn::internal {
namespace {

std::optional<uint64_t> ElementBytes(v1::DataType type) {
  switch (type) {
    case v1::DATA_TYPE_FLOAT32:
    case v1::DATA_TYPE_INT32:
      return 4;
    case v1::DATA_TYPE_FLOAT64:
    case v1::DATA_TYPE_INT64:
      return 8;
    case v1::DATA_TYPE_UINT8:
      return 1;
    default:
      return std::nullopt;
  }
}

}  // namespace

std::optional<uint64_t> TensorBytes(const v1::Tensor& tensor) {
  std::optional<uint64_t> bytes = ElementBytes(tensor.data_type());
  if (!bytes.has_value()) return std::nullopt;
  for (const int64_t dimension : tensor.shape()) {
    if (dimension < 0 ||
        __builtin_mul_overflow(*bytes, static_cast<uint64_t>(dimension), &*bytes)) {
      return std::nullopt;
    }
  }
  return bytes;
}

}  // namespace fnn::internal
