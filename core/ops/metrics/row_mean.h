// Metrics that are the mean of a figure of each row, by the rows' weights.

#ifndef FNN_CORE_OPS_METRICS_ROW_MEAN_H_
#define FNN_CORE_OPS_METRICS_ROW_MEAN_H_

#include <cstdint>

#include "core/ops/metrics/weight_of.h"
#include "core/ops/table.h"

namespace fnn::core {

template <typename Op, typename T>
class RowMean : public MetricAccumulator<T> {
 public:
  RowMean(const Arguments& arguments, const MetricSize& /*size*/) : arguments_(arguments) {}
  static SaturatingSize Bytes(const MetricSize& /*size*/) { return 0; }

  void Clear() override {
    sum_ = 0;
    weight_ = 0;
  }
  void Add(int64_t rows, int64_t outputs, const T* predictions, const T* targets,
           const T* weights) override {
    for (int64_t r = 0; r < rows; ++r) {
      const T* const prediction = predictions + r * outputs;
      const T* const target = targets + r * outputs;
      const double weight = WeightOf(weights, r);
      weight_ += weight;
      if constexpr (requires { Op::kArguments; }) {
        sum_ += weight * Op::Row(arguments_, outputs, prediction, target);
      } else {
        sum_ += weight * Op::Row(outputs, prediction, target);
      }
    }
  }
  double Value() override { return sum_ / weight_; }
  void Visit(Archive& archive) override {
    archive.Value(sum_);
    archive.Value(weight_);
  }

 private:
  const Arguments arguments_;
  double sum_ = 0;
  double weight_ = 0;  // Of all rows; their number where they have none.
};

}  // namespace fnn::core

#endif  // FNN_CORE_OPS_METRICS_ROW_MEAN_H_
