// Metrics made of how often each class is predicted, is the target, and both. Op::Of is the figure
// of one class.

#ifndef FNN_CORE_OPS_METRICS_PER_CLASS_H_
#define FNN_CORE_OPS_METRICS_PER_CLASS_H_

#include <algorithm>
#include <cstdint>

#include "core/ops/metrics/class_tally.h"
#include "core/ops/table.h"
#include "fnn/v1/training.pb.h"

namespace fnn::core {

inline constexpr Argument kAverage[] = {{.name = "average",
                                         .default_value = v1::AVERAGE_MACRO,
                                         .min = v1::AVERAGE_MACRO,
                                         .max = v1::AVERAGE_WEIGHTED}};

template <typename Op, typename T>
class PerClass : public MetricAccumulator<T> {
 public:
  PerClass(const Arguments& arguments, const MetricSize& size)
      : average_(static_cast<int>(arguments[0])), tally_(Classes(size)) {}
  static SaturatingSize Bytes(const MetricSize& size) {
    return SaturatingSize(Classes(size)) * sizeof(ClassCounts);
  }

  void Clear() override { tally_.Clear(); }
  void Add(int64_t rows, int64_t outputs, const T* predictions, const T* targets,
           const T* weights) override {
    tally_.Add(rows, outputs, predictions, targets, weights);
  }
  double Value() override {
    ClassCounts all;
    double sum = 0;
    double weighted = 0;
    int64_t seen = 0;
    for (const ClassCounts& c : tally_.classes()) {
      all.hits += c.hits;
      all.predicted += c.predicted;
      all.actual += c.actual;
      if (c.seen) ++seen;
      sum += Op::Of(c);
      weighted += Op::Of(c) * c.actual;
    }
    if (average_ == v1::AVERAGE_MICRO) return Op::Of(all);
    if (average_ == v1::AVERAGE_WEIGHTED) return weighted / all.actual;
    return sum / static_cast<double>(seen);
  }
  void Visit(Archive& archive) override { tally_.Visit(archive); }

 private:
  // Of a single output there are two.
  static int64_t Classes(const MetricSize& size) { return std::max<int64_t>(size.outputs, 2); }

  const int average_;
  ClassTally tally_;
};

}  // namespace fnn::core

#endif  // FNN_CORE_OPS_METRICS_PER_CLASS_H_
