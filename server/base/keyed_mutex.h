// A mutex for each of many keys: who works on one thing keeps others from it, and from nothing
// else.

#ifndef FNN_SERVER_BASE_KEYED_MUTEX_H_
#define FNN_SERVER_BASE_KEYED_MUTEX_H_

#include <set>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "server/base/mutex.h"

namespace fnn::server {

// Safe from any thread.
class KeyedMutex {
 public:
  void Lock(const std::string& key) ABSL_LOCKS_EXCLUDED(mutex_) {
    MutexLock lock(mutex_);
    while (!held_.insert(key).second) released_.Wait(mutex_);
  }
  void Unlock(const std::string& key) ABSL_LOCKS_EXCLUDED(mutex_) {
    {
      MutexLock lock(mutex_);
      held_.erase(key);
    }
    released_.NotifyAll();
  }

 private:
  Mutex mutex_;
  CondVar released_;
  std::set<std::string> held_ ABSL_GUARDED_BY(mutex_);
};

// Holds a key for as long as it lives.
class KeyedLock {
 public:
  KeyedLock() = default;  // Of nothing.
  KeyedLock(KeyedMutex& mutex, std::string key) : mutex_(&mutex), key_(std::move(key)) {
    mutex_->Lock(key_);
  }
  KeyedLock(KeyedLock&& other) noexcept
      : mutex_(std::exchange(other.mutex_, nullptr)), key_(std::move(other.key_)) {}
  KeyedLock& operator=(KeyedLock&& other) noexcept {
    std::swap(mutex_, other.mutex_);
    std::swap(key_, other.key_);
    return *this;
  }
  ~KeyedLock() {
    if (mutex_ != nullptr) mutex_->Unlock(key_);
  }

 private:
  KeyedMutex* mutex_ = nullptr;
  std::string key_;
};

}  // namespace fnn::server

#endif  // FNN_SERVER_BASE_KEYED_MUTEX_H_
