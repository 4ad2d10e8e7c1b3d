// Metrics that are the mean over outputs of a figure of all rows of one output. Op is what is kept
// of an output.

#ifndef FNN_CORE_OPS_METRICS_PER_OUTPUT_H_
#define FNN_CORE_OPS_METRICS_PER_OUTPUT_H_

#include <cstdint>
#include <vector>

#include "core/ops/metrics/weight_of.h"
#include "core/ops/table.h"

namespace fnn::core {

template <typename Op, typename T>
class PerOutput : public MetricAccumulator<T> {
 public:
  PerOutput(const Arguments& /*arguments*/, const MetricSize& size)
      : most_rows_(size.rows), outputs_(size.outputs) {}
  static SaturatingSize Bytes(const MetricSize& size) {
    return SaturatingSize(size.outputs) * sizeof(Op);
  }

  void Clear() override {
    outputs_.assign(outputs_.size(), Op());
    rows_ = 0;
    weight_ = 0;
  }
  void Add(int64_t rows, int64_t outputs, const T* predictions, const T* targets,
           const T* weights) override {
    rows_ += rows;
    for (int64_t r = 0; r < rows; ++r) {
      const double weight = WeightOf(weights, r);
      if (weight == 0) continue;
      weight_ += weight;
      for (int64_t o = 0; o < outputs; ++o) {
        const int64_t at = r * outputs + o;
        outputs_[o].Add(weight, weight_, static_cast<double>(predictions[at]),
                        static_cast<double>(targets[at]));
      }
    }
  }
  double Value() override {
    double sum = 0;
    for (const Op& output : outputs_) sum += output.Value(rows_, weight_);
    return sum / static_cast<double>(outputs_.size());
  }
  void Visit(Archive& archive) override {
    for (Op& output : outputs_) output.Visit(archive);
    archive.Value(rows_);
    archive.Check(rows_ >= 0 && rows_ <= most_rows_, "there were too many rows");
    archive.Value(weight_);
  }

 private:
  const int64_t most_rows_;
  std::vector<Op> outputs_;
  int64_t rows_ = 0;
  double weight_ = 0;  // Of all rows; their number where they have none.
};

}  // namespace fnn::core

#endif  // FNN_CORE_OPS_METRICS_PER_OUTPUT_H_
