// Every metric, one line each.

#include "core/ops/table.h"

#include <memory>

#include "core/ops/entry.h"
#include "core/ops/metrics/accuracy-inl.h"
#include "core/ops/metrics/f1-inl.h"
#include "core/ops/metrics/log_loss-inl.h"
#include "core/ops/metrics/mean_absolute_error-inl.h"
#include "core/ops/metrics/mean_squared_error-inl.h"
#include "core/ops/metrics/per_class.h"
#include "core/ops/metrics/per_output.h"
#include "core/ops/metrics/pr_auc-inl.h"
#include "core/ops/metrics/precision-inl.h"
#include "core/ops/metrics/r2-inl.h"
#include "core/ops/metrics/ranking.h"
#include "core/ops/metrics/recall-inl.h"
#include "core/ops/metrics/roc_auc-inl.h"
#include "core/ops/metrics/root_mean_squared_error-inl.h"
#include "core/ops/metrics/row_mean.h"
#include "core/ops/metrics/top_k_accuracy-inl.h"

namespace fnn::core {
namespace {

template <typename Accumulator, typename T>
std::unique_ptr<MetricAccumulator<T>> Make(const Arguments& arguments, const MetricSize& size) {
  return std::make_unique<Accumulator>(arguments, size);
}

template <template <typename, typename> typename Kind, template <typename> typename Op>
constexpr MetricOp Entry() {
  using Float = Kind<Op<float>, float>;
  using Double = Kind<Op<double>, double>;
  return {.name = Op<float>::kName,
          .arguments = ArgumentsOf<Op<float>>(),
          .needs_classes = Op<float>::kNeedsClasses,
          .more_is_better = Op<float>::kMoreIsBetter,
          .bytes = Float::Bytes,
          .make_f32 = Make<Float, float>,
          .make_f64 = Make<Double, double>};
}

constexpr MetricOp kMetrics[] = {
    Entry<RowMean, AccuracyOp>(),
    Entry<RowMean, MeanSquaredErrorMetricOp>(),
    Entry<RowMean, TopKAccuracyOp>(),
    Entry<PerClass, PrecisionOp>(),
    Entry<PerClass, RecallOp>(),
    Entry<PerClass, F1Op>(),
    Entry<RowMean, LogLossOp>(),
    Entry<PerOutput, RootMeanSquaredErrorOp>(),
    Entry<RowMean, MeanAbsoluteErrorMetricOp>(),
    Entry<PerOutput, R2Op>(),
    Entry<Ranking, RocAucOp>(),
    Entry<Ranking, PrAucOp>(),
};

}  // namespace

std::span<const MetricOp> Metrics() { return kMetrics; }

}  // namespace fnn::core
