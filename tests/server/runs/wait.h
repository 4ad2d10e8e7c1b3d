// Waiting for a run without sleeping.

#ifndef FNN_TESTS_SERVER_RUNS_WAIT_H_
#define FNN_TESTS_SERVER_RUNS_WAIT_H_

#include <functional>
#include <memory>

#include "server/base/mutex.h"
#include "server/runs/event_log.h"
#include "server/runs/run.h"
#include "server/runs/run_state.h"

namespace fnn::server {

// Counts its wakes.
class TestWatcher final : public RunWatcher {
 public:
  void Wake() override {
    MutexLock lock(mutex_);
    ++wakes_;
    woken_.NotifyAll();
  }
  // Waits for a wake after the last one that a call has waited for.
  void WaitForWake() {
    MutexLock lock(mutex_);
    while (wakes_ == seen_) woken_.Wait(mutex_);
    seen_ = wakes_;
  }

 private:
  Mutex mutex_;
  CondVar woken_;
  int wakes_ ABSL_GUARDED_BY(mutex_) = 0;
  int seen_ ABSL_GUARDED_BY(mutex_) = 0;
};

// Waits until `done`, asked whenever the run's log or the publisher's tick says so.
inline void WaitUntil(const Run& run, const std::function<bool()>& done) {
  const auto watcher = std::make_shared<TestWatcher>();
  run.log().Subscribe(watcher);
  while (!done()) watcher->WaitForWake();
}

inline void WaitForState(const Run& run, v1::RunState state) {
  WaitUntil(run, [&] { return run.state() == state; });
}

inline void WaitForEnd(const Run& run) {
  WaitUntil(run, [&] { return IsFinal(run.state()); });
}

}  // namespace fnn::server

#endif  // FNN_TESTS_SERVER_RUNS_WAIT_H_
