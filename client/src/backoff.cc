#include "client/src/backoff.h"

#include <algorithm>

namespace fnn::internal {

bool SystemWaiter::Wait(absl::Duration duration) {
  absl::MutexLock lock(&mutex_);
  return !mutex_.AwaitWithTimeout(absl::Condition(&cancelled_), duration);
}

void SystemWaiter::Cancel() {
  absl::MutexLock lock(&mutex_);
  cancelled_ = true;
}

bool SystemWaiter::cancelled() {
  absl::MutexLock lock(&mutex_);
  return cancelled_;
}

// Seeded by the machine: clients that lost the same server must not come back in step.
Backoff::Backoff(const BackoffOptions& options)
    : options_(options), bound_(options.initial), random_(std::random_device()()) {}

absl::Duration Backoff::Next() {
  const absl::Duration bound = std::min(bound_, options_.maximum);
  bound_ = std::min(bound * options_.factor, options_.maximum);
  return bound * std::uniform_real_distribution<double>(0.5, 1)(random_);
}

}  // namespace fnn::internal
