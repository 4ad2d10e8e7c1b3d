// standardize and min_max: (x - shift) scale + low for each feature, with numbers taken from the
// training data. They are parameters that nothing trains.

#ifndef FNN_CORE_OPS_LAYERS_SCALING_H_
#define FNN_CORE_OPS_LAYERS_SCALING_H_

#include <string>

#include "core/ops/layers/table.h"

namespace fnn::core {

class ScalingFunction : public FunctionOf<ScalingFunction> {
 public:
  // `low` is what a feature at `shift` becomes.
  ScalingFunction(const Shape& shape, double low) : low_(low) {
    shape_ = shape;
    operations_ = Size(shape);
    parameters_.push_back({.name = "shift", .size = Size(shape), .trained = false});
    parameters_.push_back({.name = "scale", .size = Size(shape), .start = 1, .trained = false});
  }

  template <typename T>
  void Map(const FunctionInput<T>& input, Rows<T> out) const {
    const T* const shift = input.parameters[0];
    const T* const scale = input.parameters[1];
    const int64_t n = Size(shape_);
    for (int64_t r = 0; r < input.rows; ++r) {
      for (int64_t i = 0; i < n; ++i) {
        out[r][i] = (input.in[0][r][i] - shift[i]) * scale[i] + static_cast<T>(low_);
      }
    }
  }

  template <typename T>
  void MapBack(const FunctionInput<T>& input, Rows<const T> delta, size_t /*which*/, bool adds,
               Rows<T> in_delta) const {
    const int64_t n = Size(shape_);
    for (int64_t r = 0; r < input.rows; ++r) {
      for (int64_t i = 0; i < n; ++i) {
        Put(adds, delta[r][i] * input.parameters[1][i], in_delta[r][i]);
      }
    }
  }

 private:
  double low_;
};

}  // namespace fnn::core

#endif  // FNN_CORE_OPS_LAYERS_SCALING_H_
