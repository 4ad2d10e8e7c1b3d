// How often each class is predicted, is the target, and both.

#ifndef FNN_CORE_OPS_METRICS_CLASS_TALLY_H_
#define FNN_CORE_OPS_METRICS_CLASS_TALLY_H_

#include <cstdint>
#include <vector>

#include "core/base/archive.h"
#include "core/ops/metrics/class_of.h"
#include "core/ops/metrics/weight_of.h"

namespace fnn::core {

// Of rows, by their weights.
struct ClassCounts {
  double hits = 0;
  double predicted = 0;
  double actual = 0;
  bool seen = false;  // Whether any row is of it or predicted to be, whatever it weighs.

  void Visit(Archive& archive) {
    archive.Value(hits);
    archive.Value(predicted);
    archive.Value(actual);
    archive.Value(seen);
  }
};

// 0 where it is 0 / 0.
inline double ShareOf(double part, double whole) { return whole == 0 ? 0 : part / whole; }

class ClassTally {
 public:
  explicit ClassTally(int64_t classes) : classes_(classes) {}

  void Clear() { classes_.assign(classes_.size(), ClassCounts()); }

  // [rows, outputs] twice, and [rows] or null where each weighs 1.
  template <typename T>
  void Add(int64_t rows, int64_t outputs, const T* predictions, const T* targets,
           const T* weights) {
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

  void Visit(Archive& archive) {
    for (ClassCounts& counts : classes_) counts.Visit(archive);
  }

  const std::vector<ClassCounts>& classes() const { return classes_; }

 private:
  std::vector<ClassCounts> classes_;
};

}  // namespace fnn::core

#endif  // FNN_CORE_OPS_METRICS_CLASS_TALLY_H_
