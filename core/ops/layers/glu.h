// glu, the gated linear unit: a / (1 + e^-b), a the first half of the last dimension and b the
// second (Dauphin et al., 2017).

#ifndef FNN_CORE_OPS_LAYERS_GLU_H_
#define FNN_CORE_OPS_LAYERS_GLU_H_

#include <string>

#include "absl/strings/str_cat.h"
#include "core/ops/layers/table.h"
#include "core/ops/number.h"

namespace fnn::core {

class GluFunction : public FunctionOf<GluFunction> {
 public:
  static constexpr absl::string_view kName = "glu";
  static constexpr absl::string_view kFormula = "a / (1 + exp(-b)), the halves of x";

  static std::string Fault(const LayerRequest& request) {
    const int64_t units = request.inputs[0].back();
    if (units % 2 == 0) return "";
    return absl::StrCat("halves the units before it, which must be even, not ", units);
  }
  explicit GluFunction(const LayerRequest& request) {
    shape_ = request.inputs[0];
    shape_.back() /= 2;
    operations_ = 4 * Size(shape_);
  }

  template <typename T>
  void Map(const FunctionInput<T>& input, Rows<T> out) const {
    ForEachPlace(input.rows, [&](int64_t r, int64_t p) {
      const T* const a = input.in[0][r] + 2 * p;
      const T* const b = a + channels();
      for (int64_t c = 0; c < channels(); ++c) out[r][p + c] = a[c] * Logistic(b[c]);
    });
  }

  template <typename T>
  void MapBack(const FunctionInput<T>& input, Rows<const T> delta, size_t /*which*/, bool adds,
               Rows<T> in_delta) const {
    ForEachPlace(input.rows, [&](int64_t r, int64_t p) {
      const T* const a = input.in[0][r] + 2 * p;
      const T* const b = a + channels();
      T* const da = in_delta[r] + 2 * p;
      T* const db = da + channels();
      for (int64_t c = 0; c < channels(); ++c) {
        const T gate = Logistic(b[c]);
        const T d = delta[r][p + c];
        Put(adds, d * gate, da[c]);
        Put(adds, d * a[c] * gate * (1 - gate), db[c]);
      }
    });
  }

 private:
  template <typename F>
  void ForEachPlace(int64_t rows, F f) const {
    const int64_t size = Size(shape_);
    for (int64_t r = 0; r < rows; ++r) {
      for (int64_t p = 0; p < size; p += channels()) f(r, p);
    }
  }
};

}  // namespace fnn::core

#endif  // FNN_CORE_OPS_LAYERS_GLU_H_
