// The thread between training and watching: it writes and publishes what runs have appended to
// their logs, in batches, one sync a log however many events it got, and wakes the watchers; and it
// ticks, so that watchers can send progress and heartbeats. What the disk would not take waits for
// the next tick.

#ifndef FNN_SERVER_RUNS_PUBLISHER_H_
#define FNN_SERVER_RUNS_PUBLISHER_H_

#include <chrono>
#include <memory>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "server/base/mutex.h"
#include "server/runs/event_log.h"

namespace fnn::server {

class Publisher {
 public:
  struct Options {
    // The least time from one batch to the next. The first after a pause goes out at once.
    std::chrono::milliseconds interval{20};
    // The time from one tick to the next.
    std::chrono::milliseconds tick{1000};
  };

  explicit Publisher(Options options);
  // Publishes what is left, then joins.
  ~Publisher();

  // `log` has something new. Safe from any thread; O(1).
  void Enqueue(std::shared_ptr<EventLog> log);

  // Wakes `watcher` at every tick for as long as it lives. Safe from any thread.
  void AddWatcher(std::weak_ptr<RunWatcher> watcher);

  // Publishes and ticks now. Safe from any thread; returns before watchers are woken.
  void TickNow();

 private:
  void Loop();
  void Tick();

  const Options options_;
  Mutex mutex_;
  CondVar changed_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  bool tick_now_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::shared_ptr<EventLog>> queued_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::weak_ptr<RunWatcher>> watchers_ ABSL_GUARDED_BY(mutex_);
  std::thread thread_;  // Last: it uses the rest.
};

}  // namespace fnn::server

#endif  // FNN_SERVER_RUNS_PUBLISHER_H_
