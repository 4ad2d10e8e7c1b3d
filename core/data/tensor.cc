#include "core/data/tensor.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <string>
#include <type_traits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "core/base/saturating.h"

namespace fnn::core {
namespace {

static_assert(std::endian::native == std::endian::little);

// Copies the elements; a double too large for a float becomes infinite and is found later.
template <typename T>
void CopyElements(const std::string& bytes, std::vector<float>& out) {
  for (size_t i = 0; i < out.size(); ++i) {
    T value;
    std::memcpy(&value, bytes.data() + i * sizeof(T), sizeof(T));
    if constexpr (std::is_same_v<T, double>) {
      constexpr double kMost = std::numeric_limits<float>::max();
      out[i] = std::abs(value) > kMost ? std::numeric_limits<float>::infinity()
                                       : static_cast<float>(value);
    } else {
      out[i] = static_cast<float>(value);
    }
  }
}

int64_t ElementSize(v1::DataType type) {
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
      return 0;
  }
}

// Where an element of a tensor of such a shape is.
std::string PlaceOf(int64_t element, const google::protobuf::RepeatedField<int64_t>& shape) {
  if (shape.size() == 2) {
    return absl::StrCat("row ", element / shape[1], ", column ", element % shape[1],
                        " (both from 0)");
  }
  std::string place;
  for (int d = shape.size() - 1; d >= 0; --d) {
    place = absl::StrCat(element % shape[d], place.empty() ? "" : ", ", place);
    element /= shape[d];
  }
  return absl::StrCat("element [", place, "] (from 0)");
}

}  // namespace

absl::StatusOr<std::vector<float>> ReadElements(const v1::Tensor& tensor, const FieldPath& path) {
  const int64_t element_size = ElementSize(tensor.data_type());
  if (element_size == 0) {
    return InvalidField(path / "data_type", "REQUIRED",
                        "must be one of the named data types, such as DATA_TYPE_FLOAT32");
  }
  SaturatingSize size = element_size;
  for (const int64_t length : tensor.shape()) {
    if (length < 1) {
      return InvalidField(path / "shape", "EMPTY", "every dimension must be at least 1");
    }
    size = size * length;
  }
  if (size.value() != static_cast<int64_t>(tensor.data().size())) {
    return InvalidField(
        path / "data", "WRONG_LENGTH",
        absl::StrCat("must have ", size.value(), " bytes for shape [",
                     absl::StrJoin(tensor.shape(), ", "), "], not ", tensor.data().size()));
  }
  std::vector<float> values(size.value() / element_size);
  switch (tensor.data_type()) {
    case v1::DATA_TYPE_FLOAT32:
      CopyElements<float>(tensor.data(), values);
      break;
    case v1::DATA_TYPE_FLOAT64:
      CopyElements<double>(tensor.data(), values);
      break;
    case v1::DATA_TYPE_INT32:
      CopyElements<int32_t>(tensor.data(), values);
      break;
    case v1::DATA_TYPE_INT64:
      CopyElements<int64_t>(tensor.data(), values);
      break;
    default:
      CopyElements<uint8_t>(tensor.data(), values);
      break;
  }
  const auto wrong =
      std::find_if(values.begin(), values.end(), [](float x) { return !std::isfinite(x); });
  if (wrong != values.end()) {
    return InvalidField(path / "data", "NOT_FINITE",
                        absl::StrCat(PlaceOf(wrong - values.begin(), tensor.shape()),
                                     " is not finite as a 32-bit float"));
  }
  return values;
}

absl::StatusOr<Matrix> ReadTensor(const v1::Tensor& tensor, OneDimension one_dimension,
                                  const FieldPath& path) {
  if (tensor.shape_size() != 1 && tensor.shape_size() != 2) {
    return InvalidField(path / "shape", "WRONG_SHAPE",
                        absl::StrCat("must have one or two dimensions, not ", tensor.shape_size()));
  }
  absl::StatusOr<std::vector<float>> values = ReadElements(tensor, path);
  if (!values.ok()) return values.status();
  const int64_t first = tensor.shape(0);
  Matrix out{.rows = first, .columns = 1, .values = *std::move(values)};
  if (tensor.shape_size() == 2) {
    out.columns = tensor.shape(1);
  } else if (one_dimension == OneDimension::kOneRow) {
    out.rows = 1;
    out.columns = first;
  }
  return out;
}

v1::Tensor MakeTensor(absl::string_view name, int64_t rows, int64_t columns,
                      std::span<const float> values) {
  v1::Tensor tensor;
  tensor.set_name(std::string(name));
  tensor.add_shape(rows);
  tensor.add_shape(columns);
  tensor.set_data_type(v1::DATA_TYPE_FLOAT32);
  tensor.set_data(values.data(), values.size_bytes());
  return tensor;
}

}  // namespace fnn::core
