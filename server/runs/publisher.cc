#include "server/runs/publisher.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/log.h"

namespace fnn::server {

using Clock = std::chrono::steady_clock;

Publisher::Publisher(Options options) : options_(options), thread_([this] { Loop(); }) {}

Publisher::~Publisher() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
  }
  changed_.NotifyAll();
  thread_.join();
}

void Publisher::Enqueue(std::shared_ptr<EventLog> log) {
  {
    MutexLock lock(mutex_);
    queued_.push_back(std::move(log));
  }
  changed_.NotifyAll();
}

void Publisher::AddWatcher(std::weak_ptr<RunWatcher> watcher) {
  MutexLock lock(mutex_);
  watchers_.push_back(std::move(watcher));
}

void Publisher::TickNow() {
  {
    MutexLock lock(mutex_);
    tick_now_ = true;
  }
  changed_.NotifyAll();
}

void Publisher::Loop() {
  Clock::time_point next_tick = Clock::now() + options_.tick;
  Clock::time_point next_batch = Clock::now();
  std::vector<std::shared_ptr<EventLog>> failed;
  for (bool stopping = false; !stopping;) {
    std::vector<std::shared_ptr<EventLog>> batch;
    bool tick = false;
    {
      MutexLock lock(mutex_);
      for (;;) {
        const Clock::time_point now = Clock::now();
        stopping = stopping_;
        const bool asked = std::exchange(tick_now_, false);
        tick = asked || now >= next_tick;
        const bool publish = !queued_.empty() && (asked || stopping || now >= next_batch);
        if (publish) batch.swap(queued_);
        if (tick || publish || stopping) break;
        changed_.WaitUntil(mutex_, queued_.empty() ? next_tick : std::min(next_tick, next_batch));
      }
    }
    if (!batch.empty()) {
      next_batch = Clock::now() + options_.interval;
      for (std::shared_ptr<EventLog>& log : batch) {
        if (const absl::Status status = log->Publish(); !status.ok()) {
          LogWarning(
              absl::StrCat("events of a run can't be written, will try again: ", status.message()));
          failed.push_back(std::move(log));
        }
      }
    }
    if (tick) {
      MutexLock lock(mutex_);
      queued_.insert(queued_.end(), failed.begin(), failed.end());
      failed.clear();
    }
    if (tick) {
      next_tick = Clock::now() + options_.tick;
      Tick();
    }
  }
}

void Publisher::Tick() {
  std::vector<std::shared_ptr<RunWatcher>> watchers;
  {
    MutexLock lock(mutex_);
    std::erase_if(watchers_, [&watchers](const std::weak_ptr<RunWatcher>& weak) {
      std::shared_ptr<RunWatcher> watcher = weak.lock();
      if (watcher == nullptr) return true;
      watchers.push_back(std::move(watcher));
      return false;
    });
  }
  for (const std::shared_ptr<RunWatcher>& watcher : watchers) watcher->Wake();
}

}  // namespace fnn::server
