// Metrics made of how often each class is predicted, is the target, and both. Op::Of is the figure
// of one class.

#ifndef FNN_CORE_OPS_METRICS_PER_CLASS_H_
#define FNN_CORE_OPS_METRICS_PER_CLASS_H_

#include <algorithm>
#include <cstdint>
#include <vector>

#include "core/ops/metrics/class_of.h"
#include "core/ops/metrics/weight_of.h"
#include "core/ops/table.h"
#include "fnn/v1/training.pb.h"

namespace fnn::core {

inline constexpr Argument kAverage[] = {{.name = "average",
                                         .default_value = v1::AVERAGE_MACRO,
                                         .min = v1::AVERAGE_MACRO,
                                         .max = v1::AVERAGE_WEIGHTED}};

// Of rows, by their weights.
struct ClassCounts {
  double hits = 0;
  double predicted = 0;
  double actual = 0;
  bool seen = false;  // Whether any row is of it or predicted to be, whatever it weighs.
};

// 0 where it is 0 / 0.
inline double ShareOf(double part, double whole) { return whole == 0 ? 0 : part / whole; }

template <typename Op, typename T>
class PerClass : public MetricAccumulator<T> {
 public:
  PerClass(const Arguments& arguments, const MetricSize& size)
      : average_(static_cast<int>(arguments[0])), classes_(Classes(size)) {}
  static SaturatingSize Bytes(const MetricSize& size) {
    return SaturatingSize(Classes(size)) * sizeof(ClassCounts);
  }

  void Clear() override { classes_.assign(classes_.size(), ClassCounts()); }
  void Add(int64_t rows, int64_t outputs, const T* predictions, const T* targets,
           const T* weights) override {
    for (int64_t r = 0; r < rows; ++r) {
      const int64_t predicted = ClassOf(outputs, predictions + r * outputs);
      const int64_t actual = ClassOf(outputs, targets + r * outputs);
      const double weight = WeightOf(weights, r);
      classes_[predicted].predicted += weight;
      classes_[actual].actual += weight;
      if (predicted == actual) classes_[actual].hits += weight;
      classes_[predicted].seen = classes_[actual].seen = true;
    }
  }
  double Value() override {
    ClassCounts all;
    double sum = 0;
    double weighted = 0;
    int64_t seen = 0;
    for (const ClassCounts& c : classes_) {
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

 private:
  // Of a single output there are two.
  static int64_t Classes(const MetricSize& size) { return std::max<int64_t>(size.outputs, 2); }

  const int average_;
  std::vector<ClassCounts> classes_;
};

}  // namespace fnn::core

#endif  // FNN_CORE_OPS_METRICS_PER_CLASS_H_
