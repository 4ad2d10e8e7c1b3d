// Every metric, one line each.

#include "core/ops/table.h"
#include "core/ops/metrics/accuracy-inl.h"
#include "core/ops/metrics/mean_squared_error-inl.h"

namespace fnn::core {
namespace {

// A metric that is the mean of a figure of each row.
template <typename Op, typename T>
class RowMean : public MetricAccumulator<T> {
 public:
  static std::unique_ptr<MetricAccumulator<T>> Make() { return std::make_unique<RowMean>(); }

  void Clear() override { *this = RowMean(); }
  void Add(int64_t rows, int64_t outputs, const T* predictions, const T* targets) override {
    for (int64_t r = 0; r < rows; ++r) {
      sum_ += Op::Row(outputs, predictions + r * outputs, targets + r * outputs);
    }
    rows_ += rows;
  }
  double Value() const override { return sum_ / static_cast<double>(rows_); }

 private:
  double sum_ = 0;
  int64_t rows_ = 0;
};

template <template <typename> typename Op>
constexpr MetricOp MeanOverRows() {
  return {Op<float>::kName, Op<float>::kNeedsClasses, RowMean<Op<float>, float>::Make,
          RowMean<Op<double>, double>::Make};
}

constexpr MetricOp kMetrics[] = {
    MeanOverRows<AccuracyOp>(),
    MeanOverRows<MeanSquaredErrorMetricOp>(),
};

}  // namespace

std::span<const MetricOp> Metrics() { return kMetrics; }

}  // namespace fnn::core
