// add and multiply: the sum, and the product, of inputs of one shape, element by element.

#ifndef FNN_CORE_OPS_LAYERS_MERGE_H_
#define FNN_CORE_OPS_LAYERS_MERGE_H_

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "core/ops/layers/table.h"

namespace fnn::core {

// Over inputs of one shape; Derived::Merge(x, y) merges a value x into y.
template <typename Derived>
class MergeOf : public FunctionOf<Derived> {
 public:
  static constexpr bool kMerges = true;

  static std::string Fault(const LayerRequest& request) {
    const Shape& first = request.inputs[0];
    for (const Shape& shape : request.inputs) {
      if (shape == first) continue;
      return absl::StrCat("takes inputs of one shape, not ", ToText(first), " and ", ToText(shape));
    }
    return "";
  }
  explicit MergeOf(const LayerRequest& request) : inputs_(request.inputs.size()) {
    this->shape_ = request.inputs[0];
    this->operations_ = Size(this->shape_) * static_cast<int64_t>(inputs_);
  }

  template <typename T>
  void Map(const FunctionInput<T>& input, Rows<T> out) const {
    const int64_t n = Size(this->shape_);
    for (int64_t r = 0; r < input.rows; ++r) {
      T* const y = out[r];
      std::copy_n(input.in[0][r], n, y);
      for (size_t k = 1; k < inputs_; ++k) {
        const T* const x = input.in[k][r];
        for (int64_t i = 0; i < n; ++i) Derived::Merge(x[i], y[i]);
      }
    }
  }

 protected:
  const size_t inputs_;
};

class AddFunction : public MergeOf<AddFunction> {
 public:
  static constexpr absl::string_view kName = "add";
  static constexpr absl::string_view kFormula = "x_1 + x_2 + ...";
  using MergeOf::MergeOf;

  template <typename T>
  static void Merge(T x, T& y) {
    y += x;
  }

  template <typename T>
  void MapBack(const FunctionInput<T>& input, Rows<const T> delta, size_t /*which*/, bool adds,
               Rows<T> in_delta) const {
    const int64_t n = Size(shape_);
    for (int64_t r = 0; r < input.rows; ++r) {
      for (int64_t i = 0; i < n; ++i) Put(adds, delta[r][i], in_delta[r][i]);
    }
  }
};

class ProductFunction : public MergeOf<ProductFunction> {
 public:
  static constexpr absl::string_view kName = "multiply";
  static constexpr absl::string_view kFormula = "x_1 x_2 ...";
  using MergeOf::MergeOf;

  template <typename T>
  static void Merge(T x, T& y) {
    y *= x;
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
};

}  // namespace fnn::core

#endif  // FNN_CORE_OPS_LAYERS_MERGE_H_
