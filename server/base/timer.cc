#include "server/base/timer.h"

namespace fnn::server {

Timer::Timer() : thread_([this] { Loop(); }) {}

Timer::~Timer() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
  }
  changed_.NotifyAll();
  thread_.join();
}

void Timer::CallAt(Clock::time_point when, std::function<void()> function) {
  {
    MutexLock lock(mutex_);
    waiting_.emplace(when, std::move(function));
  }
  changed_.NotifyAll();
}

void Timer::Loop() {
  for (;;) {
    std::function<void()> due;
    {
      MutexLock lock(mutex_);
      while (!stopping_ && (waiting_.empty() || waiting_.begin()->first > Clock::now())) {
        if (waiting_.empty()) {
          changed_.Wait(mutex_);
        } else {
          changed_.WaitUntil(mutex_, waiting_.begin()->first);
        }
      }
      if (stopping_) return;
      due = std::move(waiting_.begin()->second);
      waiting_.erase(waiting_.begin());
    }
    due();
  }
}

}  // namespace fnn::server
