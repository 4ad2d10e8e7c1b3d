// An activation with learned parameters (core/ops/layers/learned.h) as a function of a layer.

#ifndef FNN_CORE_OPS_LAYERS_LEARNED_FUNCTION_H_
#define FNN_CORE_OPS_LAYERS_LEARNED_FUNCTION_H_

#include <algorithm>
#include <array>

#include "core/ops/layers/learned.h"

namespace fnn::core {

class LearnedFunction : public FunctionOf<LearnedFunction> {
 public:
  // `op` is an entry of LearnedActivations().
  LearnedFunction(const LearnedOp& op, const LayerRequest& request)
      : op_(op), f32_(LearnedFloatKernels()[&op - LearnedActivations().data()]) {
    shape_ = request.inputs[0];
    positions_ = Size(shape_) / channels();
    operations_ = 4 * Size(shape_);
    const bool regularized = request.arguments[op.arguments.size() - 1] != 0;
    for (const LearnedParameter& p : op.parameters) {
      parameters_.push_back({.name = p.name,
                             .size = p.shared ? 1 : channels(),
                             .start = p.starts_at_argument ? request.arguments[0] : p.start,
                             .regularized = regularized && p.may_be_regularized});
    }
  }

  const LearnedOp& op() const { return op_; }
  // Places of a sample, each with a value of every channel.
  int64_t positions() const { return positions_; }

  template <typename T>
  void Map(const FunctionInput<T>& input, Rows<T> out) const {
    for (int64_t r = 0; r < input.rows; ++r) {
      kernels<T>().forward(positions_, channels(), input.parameters, input.in[0][r], out[r]);
    }
  }

  template <typename T>
  void MapBack(const FunctionInput<T>& input, Rows<const T> delta, size_t /*which*/, bool adds,
               Rows<T> in_delta) const {
    for (int64_t r = 0; r < input.rows; ++r) {
      kernels<T>().backward(positions_, channels(), input.parameters, input.in[0][r], delta[r],
                            adds, in_delta[r]);
    }
  }

  template <typename T>
  void MapGradient(const FunctionInput<T>& input, Rows<const T> delta, size_t parameter, bool adds,
                   T* gradient) const {
    if (!op_.parameters[parameter].shared) {
      Clear(adds, channels(), gradient);
      for (int64_t r = 0; r < input.rows; ++r) {
        kernels<T>().gradient(positions_, channels(), input.parameters, parameter, input.in[0][r],
                              delta[r], gradient);
      }
      return;
    }
    // What all channels share is added up over them, some at a time.
    double sum = 0;
    std::array<T, kBlock> sums;
    for (int64_t r = 0; r < input.rows; ++r) {
      for (int64_t p = 0; p < positions_; ++p) {
        for (int64_t begin = 0; begin < channels(); begin += kBlock) {
          const int64_t count = std::min(kBlock, channels() - begin);
          std::array<const T*, kMostLearned> from{};
          for (size_t i = 0; i < parameters_.size(); ++i) {
            from[i] = input.parameters[i] + (op_.parameters[i].shared ? 0 : begin);
          }
          sums.fill(0);
          const int64_t at = p * channels() + begin;
          kernels<T>().gradient(1, count, from.data(), parameter, input.in[0][r] + at,
                                delta[r] + at, sums.data());
          for (int64_t c = 0; c < count; ++c) sum += sums[c];
        }
      }
    }
    Put(adds, static_cast<T>(sum), *gradient);
  }

 private:
  static constexpr int64_t kBlock = 256;

  template <typename T>
  const LearnedKernels<T>& kernels() const {
    if constexpr (std::is_same_v<T, float>) {
      return f32_;
    } else {
      return op_.f64;
    }
  }

  const LearnedOp& op_;
  const LearnedKernels<float> f32_;
  int64_t positions_ = 1;
};

}  // namespace fnn::core

#endif  // FNN_CORE_OPS_LAYERS_LEARNED_FUNCTION_H_
