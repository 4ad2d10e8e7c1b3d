// layer_norm: (x - mean) / sqrt(variance + epsilon) gamma + beta, mean and biased variance over the
// last dimension of each sample (Ba, Kiros and Hinton, 2016). With s = 1 / sqrt(variance +
// epsilon), h = (x - mean) s and g = gamma delta, dL/dx = s (g - mean(g) - h mean(g h)).

#ifndef FNN_CORE_OPS_LAYERS_LAYER_NORM_H_
#define FNN_CORE_OPS_LAYERS_LAYER_NORM_H_

#include <limits>
#include <string>

#include "core/ops/layers/table.h"
#include "core/ops/number.h"

namespace fnn::core {

class LayerNormFunction : public FunctionOf<LayerNormFunction> {
 public:
  static constexpr absl::string_view kName = "layer_norm";
  static constexpr absl::string_view kFormula =
      "gamma (x - mean) / sqrt(variance + epsilon) + beta, over the last dimension";
  static constexpr Argument kArguments[] = {
      {.name = "epsilon", .default_value = 1e-5, .min = std::numeric_limits<float>::min()},
      {.name = "affine", .default_value = 1, .min = 0, .max = 1}};

  static std::string Fault(const LayerRequest&) { return ""; }
  explicit LayerNormFunction(const LayerRequest& request)
      : epsilon_(request.arguments[0]), affine_(request.arguments[1] != 0) {
    shape_ = request.inputs[0];
    positions_ = Size(shape_) / channels();
    operations_ = 4 * Size(shape_);
    if (!affine_) return;
    parameters_.push_back({.name = "gamma", .size = channels(), .start = 1});
    parameters_.push_back({.name = "beta", .size = channels()});
  }

  template <typename T>
  void Map(const FunctionInput<T>& input, Rows<T> out) const {
    ForEachPlace(input.rows, [&](int64_t r, int64_t at) {
      const T* const x = input.in[0][r] + at;
      T* const y = out[r] + at;
      const auto [mean, inverse] = Measured(x);
      for (int64_t c = 0; c < channels(); ++c) y[c] = (x[c] - mean) * inverse;
      if (!affine_) return;
      for (int64_t c = 0; c < channels(); ++c) {
        y[c] = y[c] * input.parameters[0][c] + input.parameters[1][c];
      }
    });
  }

  template <typename T>
  void MapBack(const FunctionInput<T>& input, Rows<const T> delta, size_t /*which*/, bool adds,
               Rows<T> in_delta) const {
    const double n = static_cast<double>(channels());
    ForEachPlace(input.rows, [&](int64_t r, int64_t at) {
      const T* const x = input.in[0][r] + at;
      const T* const d = delta[r] + at;
      T* const dx = in_delta[r] + at;
      const auto [mean, inverse] = Measured(x);
      double sum = 0;
      double sum_h = 0;
      for (int64_t c = 0; c < channels(); ++c) {
        const double g = affine_ ? d[c] * input.parameters[0][c] : d[c];
        sum += g;
        sum_h += g * ((x[c] - mean) * inverse);
      }
      const T mean_g = static_cast<T>(sum / n);
      const T mean_gh = static_cast<T>(sum_h / n);
      for (int64_t c = 0; c < channels(); ++c) {
        const T g = affine_ ? d[c] * input.parameters[0][c] : d[c];
        const T h = (x[c] - mean) * inverse;
        Put(adds, inverse * (g - mean_g - h * mean_gh), dx[c]);
      }
    });
  }

  template <typename T>
  void MapGradient(const FunctionInput<T>& input, Rows<const T> delta, size_t parameter, bool adds,
                   T* gradient) const {
    Clear(adds, channels(), gradient);
    ForEachPlace(input.rows, [&](int64_t r, int64_t at) {
      const T* const x = input.in[0][r] + at;
      const T* const d = delta[r] + at;
      const auto [mean, inverse] = Measured(x);
      for (int64_t c = 0; c < channels(); ++c) {
        gradient[c] += parameter == 1 ? d[c] : d[c] * ((x[c] - mean) * inverse);
      }
    });
  }

 private:
  template <typename T>
  struct Moments {
    T mean;
    T inverse;  // Of the standard deviation.
  };

  template <typename T>
  Moments<T> Measured(const T* x) const {
    const double n = static_cast<double>(channels());
    WideOf<T> sum = 0;
    for (int64_t c = 0; c < channels(); ++c) sum += x[c];
    const WideOf<T> mean = sum / n;
    WideOf<T> squares = 0;
    for (int64_t c = 0; c < channels(); ++c) squares += (x[c] - mean) * (x[c] - mean);
    return {static_cast<T>(mean), static_cast<T>(1 / Sqrt(squares / n + epsilon_))};
  }

  template <typename F>
  void ForEachPlace(int64_t rows, F f) const {
    for (int64_t r = 0; r < rows; ++r) {
      for (int64_t p = 0; p < positions_; ++p) f(r, p * channels());
    }
  }

  double epsilon_;
  bool affine_;
  int64_t positions_ = 1;
};

}  // namespace fnn::core

#endif  // FNN_CORE_OPS_LAYERS_LAYER_NORM_H_
