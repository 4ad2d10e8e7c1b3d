// add and multiply: the sum, and the product, of inputs of one shape, element by element.

#ifndef FNN_CORE_OPS_LAYERS_MERGE_H_
#define FNN_CORE_OPS_LAYERS_MERGE_H_

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/ops/layers/table.h"

namespace fnn::core {

// Why inputs are not all of one shape, or empty.
inline std::string AlikeFault(const std::vector<Shape>& shapes) {
  for (const Shape& shape : shapes) {
    if (shape == shapes[0]) continue;
    return absl::StrCat("takes inputs of one shape, not [", absl::StrJoin(shapes[0], ", "),
                        "] and [", absl::StrJoin(shape, ", "), "]");
  }
  return "";
}

class AddFunction : public FunctionOf<AddFunction> {
 public:
  static constexpr absl::string_view kName = "add";
  static constexpr absl::string_view kFormula = "x_1 + x_2 + ...";
  static constexpr bool kMerges = true;

  static std::string Fault(const LayerRequest& request) { return AlikeFault(request.inputs); }
  explicit AddFunction(const LayerRequest& request) : inputs_(request.inputs.size()) {
    shape_ = request.inputs[0];
    operations_ = Size(shape_) * static_cast<int64_t>(inputs_);
  }

  template <typename T>
  void Map(const FunctionInput<T>& input, Rows<T> out) const {
    const int64_t n = Size(shape_);
    for (int64_t r = 0; r < input.rows; ++r) {
      T* const y = out[r];
      std::copy(input.in[0][r], input.in[0][r] + n, y);
      for (size_t k = 1; k < inputs_; ++k) {
        const T* const x = input.in[k][r];
        for (int64_t i = 0; i < n; ++i) y[i] += x[i];
      }
    }
  }

  template <typename T>
  void MapBack(const FunctionInput<T>& input, Rows<const T> delta, size_t /*which*/, bool adds,
               Rows<T> in_delta) const {
    const int64_t n = Size(shape_);
    for (int64_t r = 0; r < input.rows; ++r) {
      for (int64_t i = 0; i < n; ++i) Put(adds, delta[r][i], in_delta[r][i]);
    }
  }

 private:
  size_t inputs_;
};

class ProductFunction : public FunctionOf<ProductFunction> {
 public:
  static constexpr absl::string_view kName = "multiply";
  static constexpr absl::string_view kFormula = "x_1 x_2 ...";
  static constexpr bool kMerges = true;

  static std::string Fault(const LayerRequest& request) { return AlikeFault(request.inputs); }
  explicit ProductFunction(const LayerRequest& request) : inputs_(request.inputs.size()) {
    shape_ = request.inputs[0];
    operations_ = Size(shape_) * static_cast<int64_t>(inputs_);
  }

  template <typename T>
  void Map(const FunctionInput<T>& input, Rows<T> out) const {
    const int64_t n = Size(shape_);
    for (int64_t r = 0; r < input.rows; ++r) {
      T* const y = out[r];
      std::copy(input.in[0][r], input.in[0][r] + n, y);
      for (size_t k = 1; k < inputs_; ++k) {
        const T* const x = input.in[k][r];
        for (int64_t i = 0; i < n; ++i) y[i] *= x[i];
      }
    }
  }

  template <typename T>
  void MapBack(const FunctionInput<T>& input, Rows<const T> delta, size_t which, bool adds,
               Rows<T> in_delta) const {
    const int64_t n = Size(shape_);
    for (int64_t r = 0; r < input.rows; ++r) {
      for (int64_t i = 0; i < n; ++i) {
        T slope = delta[r][i];
        for (size_t k = 0; k < inputs_; ++k) {
          if (k != which) slope *= input.in[k][r][i];
        }
        Put(adds, slope, in_delta[r][i]);
      }
    }
  }

 private:
  size_t inputs_;
};

}  // namespace fnn::core

#endif  // FNN_CORE_OPS_LAYERS_MERGE_H_
