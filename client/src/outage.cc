#include "client/src/outage.h"

#include <algorithm>

#include "fnn/error_details.h"

namespace fnn::internal {

absl::Status Outage::AwaitAttempt(const absl::Status& broken) {
  if (!absl::IsUnavailable(broken)) return broken;
  const absl::Time now = waiter_.Now();
  if (!since_.has_value()) since_ = now;
  const absl::Duration left = options_.reconnect_for - (now - *since_);
  if (left <= absl::ZeroDuration()) return broken;
  // The last attempt is made when the time is over, not before.
  const absl::Duration delay = std::min(
      left, std::max(backoff_.Next(), GetRetryDelay(broken).value_or(absl::ZeroDuration())));
  if (options_.on_reconnect) options_.on_reconnect({broken, delay, left});
  waiter_.Wait(delay);
  return absl::OkStatus();
}

void Outage::End() {
  since_.reset();
  backoff_.Reset();
}

}  // namespace fnn::internal
