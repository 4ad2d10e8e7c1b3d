// The epoch loop.

#ifndef FNN_CORE_TRAIN_TRAINER_H_
#define FNN_CORE_TRAIN_TRAINER_H_

#include <cstdint>
#include <span>
#include <vector>

#include "absl/strings/string_view.h"
#include "core/data/samples.h"
#include "core/plan/executor.h"
#include "core/plan/plan.h"
#include "core/train/evaluator.h"
#include "core/train/observer.h"
#include "core/train/options.h"

namespace fnn::core {

enum class TrainingOutcome { kCompleted, kStopped, kDiverged };

// Trains one parameter vector. Everything it is given must outlive it. T is float in the service;
// double is the reference.
template <typename T>
class Trainer {
 public:
  // Draws the initial parameters by the options' seed. `validation` may be null.
  Trainer(const Plan& plan, const ResolvedOptions& options, const Samples& train,
          const Samples* validation);

  // What one allocates, as a number of T.
  static SaturatingSize Values(const Plan& plan, int64_t batch_size, int64_t optimizer_slots);

  // In the plan's logical order. May be written before Run.
  std::span<T> parameters() { return parameters_; }

  // Epoch 0, which only measures, then every epoch of the options.
  TrainingOutcome Run(TrainingObserver& observer);

  const v1::EpochReport& last_report() const { return report_; }
  // After kDiverged.
  const v1::RunError& error() const { return error_; }

 private:
  TrainingOutcome MeasureStart(TrainingObserver& observer);
  TrainingOutcome TrainEpoch(int64_t epoch, TrainingObserver& observer);
  // Gathers the batch into x_ and t_.
  void Gather(const Permutation& order, int64_t begin, int64_t rows);
  void Step(int64_t rows);
  // Adds what both kinds of epoch report at their end: regularisation, validation, digest.
  TrainingOutcome FinishReport(TrainingObserver& observer);
  double Regularization() const;
  TrainingOutcome Diverged(int64_t epoch, std::string layer, absl::string_view what = "a value");
  std::string FirstBlockNotFinite() const;

  const Plan& plan_;
  const ResolvedOptions& options_;
  const Samples& train_;
  const Samples* validation_;
  Executor<T> executor_;
  Evaluator<T> evaluator_;
  std::vector<T> parameters_, gradient_;
  std::vector<std::vector<T>> slots_;
  std::vector<T> x_, t_, predictions_;
  int64_t steps_ = 0;
  v1::EpochReport report_;
  v1::RunError error_;
};

}  // namespace fnn::core

#endif  // FNN_CORE_TRAIN_TRAINER_H_
