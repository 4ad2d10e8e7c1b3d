#include "server/runs/run_state.h"

namespace fnn::server {

bool IsAllowed(v1::RunState from, v1::RunState to) {
  switch (from) {
    case v1::RUN_STATE_UNSPECIFIED:
      return to == v1::RUN_STATE_QUEUED;
    case v1::RUN_STATE_QUEUED:
      return to == v1::RUN_STATE_RUNNING || to == v1::RUN_STATE_PAUSED ||
             to == v1::RUN_STATE_CANCELLED || to == v1::RUN_STATE_FAILED;
    case v1::RUN_STATE_RUNNING:
      return to == v1::RUN_STATE_PAUSING || to == v1::RUN_STATE_CANCELLING ||
             to == v1::RUN_STATE_SUCCEEDED || to == v1::RUN_STATE_FAILED ||
             to == v1::RUN_STATE_DIVERGED || to == v1::RUN_STATE_QUEUED;
    case v1::RUN_STATE_PAUSING:
      return to == v1::RUN_STATE_PAUSED || to == v1::RUN_STATE_RUNNING ||
             to == v1::RUN_STATE_CANCELLING || to == v1::RUN_STATE_SUCCEEDED ||
             to == v1::RUN_STATE_FAILED || to == v1::RUN_STATE_DIVERGED;
    case v1::RUN_STATE_PAUSED:
      return to == v1::RUN_STATE_QUEUED || to == v1::RUN_STATE_CANCELLED ||
             to == v1::RUN_STATE_FAILED;
    case v1::RUN_STATE_CANCELLING:
      return to == v1::RUN_STATE_CANCELLED;
    default:
      return false;
  }
}

bool IsFinal(v1::RunState state) {
  return state == v1::RUN_STATE_CANCELLED || state == v1::RUN_STATE_SUCCEEDED ||
         state == v1::RUN_STATE_FAILED || state == v1::RUN_STATE_DIVERGED;
}

}  // namespace fnn::server
