// r2: the mean over outputs of 1 - sum (prediction - target)^2 / sum (target - mean target)^2, the
// share of the variance that is explained. An output whose targets are all the same counts 1 where
// they are predicted exactly, else 0 (scikit-learn's r2_score).

#ifndef FNN_CORE_OPS_METRICS_R2_INL_H_
#define FNN_CORE_OPS_METRICS_R2_INL_H_

#include <cstdint>
#include <limits>

#include "absl/strings/string_view.h"
#include "core/ops/metrics/per_output.h"
#include "core/ops/table.h"

namespace fnn::core {

template <typename T>
struct R2Op {
  static constexpr absl::string_view kName = "r2";
  static constexpr bool kNeedsClasses = false;
  static constexpr bool kMoreIsBetter = true;

  // `weights` are those of the rows so far, this one's included (West, "Updating mean and variance
  // estimates", 1979).
  void Add(double weight, double weights, double prediction, double target) {
    residual += weight * ((prediction - target) * (prediction - target));
    const double offset = target - mean;
    mean += offset * weight / weights;
    squares += weight * (offset * (target - mean));
  }
  double Value(int64_t rows, double /*weights*/) const {
    if (rows < 2) return std::numeric_limits<double>::quiet_NaN();
    if (squares == 0) return residual == 0 ? 1 : 0;
    return 1 - residual / squares;
  }
  void Visit(Archive& archive) {
    archive.Value(residual);
    archive.Value(mean);
    archive.Value(squares);
  }

  double residual = 0;
  double mean = 0;     // Of the targets so far.
  double squares = 0;  // Of the targets' distances from it.
};

}  // namespace fnn::core

#endif  // FNN_CORE_OPS_METRICS_R2_INL_H_
