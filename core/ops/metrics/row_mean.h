// Metrics that are the mean of a figure of each row.

#ifndef FNN_CORE_OPS_METRICS_ROW_MEAN_H_
#define FNN_CORE_OPS_METRICS_ROW_MEAN_H_

#include <cstdint>

#include "core/ops/table.h"

namespace fnn::core {

template <typename Op, typename T>
class RowMean : public MetricAccumulator<T> {
 public:
  RowMean(const Arguments& arguments, const MetricSize& /*size*/) : arguments_(arguments) {}
  static SaturatingSize Bytes(const MetricSize& /*size*/) { return 0; }

  void Clear() override {
    sum_ = 0;
    rows_ = 0;
  }
  void Add(int64_t rows, int64_t outputs, const T* predictions, const T* targets) override {
    for (int64_t r = 0; r < rows; ++r) {
      const T* const prediction = predictions + r * outputs;
      const T* const target = targets + r * outputs;
      if constexpr (requires { Op::kArguments; }) {
        sum_ += Op::Row(arguments_, outputs, prediction, target);
      } else {
        sum_ += Op::Row(outputs, prediction, target);
      }
    }
    rows_ += rows;
  }
  double Value() override { return sum_ / static_cast<double>(rows_); }

 private:
  const Arguments arguments_;
  double sum_ = 0;
  int64_t rows_ = 0;
};

}  // namespace fnn::core

#endif  // FNN_CORE_OPS_METRICS_ROW_MEAN_H_
