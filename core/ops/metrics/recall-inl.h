// recall: of the rows of a class, the share predicted to be (scikit-learn's recall_score).

#ifndef FNN_CORE_OPS_METRICS_RECALL_INL_H_
#define FNN_CORE_OPS_METRICS_RECALL_INL_H_

#include <span>

#include "absl/strings/string_view.h"
#include "core/ops/metrics/per_class.h"
#include "core/ops/table.h"

namespace fnn::core {

template <typename T>
struct RecallOp {
  static constexpr absl::string_view kName = "recall";
  static constexpr std::span<const Argument> kArguments = kAverage;
  static constexpr bool kNeedsClasses = true;
  static constexpr bool kMoreIsBetter = true;

  static double Of(const ClassCounts& counts) { return ShareOf(counts.hits, counts.actual); }
};

}  // namespace fnn::core

#endif  // FNN_CORE_OPS_METRICS_RECALL_INL_H_
