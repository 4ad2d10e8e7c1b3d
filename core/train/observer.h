// What watches a training.

#ifndef FNN_CORE_TRAIN_OBSERVER_H_
#define FNN_CORE_TRAIN_OBSERVER_H_

#include <cstdint>

#include "fnn/v1/training.pb.h"

namespace fnn::core {

// Called on the training's thread; each call should be quick.
class TrainingObserver {
 public:
  virtual ~TrainingObserver() = default;
  // After epoch 0 (before training) and after each epoch.
  virtual void OnEpoch(const v1::EpochReport& report) = 0;
  // After each mini-batch.
  virtual void OnBatch(int64_t epoch, int64_t batch, int64_t batches, double running_loss) = 0;
  // Asked before each mini-batch, in evaluations too: true stops the training.
  virtual bool ShouldStop() = 0;
};

}  // namespace fnn::core

#endif  // FNN_CORE_TRAIN_OBSERVER_H_
