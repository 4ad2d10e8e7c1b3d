// Which state of a run may follow which: fnn.v1.RunState's comments, as code.

#ifndef FNN_SERVER_RUNS_RUN_STATE_H_
#define FNN_SERVER_RUNS_RUN_STATE_H_

#include "fnn/v1/training.pb.h"

namespace fnn::server {

// Whether a run in state `from` may enter `to`. RUN_STATE_UNSPECIFIED stands for "not made yet".
//
//   (none)     -> QUEUED
//   QUEUED     -> RUNNING, CANCELLED
//   RUNNING    -> CANCELLING, SUCCEEDED, FAILED, DIVERGED
//   CANCELLING -> CANCELLED
//   CANCELLED, SUCCEEDED, FAILED, DIVERGED: final.
bool IsAllowed(v1::RunState from, v1::RunState to);

bool IsFinal(v1::RunState state);

}  // namespace fnn::server

#endif  // FNN_SERVER_RUNS_RUN_STATE_H_
