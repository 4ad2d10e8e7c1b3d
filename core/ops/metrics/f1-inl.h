// f1: the harmonic mean of precision and recall (scikit-learn's f1_score).

#ifndef FNN_CORE_OPS_METRICS_F1_INL_H_
#define FNN_CORE_OPS_METRICS_F1_INL_H_

#include <span>

#include "absl/strings/string_view.h"
#include "core/ops/metrics/per_class.h"
#include "core/ops/table.h"

namespace fnn::core {

template <typename T>
struct F1Op {
  static constexpr absl::string_view kName = "f1";
  static constexpr std::span<const Argument> kArguments = kAverage;
  static constexpr bool kNeedsClasses = true;
  static constexpr bool kMoreIsBetter = true;

  // 2 p r / (p + r) with p = hits / predicted and r = hits / actual.
  static double Of(const ClassCounts& counts) {
    return ShareOf(2 * counts.hits, counts.predicted + counts.actual);
  }
};

}  // namespace fnn::core

#endif  // FNN_CORE_OPS_METRICS_F1_INL_H_
