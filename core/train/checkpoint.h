// Where a training was interrupted, and how it goes on.
//
// A checkpoint holds all that a training is made of between two mini-batches. One that goes on from
// it, in another process, with another team or on another instruction set, gives the same bits as
// one that was never interrupted.

#ifndef FNN_CORE_TRAIN_CHECKPOINT_H_
#define FNN_CORE_TRAIN_CHECKPOINT_H_

#include <cstdint>
#include <vector>

#include "core/base/byte_source.h"
#include "fnn/v1/training.pb.h"

namespace fnn::core {

// Between two mini-batches.
struct CheckpointPlace {
  int64_t epoch = 1;  // The epoch under way, from 1.
  int64_t batch = 0;  // The mini-batches of it that are done: 0 right after the report before it.
};

// What is left of a training that was interrupted.
struct Continuation {
  // Read once, from its beginning. Null: from the start.
  ByteSource* checkpoint = nullptr;
  // The last epoch whose report was seen, or -1. What comes up to its end is computed again where
  // the checkpoint is from before, to the same bits, and the observer hears of none of it.
  int64_t logged_epoch = -1;
  // Why that epoch was the last, where its report said so. It ends there again, and only there,
  // however long it takes this time.
  v1::StopReason logged_stop = v1::STOP_REASON_UNSPECIFIED;
  // The diagnoses that were seen after that report; the observer does not hear of them again.
  std::vector<v1::DiagnosisKind> logged_diagnoses = {};
};

}  // namespace fnn::core

#endif  // FNN_CORE_TRAIN_CHECKPOINT_H_
