// What an evaluation says of each class: the confusion matrix, precision, recall and F1.

#ifndef FNN_CORE_TRAIN_CLASS_RESULTS_H_
#define FNN_CORE_TRAIN_CLASS_RESULTS_H_

#include <cstdint>
#include <vector>

#include "core/ops/metrics/class_tally.h"
#include "core/plan/plan.h"
#include "fnn/v1/prediction_service.pb.h"

namespace fnn::core {

// Not thread-safe. Allocates once.
class ClassResults {
 public:
  // Of a plan whose targets are classes; it must outlive this.
  explicit ClassResults(const Plan& plan);

  // [rows, outputs] twice, and the rows' sample weights, or null where each weighs 1.
  template <typename T>
  void Add(int64_t rows, const T* predictions, const T* targets, const T* weights);

  // Sets the confusion matrix and the reports of the classes.
  void WriteTo(v1::Evaluation& out) const;

 private:
  const Plan& plan_;
  ClassTally tally_;
  std::vector<int64_t> confusion_;  // [class_count, class_count]: true class by predicted.
};

}  // namespace fnn::core

#endif  // FNN_CORE_TRAIN_CLASS_RESULTS_H_
