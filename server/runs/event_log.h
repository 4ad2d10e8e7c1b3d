// The log of one run: append-only, read through cursors, and durable before it is seen.
//
// The training thread appends; that takes a lock for a few instructions and waits for no reader and
// no disk. What has been appended waits in memory until the publisher's thread writes it to the
// run's file, many entries with one sync, and only then becomes visible: a slow or absent reader
// costs training nothing, and a reader has seen nothing that a crash can take back. A reader keeps
// its own cursor, the sequence of the newest event it has seen, and reads what comes after it.

#ifndef FNN_SERVER_RUNS_EVENT_LOG_H_
#define FNN_SERVER_RUNS_EVENT_LOG_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "fnn/v1/training.pb.h"
#include "server/base/mutex.h"
#include "server/storage/record_log.h"

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
  // Opens the file of a log.
  using Opener = std::function<absl::StatusOr<std::unique_ptr<RecordLog>>()>;

  // A log that goes on after the events of `file`. `publisher` outlives the log.
  EventLog(Publisher* publisher, std::unique_ptr<RecordLog> file);
  // The log of a run that has ended, with `last_sequence` events; `open` is called at its first
  // use.
  EventLog(Publisher* publisher, Opener open, int64_t last_sequence);

  // Gives `event` the next sequence and the time, and appends it. O(1). A `finished` event is the
  // last: what is appended after it is dropped.
  void Append(v1::RunEvent event);

  // The sequence of the newest event appended; 0 where there is none.
  int64_t last_sequence() const;

  // The published events after the sequence `after`, at most `most_events`, and no more once they
  // come to `most_bytes`. Sets *ended to whether the last of them ends the log. DATA_LOSS where the
  // file is damaged; errors of the disk.
  absl::Status Read(int64_t after, int64_t most_events, int64_t most_bytes,
                    google::protobuf::RepeatedPtrField<v1::RunEvent>* events, bool* ended) const;

  // What the events take in the file and in memory, in bytes.
  int64_t size_bytes() const;

  // Wakes `watcher` from now on for as long as it lives.
  void Subscribe(const std::shared_ptr<RunWatcher>& watcher);

  // Writes what has been appended, makes it visible and wakes the watchers. An error of the disk
  // leaves all as it was: nothing is lost, and another call tries again.
  absl::Status Publish();

  // The run is forgotten: what is left to write is dropped, and readers get NOT_FOUND.
  void Discard();

  // Waits while so much waits to be written that whoever appends had better not go on, as when the
  // disk is full; false where it is still so at `deadline`.
  bool AwaitRoom(std::chrono::steady_clock::time_point deadline);

  // What one more event takes at most beside its metrics, for estimates.
  static constexpr int64_t kEventBytes = 320;
  // What may wait to be written before AwaitRoom waits.
  static constexpr int64_t kMostPendingBytes = int64_t{4} << 20;

 private:
  // The file, opened where that has not been done.
  absl::StatusOr<RecordLog*> File() const;

  Publisher* const publisher_;
  const Opener open_;

  mutable Mutex opening_;  // Held while the file is opened; taken before mutex_.
  mutable Mutex mutex_;
  mutable std::unique_ptr<RecordLog> file_ ABSL_GUARDED_BY(mutex_);  // Once set it stays.
  CondVar room_;                                                     // published_bytes_ grew.
  int64_t appended_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t published_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t appended_bytes_ ABSL_GUARDED_BY(mutex_) = 0;  // By this process.
  int64_t published_bytes_ ABSL_GUARDED_BY(mutex_) = 0;
  bool finished_ ABSL_GUARDED_BY(mutex_) = false;
  bool discarded_ ABSL_GUARDED_BY(mutex_) = false;
  bool queued_ ABSL_GUARDED_BY(mutex_) = false;  // The publisher has been told.
  std::vector<std::weak_ptr<RunWatcher>> watchers_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace fnn::server

#endif  // FNN_SERVER_RUNS_EVENT_LOG_H_
