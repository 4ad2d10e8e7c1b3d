// precision: of the rows predicted to be of a class, the share that are (scikit-learn's
// precision_score).

#ifndef FNN_CORE_OPS_METRICS_PRECISION_INL_H_
#define FNN_CORE_OPS_METRICS_PRECISION_INL_H_

#include <span>

#include "absl/strings/string_view.h"
#include "core/ops/metrics/per_class.h"
#include "core/ops/table.h"

namespace fnn::core {

template <typename T>
struct PrecisionOp {
  static constexpr absl::string_view kName = "precision";
  static constexpr std::span<const Argument> kArguments = kAverage;
  static constexpr bool kNeedsClasses = true;
  static constexpr bool kMoreIsBetter = true;

  static double Of(const ClassCounts& counts) { return ShareOf(counts.hits, counts.predicted); }
};

}  // namespace fnn::core

#endif  // FNN_CORE_OPS_METRICS_PRECISION_INL_H_
