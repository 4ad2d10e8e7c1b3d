// Measures parameters on samples: loss, metrics, classes. Nothing is learned.

#ifndef FNN_CORE_TRAIN_EVALUATOR_H_
#define FNN_CORE_TRAIN_EVALUATOR_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "core/base/saturating.h"
#include "core/data/samples.h"
#include "core/ops/table.h"
#include "core/plan/plan.h"
#include "core/threads/team.h"
#include "core/train/class_results.h"
#include "core/train/engine_of.h"
#include "core/train/metric_set.h"
#include "fnn/v1/training.pb.h"

namespace fnn::core {

// Rows gone through at once outside training: a function of the plan alone, so that results never
// depend on anything else.
int64_t EvaluationBatch(const Plan& plan);

// Not thread-safe. Allocates once.
template <typename T>
class Evaluator {
 public:
  using Engine = EngineOf<T>;
  // Called between batches with the rows done; false stops.
  using Progress = absl::FunctionRef<bool(int64_t rows_done)>;

  // For samples of at most that size, `batch` rows at once.
  Evaluator(std::shared_ptr<const typename Engine::Compiled> compiled, const Plan& plan,
            const std::vector<Resolved<MetricOp>>& metrics, const MetricSize& size, Team& team,
            int64_t batch);
  // As many rows at once as EvaluationBatch says.
  Evaluator(std::shared_ptr<const typename Engine::Compiled> compiled, const Plan& plan,
            const std::vector<Resolved<MetricOp>>& metrics, const MetricSize& size, Team& team)
      : Evaluator(std::move(compiled), plan, metrics, size, team, EvaluationBatch(plan)) {}

  // What one allocates in float, in bytes, but for its metrics.
  static SaturatingSize Bytes(const Program& program, int members);

  // The mean loss, by the samples' weights; nothing where `progress` stopped it. `metrics` become
  // those of the samples, by their sample weights. `classes`, where not null, are added to.
  std::optional<double> Evaluate(const T* parameters, const Samples& samples,
                                 google::protobuf::RepeatedPtrField<v1::MetricValue>& metrics,
                                 ClassResults* classes, Progress progress);

 private:
  const Plan& plan_;
  Team& team_;
  const int64_t batch_;
  MetricSet<T> set_;
  typename Engine::Inference inference_;
  std::vector<T> predictions_, targets_, losses_;  // [batch, outputs] twice, [batch].
  std::vector<T> weights_;                         // [batch], where samples have any.
};

}  // namespace fnn::core

#endif  // FNN_CORE_TRAIN_EVALUATOR_H_
