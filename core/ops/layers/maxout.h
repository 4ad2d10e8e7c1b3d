// maxout's second half: the largest of each unit's pieces, at a tie the lowest (Goodfellow et al.,
// 2013). The first half is an affine map to units * pieces. NaN is larger than any number.

#ifndef FNN_CORE_OPS_LAYERS_MAXOUT_H_
#define FNN_CORE_OPS_LAYERS_MAXOUT_H_

#include <string>

#include "core/ops/layers/table.h"
#include "core/ops/number.h"

namespace fnn::core {

class MaxoutFunction : public FunctionOf<MaxoutFunction> {
 public:
  static constexpr absl::string_view kName = "maxout";
  static constexpr absl::string_view kFormula = "max_k (w_k x + b_k)";
  static constexpr Argument kArguments[] = {
      {.name = "pieces", .default_value = 2, .min = 2, .max = 1024}};

  static std::string Fault(const LayerRequest& request) {
    return request.inputs[0].size() == 1 ? "" : "takes [units]";
  }
  explicit MaxoutFunction(const LayerRequest& request)
      : pieces_(static_cast<int64_t>(request.arguments[0])) {
    operations_ = Size(request.inputs[0]);
    shape_ = {request.inputs[0].back() / pieces_};
  }

  template <typename T>
  void Map(const FunctionInput<T>& input, Rows<T> out) const {
    for (int64_t r = 0; r < input.rows; ++r) {
      const T* z = input.in[0][r];
      for (int64_t u = 0; u < channels(); ++u, z += pieces_) out[r][u] = z[Largest(z)];
    }
  }

  template <typename T>
  void MapBack(const FunctionInput<T>& input, Rows<const T> delta, size_t /*which*/, bool adds,
               Rows<T> in_delta) const {
    for (int64_t r = 0; r < input.rows; ++r) {
      const T* z = input.in[0][r];
      T* dz = in_delta[r];
      Clear(adds, channels() * pieces_, dz);
      for (int64_t u = 0; u < channels(); ++u, z += pieces_, dz += pieces_) {
        dz[Largest(z)] += delta[r][u];
      }
    }
  }

 private:
  template <typename T>
  int64_t Largest(const T* z) const {
    int64_t largest = 0;
    for (int64_t k = 1; k < pieces_; ++k) {
      if (z[k] > z[largest] || (IsNaN(z[k]) && !IsNaN(z[largest]))) largest = k;
    }
    return largest;
  }

  int64_t pieces_;
};

}  // namespace fnn::core

#endif  // FNN_CORE_OPS_LAYERS_MAXOUT_H_
