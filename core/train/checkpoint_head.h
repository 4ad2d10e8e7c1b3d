// Which training a checkpoint is of.

#ifndef FNN_CORE_TRAIN_CHECKPOINT_HEAD_H_
#define FNN_CORE_TRAIN_CHECKPOINT_HEAD_H_

#include "absl/status/status.h"
#include "core/data/samples.h"
#include "core/plan/plan.h"
#include "core/train/options.h"
#include "fnn/storage/v1/checkpoint.pb.h"

namespace fnn::core {

// That of the training which these make; `validation` may be null. Place and parameter_bytes are
// left out.
storage::v1::CheckpointHead CheckpointHeadOf(const Plan& plan, const ResolvedOptions& options,
                                             const Samples& train, const Samples* validation);

// FAILED_PRECONDITION with reason OTHER_TRAINING that names what differs, but for the place;
// DATA_LOSS with INVALID_CHECKPOINT where `head` is no head of this format.
absl::Status CheckHead(const storage::v1::CheckpointHead& head,
                       const storage::v1::CheckpointHead& expected);

}  // namespace fnn::core

#endif  // FNN_CORE_TRAIN_CHECKPOINT_HEAD_H_
