// Calls functions at points in time, on one thread of its own.

#ifndef FNN_SERVER_BASE_TIMER_H_
#define FNN_SERVER_BASE_TIMER_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <thread>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "server/base/mutex.h"

namespace fnn::server {

class Timer {
 public:
  using Clock = std::chrono::steady_clock;

  Timer();
  // Drops what is still waiting and joins the thread.
  ~Timer();

  // Calls `function` on the timer's thread once `when` has come. It should be quick, and must not
  // destroy the timer. Not called after the destructor has begun.
  void CallAt(Clock::time_point when, std::function<void()> function);

 private:
  void Loop();

  Mutex mutex_;
  CondVar changed_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::multimap<Clock::time_point, std::function<void()>> waiting_ ABSL_GUARDED_BY(mutex_);
  std::thread thread_;  // Last: it uses the rest.
};

}  // namespace fnn::server

#endif  // FNN_SERVER_BASE_TIMER_H_
