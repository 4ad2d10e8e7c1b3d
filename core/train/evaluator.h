// Measures parameters on samples: loss, metrics, confusion matrix. Nothing is learned.

#ifndef FNN_CORE_TRAIN_EVALUATOR_H_
#define FNN_CORE_TRAIN_EVALUATOR_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "core/data/samples.h"
#include "core/ops/table.h"
#include "core/plan/executor.h"
#include "core/plan/plan.h"
#include "fnn/v1/training.pb.h"

namespace fnn::core {

// Turns what the loss takes into predictions, [rows, outputs]; the two may be the same array.
template <typename T>
void ApplyLink(const Plan& plan, int64_t rows, const T* y, T* predictions);

// Rows gone through at once outside training: a function of the plan alone, so that results never
// depend on anything else.
int64_t EvaluationBatch(const Plan& plan);

// The metrics of a set of rows, filled batch by batch.
template <typename T>
class MetricSet {
 public:
  explicit MetricSet(const std::vector<const MetricOp*>& ops);
  void Add(int64_t rows, int64_t outputs, const T* predictions, const T* targets);
  void WriteTo(google::protobuf::RepeatedPtrField<v1::MetricValue>& out) const;

 private:
  std::vector<const MetricOp*> ops_;
  std::vector<std::unique_ptr<MetricAccumulator<T>>> accumulators_;
};

struct EvaluationResult {
  double loss = 0;
  google::protobuf::RepeatedPtrField<v1::MetricValue> metrics;
};

// Not thread-safe; the plan must outlive it. Allocates once.
template <typename T>
class Evaluator {
 public:
  // Called between batches with the rows done; false stops.
  using Progress = std::function<bool(int64_t rows_done)>;

  explicit Evaluator(const Plan& plan);

  // What one allocates, as a number of T.
  static SaturatingSize Values(const Plan& plan);

  // Nothing where `progress` stopped it. `confusion`, where not null, has
  // [class_count, class_count] counts, true class by predicted, added to.
  std::optional<EvaluationResult> Evaluate(const T* parameters, const Samples& samples,
                                           const std::vector<const MetricOp*>& metrics,
                                           std::vector<int64_t>* confusion,
                                           const Progress& progress);

 private:
  const Plan& plan_;
  const int64_t batch_;
  Executor<T> executor_;
  std::vector<T> x_, t_, predictions_;  // [batch, features], [batch, outputs] twice.
};

}  // namespace fnn::core

#endif  // FNN_CORE_TRAIN_EVALUATOR_H_
