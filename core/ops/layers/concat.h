// concat: inputs side by side along their last dimension.

#ifndef FNN_CORE_OPS_LAYERS_CONCAT_H_
#define FNN_CORE_OPS_LAYERS_CONCAT_H_

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/ops/layers/table.h"

namespace fnn::core {

class ConcatFunction : public FunctionOf<ConcatFunction> {
 public:
  static constexpr absl::string_view kName = "concat";
  static constexpr absl::string_view kFormula = "(x_1, x_2, ...)";
  static constexpr bool kMerges = true;

  static std::string Fault(const LayerRequest& request) {
    const Shape& first = request.inputs[0];
    for (const Shape& shape : request.inputs) {
      if (shape.size() == first.size() &&
          std::equal(shape.begin(), shape.end() - 1, first.begin())) {
        continue;
      }
      return absl::StrCat("takes inputs that differ in the last dimension only, not ",
                          ToText(first), " and ", ToText(shape));
    }
    return "";
  }

  explicit ConcatFunction(const LayerRequest& request) {
    shape_ = request.inputs[0];
    positions_ = Size(shape_) / shape_.back();
    shape_.back() = 0;
    for (const Shape& shape : request.inputs) {
      offsets_.push_back(shape_.back());
      channels_.push_back(shape.back());
      shape_.back() += shape.back();
    }
    operations_ = Size(shape_);
  }

  template <typename T>
  void Map(const FunctionInput<T>& input, Rows<T> out) const {
    for (int64_t r = 0; r < input.rows; ++r) {
      for (size_t k = 0; k < channels_.size(); ++k) {
        const T* x = input.in[k][r];
        T* y = out[r] + offsets_[k];
        for (int64_t p = 0; p < positions_; ++p, x += channels_[k], y += channels()) {
          std::copy(x, x + channels_[k], y);
        }
      }
    }
  }

  template <typename T>
  void MapBack(const FunctionInput<T>& input, Rows<const T> delta, size_t which, bool adds,
               Rows<T> in_delta) const {
    for (int64_t r = 0; r < input.rows; ++r) {
      const T* from = delta[r] + offsets_[which];
      T* to = in_delta[r];
      for (int64_t p = 0; p < positions_; ++p, to += channels_[which], from += channels()) {
        for (int64_t c = 0; c < channels_[which]; ++c) Put(adds, from[c], to[c]);
      }
    }
  }

 private:
  int64_t positions_ = 1;
  std::vector<int64_t> offsets_, channels_;  // Of each input.
};

}  // namespace fnn::core

#endif  // FNN_CORE_OPS_LAYERS_CONCAT_H_
