// What one watcher of a run is to be sent next. Used by one thread at a time; never blocks.

#ifndef FNN_SERVER_RUNS_WATCH_CURSOR_H_
#define FNN_SERVER_RUNS_WATCH_CURSOR_H_

#include <chrono>
#include <cstdint>
#include <limits>
#include <memory>

#include "absl/status/statusor.h"
#include "core/base/errors.h"
#include "fnn/v1/training.pb.h"
#include "server/runs/run.h"

namespace fnn::server {

class WatchCursor {
 public:
  using Clock = std::chrono::steady_clock;

  struct Options {
    // The most in one message; a single event may be more.
    int64_t most_events = 500;
    int64_t most_bytes = int64_t{256} * 1024;
    // The longest time without a message. The publisher's tick comes on top.
    std::chrono::milliseconds heartbeat{9000};
    // The least time from one progress to the next.
    std::chrono::milliseconds progress{1000};
  };

  // Starts after the sequence `after`; with `follow` it goes on until the run's end, else to the
  // newest event there is now. INVALID_ARGUMENT at `path` where `after` is not 0 to that event.
  static absl::StatusOr<WatchCursor> Create(std::shared_ptr<Run> run, int64_t after, bool follow,
                                            const Options& options, const core::FieldPath& path);

  enum class Next {
    kSend,  // *update is to be sent, and Poll to be called again.
    kWait,  // Nothing now; call again when woken.
    kEnd,   // Everything has been sent.
  };
  // DATA_LOSS where the log is damaged; errors of the disk.
  absl::StatusOr<Next> Poll(Clock::time_point now, v1::RunUpdate* update);

  // Whether all that has been appended so far has been sent.
  bool caught_up() const { return sequence_ >= run_->log().last_sequence(); }

 private:
  WatchCursor(std::shared_ptr<Run> run, int64_t after, int64_t until, const Options& options)
      : options_(options), run_(std::move(run)), sequence_(after), until_(until) {}

  static constexpr int64_t kForever = std::numeric_limits<int64_t>::max();

  Options options_;
  std::shared_ptr<Run> run_;
  int64_t sequence_;  // The newest event sent.
  int64_t until_;     // The last one to send.
  bool ended_ = false;
  int64_t progress_version_ = 0;
  Clock::time_point last_sent_ = Clock::now();
  Clock::time_point last_progress_;
};

}  // namespace fnn::server

#endif  // FNN_SERVER_RUNS_WATCH_CURSOR_H_
