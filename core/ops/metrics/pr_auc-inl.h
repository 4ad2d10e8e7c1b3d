// pr_auc: sum_n (recall_n - recall_{n-1}) precision_n over all thresholds, the largest first; 0
// where there is no row of the class (scikit-learn's average_precision_score).

#ifndef FNN_CORE_OPS_METRICS_PR_AUC_INL_H_
#define FNN_CORE_OPS_METRICS_PR_AUC_INL_H_

#include <span>

#include "absl/strings/string_view.h"
#include "core/ops/metrics/ranking.h"
#include "core/ops/table.h"

namespace fnn::core {

template <typename T>
struct PrAucOp {
  static constexpr absl::string_view kName = "pr_auc";
  static constexpr bool kNeedsClasses = true;
  static constexpr bool kMoreIsBetter = true;

  static double Of(std::span<const Scored<T>> sorted, const Tie& all) {
    if (all.positives == 0) return 0;
    double area = 0;
    double hits = 0;
    double rows = 0;
    ForEachTie<T>(sorted, [&](const Tie& tie) {
      hits += tie.positives;
      rows += tie.positives + tie.negatives;
      area += tie.positives * hits / rows;
    });
    return area / all.positives;
  }
};

}  // namespace fnn::core

#endif  // FNN_CORE_OPS_METRICS_PR_AUC_INL_H_
