// dropout: in training, 0 with the probability `rate`, else x / (1 - rate); in prediction x
// (Srivastava et al., 2014). Whether an activity is dropped is a function of the seed, the layer,
// the epoch, the sample's position in it and the activity's place: drawn again on the way back, by
// whatever thread, after whatever pause.

#ifndef FNN_CORE_OPS_LAYERS_DROPOUT_H_
#define FNN_CORE_OPS_LAYERS_DROPOUT_H_

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>

#include "core/ops/layers/table.h"
#include "core/random/philox.h"

namespace fnn::core {

class DropoutFunction : public FunctionOf<DropoutFunction> {
 public:
  static constexpr absl::string_view kName = "dropout";
  static constexpr absl::string_view kFormula = "0 with probability rate, else x / (1 - rate)";
  static constexpr Argument kArguments[] = {
      {.name = "rate", .default_value = 0.5, .min = 0, .max = 1, .max_excluded = true}};

  static std::string Fault(const LayerRequest&) { return ""; }
  explicit DropoutFunction(const LayerRequest& request)
      : layer_(request.index), scale_(1 / (1 - request.arguments[0])) {
    // Dropped where 32 random bits are less; all but certain where the rate is next to 1.
    threshold_ =
        static_cast<uint32_t>(std::min(std::floor(request.arguments[0] * 0x1p32), 0x1p32 - 1));
    random_ = request.arguments[0] > 0;
    shape_ = request.inputs[0];
    operations_ = 8 * Size(shape_);
  }

  template <typename T>
  void Map(const FunctionInput<T>& input, Rows<T> out) const {
    if (!input.context.training) {
      for (int64_t r = 0; r < input.rows; ++r) {
        std::copy_n(input.in[0][r], Size(shape_), out[r]);
      }
      return;
    }
    ForEach(input, [&](int64_t r, int64_t i, bool kept) {
      out[r][i] = kept ? input.in[0][r][i] * static_cast<T>(scale_) : T{0};
    });
  }

  template <typename T>
  void MapBack(const FunctionInput<T>& input, Rows<const T> delta, size_t /*which*/, bool adds,
               Rows<T> in_delta) const {
    if (!input.context.training) {
      for (int64_t r = 0; r < input.rows; ++r) {
        for (int64_t i = 0; i < Size(shape_); ++i) Put(adds, delta[r][i], in_delta[r][i]);
      }
      return;
    }
    ForEach(input, [&](int64_t r, int64_t i, bool kept) {
      Put(adds, kept ? delta[r][i] * static_cast<T>(scale_) : T{0}, in_delta[r][i]);
    });
  }

 private:
  template <typename T, typename F>
  void ForEach(const FunctionInput<T>& input, F f) const {
    const int64_t n = Size(shape_);
    // 17 bits of layer (100,000 at most) and 30 of epoch (10^9 at most).
    const RandomStream random(
        input.context.seed, Purpose::kDropout,
        static_cast<uint64_t>(layer_) << 30 | static_cast<uint64_t>(input.context.epoch));
    const auto blocks = static_cast<uint64_t>((n + 3) / 4);
    for (int64_t r = 0; r < input.rows; ++r) {
      const uint64_t row = static_cast<uint64_t>(input.context.first + r) * blocks;
      for (int64_t i = 0; i < n; i += 4) {
        const auto bits = random.Bits(row + static_cast<uint64_t>(i / 4));
        const int64_t count = std::min<int64_t>(4, n - i);
        for (int64_t k = 0; k < count; ++k) f(r, i + k, bits[k] >= threshold_);
      }
    }
  }

  int64_t layer_;
  double scale_;
  uint32_t threshold_ = 0;
};

}  // namespace fnn::core

#endif  // FNN_CORE_OPS_LAYERS_DROPOUT_H_
