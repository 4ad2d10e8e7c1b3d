#ifndef FNN_CLIENT_SRC_BACKOFF_H_
#define FNN_CLIENT_SRC_BACKOFF_H_

#include <random>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "fnn/reconnect.h"

namespace fnn::internal {

// Time as what reconnects sees it; a test gives its own.
class Waiter {
 public:
  virtual ~Waiter() = default;
  virtual absl::Time Now() = 0;
  // Waits so long, or until Cancel was called, before or meanwhile: then it gives false.
  virtual bool Wait(absl::Duration duration) = 0;
  // Any thread.
  virtual void Cancel() = 0;
  virtual bool cancelled() = 0;
};

// The real one.
class SystemWaiter final : public Waiter {
 public:
  absl::Time Now() override { return absl::Now(); }
  bool Wait(absl::Duration duration) override;
  void Cancel() override;
  bool cancelled() override;

 private:
  absl::Mutex mutex_;
  bool cancelled_ ABSL_GUARDED_BY(mutex_) = false;
};

// The delays between attempts, see BackoffOptions. For one thread.
class Backoff {
 public:
  explicit Backoff(const BackoffOptions& options);

  // How long to wait before the next attempt.
  absl::Duration Next();
  // The next delay is the first again.
  void Reset() { bound_ = options_.initial; }

 private:
  const BackoffOptions options_;
  absl::Duration bound_;
  std::minstd_rand random_;
};

}  // namespace fnn::internal

#endif  // FNN_CLIENT_SRC_BACKOFF_H_
