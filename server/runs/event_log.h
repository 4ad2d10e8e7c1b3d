// The log of one run: append-only, read through cursors.
//
// The training thread appends; that takes a lock for a few instructions and waits for no reader.
// What has been appended becomes visible to readers when the publisher's thread publishes it, many
// entries at once: a slow or absent reader costs training nothing. A reader keeps its own cursor,
// the sequence of the newest event it has seen, and reads what comes after it.

#ifndef FNN_SERVER_RUNS_EVENT_LOG_H_
#define FNN_SERVER_RUNS_EVENT_LOG_H_

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "fnn/v1/training.pb.h"
#include "server/base/mutex.h"

namespace fnn::server {

class Publisher;

// Someone who wants to know when there may be something new.
class RunWatcher {
 public:
  virtual ~RunWatcher() = default;
  // Called on the publisher's thread after events were published and at each of its ticks. Must be
  // quick; may come at any time, also when there is nothing new.
  virtual void Wake() = 0;
};

// Held by shared_ptr. Safe from any thread.
class EventLog : public std::enable_shared_from_this<EventLog> {
 public:
  // `publisher` outlives the log.
  explicit EventLog(Publisher* publisher) : publisher_(publisher) {}

  // Gives `event` the next sequence and the time, and appends it. O(1). A `finished` event is the
  // last: what is appended after it is dropped.
  void Append(v1::RunEvent event);

  // The sequence of the newest event appended; 0 where there is none.
  int64_t last_sequence() const;

  // The published events after the sequence `after`, at most `most_events`, and no more once they
  // come to `most_bytes`. Sets *ended to whether the last of them ends the log.
  void Read(int64_t after, int64_t most_events, int64_t most_bytes,
            google::protobuf::RepeatedPtrField<v1::RunEvent>* events, bool* ended) const;

  // What the events take, in bytes.
  int64_t size_bytes() const;

  // Wakes `watcher` from now on for as long as it lives.
  void Subscribe(const std::shared_ptr<RunWatcher>& watcher);

  // The publisher's: makes visible what has been appended and wakes the watchers.
  void Publish();

  // What one more event takes at most beside its metrics, for estimates.
  static constexpr int64_t kEventBytes = 320;

 private:
  Publisher* const publisher_;
  mutable Mutex mutex_;
  // Serialised, which is a quarter of the size. A deque never moves its elements and none is ever
  // changed, so a reader may read them without the lock once it has their addresses.
  std::deque<std::string> events_ ABSL_GUARDED_BY(mutex_);
  int64_t published_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t bytes_ ABSL_GUARDED_BY(mutex_) = 0;
  bool finished_ ABSL_GUARDED_BY(mutex_) = false;
  bool queued_ ABSL_GUARDED_BY(mutex_) = false;  // The publisher has been told.
  std::vector<std::weak_ptr<RunWatcher>> watchers_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace fnn::server

#endif  // FNN_SERVER_RUNS_EVENT_LOG_H_
