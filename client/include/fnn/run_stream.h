#ifndef FNN_RUN_STREAM_H_
#define FNN_RUN_STREAM_H_

#include <functional>
#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "fnn/stream_range.h"
#include "fnn/v1/training.pb.h"

namespace fnn {

// How long to wait between attempts: a random time between half and all of a bound that starts at
// `initial` and grows by `factor` up to `maximum`. A server that says how long to wait is obeyed.
struct BackoffOptions {
  absl::Duration initial = absl::Milliseconds(100);
  absl::Duration maximum = absl::Seconds(5);
  double factor = 2;
};

// How a run's events are followed.
struct RunStreamOptions {
  // How long a broken stream (UNAVAILABLE) is tried again before its error is given, >= 0, counted
  // from the break. Train stops no later than the run's `disconnect_grace`, after which the server
  // cancels the run anyway.
  absl::Duration reconnect_for = absl::Seconds(30);
  BackoffOptions backoff;

  // Called with where the run is inside its epoch, at most about once a second. May be empty.
  std::function<void(const v1::RunProgress&)> on_progress;
  // Called with why a stream broke, before the attempt to come back. May be empty.
  std::function<void(const absl::Status&)> on_reconnect;
  // Both are called on the thread that iterates.
};

// The events of a run that Train started. Every event of the log is given once, in order, however
// often the connection broke. Destroying the range before its end is what `on_disconnect` speaks
// of: the run is cancelled after its grace, or goes on.
class TrainStream : public StreamRange<v1::RunEvent> {
 public:
  TrainStream(v1::Run run, std::unique_ptr<StreamSource<v1::RunEvent>> source)
      : StreamRange(std::move(source)), run_(std::move(run)) {}

  // The run as it was when it was accepted; GetRun tells how it is now.
  const v1::Run& run() const { return run_; }

 private:
  v1::Run run_;
};

}  // namespace fnn

#endif  // FNN_RUN_STREAM_H_
