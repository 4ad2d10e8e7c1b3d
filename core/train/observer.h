// What watches a training.

#ifndef FNN_CORE_TRAIN_OBSERVER_H_
#define FNN_CORE_TRAIN_OBSERVER_H_

#include <cstdint>
#include <span>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "core/base/byte_sink.h"
#include "core/train/checkpoint.h"
#include "fnn/v1/training.pb.h"

namespace fnn::core {

// What becomes of a training once a checkpoint was asked of it.
enum class AfterCheckpoint {
  kContinue,
  kStop,  // It ends there as TrainingOutcome::kStopped.
};

// Called on the training's thread; each call should be quick.
class TrainingObserver {
 public:
  virtual ~TrainingObserver() = default;
  // After epoch 0 (before training) and after each epoch.
  virtual void OnEpoch(const v1::EpochReport& report) = 0;
  // Right after it: `read` copies the parameters there are then, `count` in the plan's logical
  // order. It may be called only now.
  using ReadParameters = absl::FunctionRef<void(std::span<float> out)>;
  virtual void OnParameters(int64_t /*count*/, ReadParameters /*read*/) {}
  // After the report of its epoch, or before the training ends as diverged.
  virtual void OnDiagnosis(const v1::Diagnosis& /*diagnosis*/) {}
  // After each mini-batch.
  virtual void OnBatch(int64_t epoch, int64_t batch, int64_t batches, double running_loss) = 0;
  // Asked before each mini-batch, in evaluations too: true stops the training.
  virtual bool ShouldStop() = 0;

  // Asked before each mini-batch that is trained on, so between any two of an epoch and after each
  // report but the last: true calls OnCheckpoint.
  virtual bool WantsCheckpoint(const CheckpointPlace& /*place*/) { return false; }
  // `write` appends a checkpoint from which a training goes on at `place` to exactly the same bits;
  // its errors are the sink's. It may be called any number of times, and only now.
  virtual AfterCheckpoint OnCheckpoint(const CheckpointPlace& /*place*/,
                                       absl::FunctionRef<absl::Status(ByteSink&)> /*write*/) {
    return AfterCheckpoint::kContinue;
  }
};

}  // namespace fnn::core

#endif  // FNN_CORE_TRAIN_OBSERVER_H_
