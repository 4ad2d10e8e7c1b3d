// Waiting for a run without sleeping, and reading its log to the end.

#ifndef FNN_TESTS_SERVER_RUNS_WAIT_H_
#define FNN_TESTS_SERVER_RUNS_WAIT_H_

#include <functional>
#include <limits>
#include <memory>
#include <vector>

#include "gtest/gtest.h"
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

// All events to the end of the run, whose sequences have no gaps.
inline std::vector<v1::RunEvent> AllEvents(const Run& run) {
  google::protobuf::RepeatedPtrField<v1::RunEvent> events;
  bool ended = false;
  WaitUntil(run, [&] {
    events.Clear();
    const absl::Status status =
        run.log().Read(0, 1'000'000, std::numeric_limits<int64_t>::max(), &events, &ended);
    EXPECT_TRUE(status.ok()) << status;
    return ended;
  });
  int64_t sequence = 0;
  for (const v1::RunEvent& event : events) EXPECT_EQ(event.sequence(), ++sequence);
  return {events.begin(), events.end()};
}

inline void WaitForState(const Run& run, v1::RunState state) {
  WaitUntil(run, [&] { return run.state() == state; });
}

inline void WaitForEnd(const Run& run) {
  WaitUntil(run, [&] { return IsFinal(run.state()); });
}

}  // namespace fnn::server

#endif  // FNN_TESTS_SERVER_RUNS_WAIT_H_
