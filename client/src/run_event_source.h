// The idea that makes a stream of events outlive its connection: a run's log numbers its events
// without gaps, so the sequence of the last event given is all there is to remember. When a stream
// breaks, another is opened after that sequence, and whatever comes twice is dropped.

#ifndef FNN_CLIENT_SRC_RUN_EVENT_SOURCE_H_
#define FNN_CLIENT_SRC_RUN_EVENT_SOURCE_H_

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "client/src/backoff.h"
#include "client/src/outage.h"
#include "client/src/update_stream.h"
#include "fnn/run_stream.h"
#include "fnn/stream_range.h"

namespace fnn::internal {

// Gives each event after a cursor once and in order. It reopens the stream after UNAVAILABLE, which
// is what gRPC makes of a lost connection and what a draining server says; every other error is the
// end. DATA_LOSS if the server leaves a gap.
class RunEventSource final : public StreamSource<v1::RunEvent> {
 public:
  // Opens a stream of the events after a sequence.
  using Open = std::function<std::unique_ptr<UpdateStream>(int64_t after_sequence)>;

  // `stream`: already open after `after_sequence`, or null to open one with the first Next.
  RunEventSource(Open open, std::unique_ptr<UpdateStream> stream, int64_t after_sequence,
                 RunStreamOptions options, std::unique_ptr<Waiter> waiter);

  absl::StatusOr<std::optional<v1::RunEvent>> Next() override;
  void Cancel() override;

 private:
  // Opens a stream unless there is one or the source was cancelled.
  UpdateStream* EnsureStream() ABSL_LOCKS_EXCLUDED(mutex_);
  // Keeps what is new of an update in `pending_`.
  absl::Status Take(v1::RunUpdate update);

  const Open open_;
  const RunStreamOptions options_;
  const std::unique_ptr<Waiter> waiter_;

  // What follows, but for the pointer, belongs to the thread that calls Next.
  absl::Mutex mutex_;  // Guards the pointer between Next and Cancel.
  std::unique_ptr<UpdateStream> stream_ ABSL_GUARDED_BY(mutex_);
  std::deque<v1::RunEvent> pending_;
  int64_t last_sequence_;
  Outage outage_;
};

}  // namespace fnn::internal

#endif  // FNN_CLIENT_SRC_RUN_EVENT_SOURCE_H_
