// orthogonal (Saxe, McClelland and Ganguli, 2014): the orthogonal factor Q of a matrix of standard
// normal draws, times a gain, as PyTorch's orthogonal_: of Q R with a positive diagonal of R. The
// vectors are made orthogonal by Gram and Schmidt's method, each twice, which is as good as
// Householder's
// ("twice is enough": Giraud et al., 2005), and whose sums have one order on every machine.

#ifndef FNN_CORE_OPS_INITIALIZERS_ORTHOGONAL_INL_H_
#define FNN_CORE_OPS_INITIALIZERS_ORTHOGONAL_INL_H_

#include <array>
#include <cmath>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "core/ops/table.h"
#include "core/random/philox.h"

namespace fnn::core {

struct OrthogonalOp {
  static constexpr absl::string_view kName = "orthogonal";
  static constexpr absl::string_view kFormula = "gain Q of a normal matrix's Q R";
  static constexpr std::array<Argument, 1> kArguments{{{.name = "gain", .default_value = 1}}};
  static constexpr bool kNeedsFans = true;

  static void Fill(const Arguments& arguments, const DrawContext& context,
                   const RandomStream& stream, absl::FunctionRef<void(int64_t, double)> set) {
    // The rows or the columns of [rows, columns], of which there are fewer.
    const bool rows = context.rows <= context.columns;
    const int64_t count = rows ? context.rows : context.columns;
    const int64_t length = rows ? context.columns : context.rows;
    const auto index = [&](int64_t v, int64_t i) {
      return rows ? v * context.columns + i : i * context.columns + v;
    };
    std::vector<double> vectors(count * length);
    for (int64_t v = 0; v < count; ++v) {
      double* const x = vectors.data() + v * length;
      for (int64_t i = 0; i < length; ++i) x[i] = stream.Normal(index(v, i));
      for (int again = 0; again < 2; ++again) {
        for (int64_t u = 0; u < v; ++u) {
          const double* const y = vectors.data() + u * length;
          const double along = Dot(length, x, y);
          for (int64_t i = 0; i < length; ++i) x[i] -= along * y[i];
        }
        const double norm = std::sqrt(Dot(length, x, x));
        for (int64_t i = 0; i < length; ++i) x[i] /= norm;
      }
      for (int64_t i = 0; i < length; ++i) set(index(v, i), arguments[0] * x[i]);
    }
  }

 private:
  // In eight partial sums.
  static double Dot(int64_t n, const double* x, const double* y) {
    std::array<double, 8> sums{};
    int64_t i = 0;
    for (; i + 8 <= n; i += 8) {
      for (int64_t k = 0; k < 8; ++k) sums[k] += x[i + k] * y[i + k];
    }
    for (; i < n; ++i) sums[i % 8] += x[i] * y[i];
    return ((sums[0] + sums[4]) + (sums[2] + sums[6])) +
           ((sums[1] + sums[5]) + (sums[3] + sums[7]));
  }
};

}  // namespace fnn::core

#endif  // FNN_CORE_OPS_INITIALIZERS_ORTHOGONAL_INL_H_
