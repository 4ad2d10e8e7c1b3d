// The epoch loop.

#ifndef FNN_CORE_TRAIN_TRAINER_H_
#define FNN_CORE_TRAIN_TRAINER_H_

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "core/base/archive.h"
#include "core/data/samples.h"
#include "core/network.h"
#include "core/ops/loss_sum.h"
#include "core/ops/schedules/schedule.h"
#include "core/plan/plan.h"
#include "core/random/permutation.h"
#include "core/threads/team.h"
#include "core/train/checkpoint.h"
#include "core/train/diagnosis.h"
#include "core/train/engine_of.h"
#include "core/train/evaluator.h"
#include "core/train/metric_set.h"
#include "core/train/observer.h"
#include "core/train/options.h"
#include "core/train/stopping.h"
#include "fnn/storage/v1/checkpoint.pb.h"

namespace fnn::core {

enum class TrainingOutcome { kCompleted, kStopped, kDiverged };

// Trains one set of parameters. Everything it is given must outlive it. T is float in the service;
// double is the reference. What comes out does not depend on the team.
template <typename T>
class Trainer {
 public:
  using Engine = EngineOf<T>;

  // `validation` may be null.
  Trainer(std::shared_ptr<const Plan> plan, const ResolvedOptions& options, const Samples& train,
          const Samples* validation, Team& team);

  // What one in float allocates, in bytes, but for its metrics.
  static SaturatingSize Bytes(const Program& program, const StepOptions& options, int members);

  // What is trained from, one of these before Run:
  // Parameters drawn by the options' seed, and the numbers of feature scaling from `train`;
  void Draw();
  // others, in the plan's logical order;
  void SetParameters(std::span<const T> logical) { training_.SetParameters(logical); }
  // those of a network of the same shapes;
  void SetParameters(const Network& network);
  // where another training of the same kind was interrupted. Errors as TrainingJob's Run.
  absl::Status Load(ByteSource& checkpoint);

  // Epoch 0, which only measures, then every epoch until the options end it; or what Load has left
  // of that. The parameters are then those of the last, or of the best where the options ask for
  // it. What `seen` is of, its checkpoint aside, the observer does not hear again.
  TrainingOutcome Run(TrainingObserver& observer, const Continuation& seen = {});

  typename Engine::Training& training() { return training_; }
  const std::shared_ptr<const typename Engine::Compiled>& compiled() const { return compiled_; }
  const v1::EpochReport& last_report() const { return report_; }
  // The report of the epoch whose parameters there are, with the reason of the last.
  const v1::EpochReport& final_report() const {
    return report_.restored_epoch() > 0 ? best_report_ : report_;
  }
  // After kDiverged.
  const v1::RunError& error() const { return error_; }

 private:
  // Adds rows [first, first + rows) of the epoch, by their sample weights, to its metrics.
  void AddToMetrics(const Permutation& order, int64_t first, int64_t rows, const T* predictions,
                    const T* targets);
  // Mini-batches of an epoch.
  int64_t Batches() const;
  TrainingOutcome MeasureStart(TrainingObserver& observer);
  // From `place_` on; then place_ is the beginning of the next.
  TrainingOutcome TrainEpoch(TrainingObserver& observer);
  // Hands out a checkpoint where one is wanted, and says what is to come.
  AfterCheckpoint OfferCheckpoint(TrainingObserver& observer);
  // Where that is: everything between two mini-batches.
  absl::Status Save(ByteSink& sink);
  void Visit(Archive& archive);
  storage::v1::CheckpointHead Head() const;
  // Why no epoch follows that of report_, if so.
  v1::StopReason StopReason();
  // Hands out report_, and what it tells.
  void Report(TrainingObserver& observer);
  void Tell(TrainingObserver& observer, const v1::Diagnosis& diagnosis);
  bool watches() const { return options_.step.health != HealthDepth::kOff; }
  // Keeps the best parameters, and puts them back at the end.
  void FollowBest();
  // Adds what both kinds of epoch report at their end: regularisation, validation, digest.
  TrainingOutcome FinishReport(TrainingObserver& observer);
  TrainingOutcome Diverged(int64_t epoch, std::string layer, absl::string_view what = "a value");

  const std::shared_ptr<const Plan> plan_;
  const ResolvedOptions& options_;
  const Samples& train_;
  const Samples* validation_;
  const int64_t outputs_;
  std::shared_ptr<const typename Engine::Compiled> compiled_;
  typename Engine::Training training_;
  Evaluator<T> evaluator_;
  MetricSet<T> metrics_;
  std::vector<T> weights_;  // Of a few rows at once; empty where samples have none.
  LearningRate learning_rate_;
  Stopping stopping_;
  Diagnoser diagnoser_;
  CheckpointPlace place_{};
  LossSum loss_;  // Of the epoch under way.
  bool loaded_ = false;
  // When training and that epoch would have begun, had there been no interruption.
  std::chrono::steady_clock::time_point start_;
  std::chrono::steady_clock::time_point epoch_start_;
  int64_t seen_epoch_ = -1;
  v1::StopReason seen_stop_ = v1::STOP_REASON_UNSPECIFIED;
  std::vector<v1::DiagnosisKind> seen_diagnoses_;
  v1::EpochReport report_;
  v1::EpochReport best_report_;  // Where the options ask for the best, unless it is report_:
  bool report_is_best_ = false;
  v1::RunError error_;
};

}  // namespace fnn::core

#endif  // FNN_CORE_TRAIN_TRAINER_H_
