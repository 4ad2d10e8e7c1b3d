// batch_norm: (x - mean) / sqrt(variance + epsilon) gamma + beta for each channel, mean and biased
// variance over the mini-batch and all places (Ioffe and Szegedy, 2015); in prediction, and where
// the layer is frozen, over what the running statistics say. With n values of x in a channel,
// s = 1 / sqrt(variance + epsilon) and h = (x - mean) s,
// dL/dx = gamma s (delta - mean(delta) - h mean(delta h)).

#ifndef FNN_CORE_OPS_LAYERS_BATCH_NORM_H_
#define FNN_CORE_OPS_LAYERS_BATCH_NORM_H_

#include <algorithm>
#include <array>
#include <string>

#include "core/ops/layers/table.h"
#include "core/ops/number.h"

namespace fnn::core {

class BatchNormFunction : public FunctionOf<BatchNormFunction> {
 public:
  static constexpr absl::string_view kName = "batch_norm";
  static constexpr absl::string_view kFormula =
      "gamma (x - mean) / sqrt(variance + epsilon) + beta, over the mini-batch";
  static constexpr Argument kArguments[] = {
      {.name = "epsilon", .default_value = 1e-5, .min = std::numeric_limits<float>::min()},
      {.name = "momentum", .default_value = 0.1, .min = 0, .max = 1, .min_excluded = true},
      {.name = "affine", .default_value = 1, .min = 0, .max = 1}};

  static std::string Fault(const LayerRequest&) { return ""; }
  explicit BatchNormFunction(const LayerRequest& request)
      : epsilon_(request.arguments[0]),
        momentum_(request.arguments[1]),
        affine_(request.arguments[2] != 0) {
    shape_ = request.inputs[0];
    positions_ = Size(shape_) / channels();
    operations_ = 4 * Size(shape_);
    if (affine_) {
      parameters_.push_back({.name = "gamma", .size = channels(), .start = 1});
      parameters_.push_back({.name = "beta", .size = channels()});
    }
    parameters_.push_back({.name = "running_mean", .size = channels(), .trained = false});
    parameters_.push_back(
        {.name = "running_variance", .size = channels(), .start = 1, .trained = false});
    if (!request.frozen) statistics_size_ = kStatistics * channels();
  }

  template <typename T>
  void Map(const FunctionInput<T>& input, Rows<T> out) const {
    ForEachBlock(0, channels(), [&](int64_t begin, int64_t count) {
      const Block<T> b = Load(input, begin, count);
      ForEachPlace(input.rows, begin, [&](int64_t r, int64_t at) {
        const T* const x = input.in[0][r] + at;
        T* const y = out[r] + at;
        for (int64_t c = 0; c < count; ++c) {
          y[c] = (x[c] - b.mean[c]) * b.inverse[c] * b.gamma[c] + b.beta[c];
        }
      });
    });
  }

  template <typename T>
  void MapBack(const FunctionInput<T>& input, Rows<const T> delta, size_t /*which*/, bool adds,
               Rows<T> in_delta) const {
    ForEachBlock(0, channels(), [&](int64_t begin, int64_t count) {
      const Block<T> b = Load(input, begin, count);
      std::array<T, kBlock> mean{};
      std::array<T, kBlock> mean_h{};
      if (input.statistics != nullptr) {
        std::copy_n(At(input.statistics, kDeltaMean) + begin, count, mean.begin());
        std::copy_n(At(input.statistics, kDeltaHatMean) + begin, count, mean_h.begin());
      }
      ForEachPlace(input.rows, begin, [&](int64_t r, int64_t at) {
        const T* const x = input.in[0][r] + at;
        const T* const d = delta[r] + at;
        T* const dx = in_delta[r] + at;
        for (int64_t c = 0; c < count; ++c) {
          const T h = (x[c] - b.mean[c]) * b.inverse[c];
          Put(adds, b.gamma[c] * b.inverse[c] * (d[c] - mean[c] - h * mean_h[c]), dx[c]);
        }
      });
    });
  }

  // gamma's is the sum of delta h and beta's that of delta.
  template <typename T>
  void MapGradient(const FunctionInput<T>& input, Rows<const T> delta, size_t parameter, bool adds,
                   T* gradient) const {
    ForEachBlock(0, channels(), [&](int64_t begin, int64_t count) {
      const Block<T> b = Load(input, begin, count);
      std::array<double, kBlock> sums{};
      ForEachPlace(input.rows, begin, [&](int64_t r, int64_t at) {
        const T* const x = input.in[0][r] + at;
        const T* const d = delta[r] + at;
        for (int64_t c = 0; c < count; ++c) {
          sums[c] += parameter == 1 ? d[c] : d[c] * ((x[c] - b.mean[c]) * b.inverse[c]);
        }
      });
      for (int64_t c = 0; c < count; ++c) {
        Put(adds, static_cast<T>(sums[c]), gradient[begin + c]);
      }
    });
  }

  template <typename T>
  void MeasureBatch(const FunctionInput<T>& input, int64_t from, int64_t to, T* statistics) const {
    const double n = static_cast<double>(input.rows * positions_);
    ForEachBlock(from, to, [&](int64_t begin, int64_t count) {
      std::array<WideOf<T>, kBlock> mean{};
      std::array<WideOf<T>, kBlock> variance{};
      ForEachPlace(input.rows, begin, [&](int64_t r, int64_t at) {
        for (int64_t c = 0; c < count; ++c) mean[c] += input.in[0][r][at + c];
      });
      for (WideOf<T>& m : mean) m /= n;
      ForEachPlace(input.rows, begin, [&](int64_t r, int64_t at) {
        for (int64_t c = 0; c < count; ++c) {
          const WideOf<T> off = input.in[0][r][at + c] - mean[c];
          variance[c] += off * off;
        }
      });
      for (int64_t c = 0; c < count; ++c) {
        At(statistics, kMean)[begin + c] = static_cast<T>(mean[c]);
        At(statistics, kVariance)[begin + c] = static_cast<T>(variance[c] / n);
        At(statistics, kInverse)[begin + c] = static_cast<T>(1 / Sqrt(variance[c] / n + epsilon_));
      }
    });
  }

  template <typename T>
  void MeasureBatchBack(const FunctionInput<T>& input, Rows<const T> delta, int64_t from,
                        int64_t to, T* statistics) const {
    const double n = static_cast<double>(input.rows * positions_);
    ForEachBlock(from, to, [&](int64_t begin, int64_t count) {
      std::array<double, kBlock> sum{};
      std::array<double, kBlock> sum_h{};
      const T* const mean = At(statistics, kMean) + begin;
      const T* const inverse = At(statistics, kInverse) + begin;
      ForEachPlace(input.rows, begin, [&](int64_t r, int64_t at) {
        const T* const x = input.in[0][r] + at;
        const T* const d = delta[r] + at;
        for (int64_t c = 0; c < count; ++c) {
          sum[c] += d[c];
          sum_h[c] += d[c] * ((x[c] - mean[c]) * inverse[c]);
        }
      });
      for (int64_t c = 0; c < count; ++c) {
        At(statistics, kDeltaMean)[begin + c] = static_cast<T>(sum[c] / n);
        At(statistics, kDeltaHatMean)[begin + c] = static_cast<T>(sum_h[c] / n);
      }
    });
  }

  // The running variance is that of the whole, estimated from n: unbiased.
  template <typename T>
  void FollowBatch(int64_t rows, const T* statistics, T* const* parameters) const {
    const double n = static_cast<double>(rows * positions_);
    const double unbiased = n > 1 ? n / (n - 1) : 1;
    T* const mean = parameters[parameters_.size() - 2];
    T* const variance = parameters[parameters_.size() - 1];
    for (int64_t c = 0; c < channels(); ++c) {
      const double m = At(statistics, kMean)[c];
      const double v = At(statistics, kVariance)[c];
      mean[c] = static_cast<T>((1 - momentum_) * mean[c] + momentum_ * m);
      variance[c] = static_cast<T>((1 - momentum_) * variance[c] + momentum_ * v * unbiased);
    }
  }

 private:
  static constexpr int64_t kBlock = 64;
  enum Statistic { kMean, kVariance, kInverse, kDeltaMean, kDeltaHatMean, kStatistics };

  template <typename T>
  struct Block {
    std::array<T, kBlock> mean, inverse, gamma, beta;
  };

  template <typename T>
  T* At(T* statistics, Statistic which) const {
    return statistics + which * channels();
  }

  template <typename T>
  Block<T> Load(const FunctionInput<T>& input, int64_t begin, int64_t count) const {
    Block<T> out;
    const T* const* p = input.parameters;
    const T* const running_mean = p[parameters_.size() - 2];
    const T* const running_variance = p[parameters_.size() - 1];
    for (int64_t c = 0; c < count; ++c) {
      const int64_t at = begin + c;
      const bool batch = input.statistics != nullptr;
      out.mean[c] = batch ? At(input.statistics, kMean)[at] : running_mean[at];
      out.inverse[c] = batch ? At(input.statistics, kInverse)[at]
                             : static_cast<T>(1 / Sqrt(running_variance[at] + epsilon_));
      out.gamma[c] = affine_ ? p[0][at] : T{1};
      out.beta[c] = affine_ ? p[1][at] : T{0};
    }
    return out;
  }

  template <typename F>
  static void ForEachBlock(int64_t from, int64_t to, F f) {
    for (int64_t begin = from; begin < to; begin += kBlock) f(begin, std::min(kBlock, to - begin));
  }
  // f(row, offset of channel `begin` at a place of it).
  template <typename F>
  void ForEachPlace(int64_t rows, int64_t begin, F f) const {
    for (int64_t r = 0; r < rows; ++r) {
      for (int64_t p = 0; p < positions_; ++p) f(r, p * channels() + begin);
    }
  }

  double epsilon_;
  double momentum_;
  bool affine_;
  int64_t positions_ = 1;
};

}  // namespace fnn::core

#endif  // FNN_CORE_OPS_LAYERS_BATCH_NORM_H_
