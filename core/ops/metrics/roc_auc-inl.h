// roc_auc: the chance that a row of a class is given a larger score than one of the rest, equal
// scores counting half, which is the area under the receiver operating characteristic
// (scikit-learn's roc_auc_score).

#ifndef FNN_CORE_OPS_METRICS_ROC_AUC_INL_H_
#define FNN_CORE_OPS_METRICS_ROC_AUC_INL_H_

#include <limits>
#include <span>

#include "absl/strings/string_view.h"
#include "core/ops/metrics/ranking.h"
#include "core/ops/table.h"

namespace fnn::core {

template <typename T>
struct RocAucOp {
  static constexpr absl::string_view kName = "roc_auc";
  static constexpr bool kNeedsClasses = true;
  static constexpr bool kMoreIsBetter = true;

  static double Of(std::span<const Scored<T>> sorted, const Tie& all) {
    if (all.positives == 0 || all.negatives == 0) return std::numeric_limits<double>::quiet_NaN();
    double wins = 0;  // Pairs, each by the product of its weights.
    double above = 0;
    ForEachTie<T>(sorted, [&](const Tie& tie) {
      wins += tie.negatives * (above + 0.5 * tie.positives);
      above += tie.positives;
    });
    return wins / all.positives / all.negatives;
  }
};

}  // namespace fnn::core

#endif  // FNN_CORE_OPS_METRICS_ROC_AUC_INL_H_
