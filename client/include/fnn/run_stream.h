#ifndef FNN_RUN_STREAM_H_
#define FNN_RUN_STREAM_H_

#include <functional>
#include <memory>
#include <utility>

#include "fnn/reconnect.h"
#include "fnn/stream_range.h"
#include "fnn/v1/training.pb.h"

namespace fnn {

// How a run's events are followed. A run that Train started with ON_DISCONNECT_CANCEL is cancelled
// where its client's line, and not the server, was gone for longer than the run's
// `disconnect_grace`; coming back then shows how it ended.
struct RunStreamOptions : ReconnectOptions {
  RunStreamOptions() = default;

  // Called with where the run is inside its epoch, at most about once a second, on the thread that
  // iterates. May be empty.
  std::function<void(const v1::RunProgress&)> on_progress;
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
