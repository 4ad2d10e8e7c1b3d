#ifndef FNN_TESTS_CLIENT_FAKE_WAITER_H_
#define FNN_TESTS_CLIENT_FAKE_WAITER_H_

#include <vector>

#include "client/src/backoff.h"

namespace fnn::internal {

// Time that passes only by waiting.
class FakeWaiter final : public Waiter {
 public:
  explicit FakeWaiter(std::vector<absl::Duration>* waits) : waits_(waits) {}
  absl::Time Now() override { return now_; }
  bool Wait(absl::Duration duration) override {
    waits_->push_back(duration);
    now_ += duration;
    return !cancelled_;
  }
  void Cancel() override { cancelled_ = true; }
  bool cancelled() override { return cancelled_; }

 private:
  std::vector<absl::Duration>* const waits_;
  absl::Time now_ = absl::UnixEpoch();
  bool cancelled_ = false;
};

}  // namespace fnn::internal

#endif  // FNN_TESTS_CLIENT_FAKE_WAITER_H_
