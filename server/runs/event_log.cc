#include "server/runs/event_log.h"

#include <algorithm>
#include <utility>

#include "google/protobuf/util/time_util.h"
#include "server/runs/publisher.h"

namespace fnn::server {

void EventLog::Append(v1::RunEvent event) {
  *event.mutable_time() = google::protobuf::util::TimeUtil::GetCurrentTime();
  bool tell_publisher = false;
  {
    MutexLock lock(mutex_);
    if (finished_) return;
    event.set_sequence(static_cast<int64_t>(events_.size()) + 1);
    events_.push_back(event.SerializeAsString());
    bytes_ += static_cast<int64_t>(events_.back().capacity() + sizeof(std::string));
    finished_ = event.has_finished();
    tell_publisher = !std::exchange(queued_, true);
  }
  if (tell_publisher) publisher_->Enqueue(shared_from_this());
}

int64_t EventLog::last_sequence() const {
  MutexLock lock(mutex_);
  return static_cast<int64_t>(events_.size());
}

int64_t EventLog::size_bytes() const {
  MutexLock lock(mutex_);
  return bytes_;
}

void EventLog::Read(int64_t after, int64_t most_events, int64_t most_bytes,
                    google::protobuf::RepeatedPtrField<v1::RunEvent>* events, bool* ended) const {
  std::vector<const std::string*> found;
  {
    MutexLock lock(mutex_);
    const int64_t end = std::min(published_, after + most_events);
    for (int64_t i = after; i < end && most_bytes > 0; ++i) {
      found.push_back(&events_[static_cast<size_t>(i)]);
      most_bytes -= static_cast<int64_t>(found.back()->size());
    }
    const int64_t reached = after + static_cast<int64_t>(found.size());
    *ended = finished_ && reached == static_cast<int64_t>(events_.size());
  }
  for (const std::string* event : found) events->Add()->ParseFromString(*event);
}

void EventLog::Subscribe(const std::shared_ptr<RunWatcher>& watcher) {
  {
    MutexLock lock(mutex_);
    std::erase_if(watchers_, [](const auto& other) { return other.expired(); });
    watchers_.push_back(watcher);
  }
  publisher_->AddWatcher(watcher);
}

void EventLog::Publish() {
  std::vector<std::shared_ptr<RunWatcher>> watchers;
  {
    MutexLock lock(mutex_);
    queued_ = false;
    published_ = static_cast<int64_t>(events_.size());
    for (const std::weak_ptr<RunWatcher>& weak : watchers_) {
      if (std::shared_ptr<RunWatcher> watcher = weak.lock()) watchers.push_back(std::move(watcher));
    }
  }
  for (const std::shared_ptr<RunWatcher>& watcher : watchers) watcher->Wake();
}

}  // namespace fnn::server
