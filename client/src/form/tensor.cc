#include "client/src/form/tensor.h"

#include <cstdint>
#include <cstring>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "client/src/form/shortest.h"

namespace fnn::form {
namespace {

// More than any parameter has; what is nested deeper is refused.
constexpr size_t kMostDimensions = 8;

class TensorParser {
 public:
  TensorParser(Cursor& cursor, v1::Tensor& tensor) : cursor_(cursor), tensor_(tensor) {}

  // The list that is `depth` levels within the outermost.
  absl::Status ParseList(size_t depth) {
    if (!cursor_.Take('[')) return cursor_.Error("expected a list of numbers, such as [1, 2]");
    if (depth == kMostDimensions) return cursor_.Error("expected no more lists within lists");
    const bool first = depth == shape_.size();
    if (first) shape_.push_back(0);
    int64_t length = 0;
    do {
      const bool list = cursor_.Peek() == '[';
      if (leaves_ == 0 && !list) leaves_ = depth + 1;
      if (list != (leaves_ == 0 || depth + 1 < leaves_)) {
        return cursor_.Error(list ? "expected a number" : "expected a list, as those before it");
      }
      if (absl::Status status = list ? ParseList(depth + 1) : ParseNumber(); !status.ok()) {
        return status;
      }
      ++length;
    } while (cursor_.Take(','));
    if (!first && length != shape_[depth]) {
      return cursor_.Error(
          absl::StrCat("expected lists of one length, not of ", shape_[depth], " and ", length));
    }
    shape_[depth] = length;
    return cursor_.Take(']') ? absl::OkStatus() : cursor_.Error("expected ',' or ']'");
  }

  void Finish() const {
    tensor_.mutable_shape()->Assign(shape_.begin(), shape_.end());
    tensor_.set_data_type(v1::DATA_TYPE_FLOAT32);
  }

 private:
  absl::Status ParseNumber() {
    const size_t start = cursor_.position();
    float value = 0;
    if (!absl::SimpleAtof(cursor_.TakeValue(), &value)) {
      cursor_.Return(start);
      return cursor_.Error("expected a number");
    }
    tensor_.mutable_data()->append(reinterpret_cast<const char*>(&value), sizeof(value));
    return absl::OkStatus();
  }

  Cursor& cursor_;
  v1::Tensor& tensor_;
  std::vector<int64_t> shape_;  // Of the first list of each level.
  size_t leaves_ = 0;           // The level of numbers; 0 before the first.
};

// The elements as text; nothing where the tensor has no known type or another length.
template <typename T>
std::vector<std::string> TextsOf(const std::string& data) {
  std::vector<std::string> texts;
  if (data.size() % sizeof(T) != 0) return texts;
  for (size_t at = 0; at < data.size(); at += sizeof(T)) {
    T value;
    std::memcpy(&value, data.data() + at, sizeof(T));
    texts.push_back(Shortest(value));
  }
  return texts;
}

std::vector<std::string> Elements(const v1::Tensor& tensor) {
  switch (tensor.data_type()) {
    case v1::DATA_TYPE_FLOAT32:
      return TextsOf<float>(tensor.data());
    case v1::DATA_TYPE_FLOAT64:
      return TextsOf<double>(tensor.data());
    case v1::DATA_TYPE_INT32:
      return TextsOf<int32_t>(tensor.data());
    case v1::DATA_TYPE_INT64:
      return TextsOf<int64_t>(tensor.data());
    case v1::DATA_TYPE_UINT8:
      return TextsOf<uint8_t>(tensor.data());
    default:
      return {};
  }
}

}  // namespace

bool IsTensor(const google::protobuf::FieldDescriptor& field) {
  return field.message_type() == v1::Tensor::descriptor();
}

absl::Status ParseTensor(Cursor& cursor, v1::Tensor& tensor) {
  tensor.Clear();
  TensorParser parser(cursor, tensor);
  absl::Status status = parser.ParseList(0);
  parser.Finish();
  return status;
}

std::string PrintTensor(const v1::Tensor& tensor) {
  std::vector<std::string> parts = Elements(tensor);
  if (parts.empty() || tensor.shape().empty()) return "";
  // From the last dimension to the first, lists of what there is become what there is.
  for (int d = tensor.shape_size() - 1; d >= 0; --d) {
    const int64_t length = tensor.shape(d);
    if (length < 1 || static_cast<int64_t>(parts.size()) % length != 0) return "";
    std::vector<std::string> lists(parts.size() / length);
    for (size_t i = 0; i < parts.size(); ++i) {
      std::string& list = lists[i / length];
      absl::StrAppend(&list, i % length == 0 ? "[" : ",", parts[i]);
      if (i % length + 1 == static_cast<size_t>(length)) list += ']';
    }
    parts = std::move(lists);
  }
  return parts.size() == 1 ? parts[0] : "";
}

}  // namespace fnn::form
