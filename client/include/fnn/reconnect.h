#ifndef FNN_RECONNECT_H_
#define FNN_RECONNECT_H_

#include <functional>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace fnn {

// How long to wait between attempts: a random time between half and all of a bound that starts at
// `initial` and grows by `factor` up to `maximum`. A server that says how long to wait is obeyed.
struct BackoffOptions {
  absl::Duration initial = absl::Milliseconds(100);
  absl::Duration maximum = absl::Seconds(5);
  double factor = 2;
};

// An attempt to come, while a server is not to be reached.
struct ReconnectWait {
  // Why it is needed.
  absl::Status reason;
  // How long until it is made, >= 0.
  absl::Duration delay;
  // How long attempts will still be made, counted from now, >= `delay`.
  absl::Duration left;
};

// What becomes of a call that a restart of the server, or the line, broke (UNAVAILABLE).
struct ReconnectOptions {
  // How long it is tried again before its error is given, >= 0, counted from the break. Every
  // outage has its own time.
  absl::Duration reconnect_for = absl::Minutes(2);
  BackoffOptions backoff;

  // Called before each wait, on the thread that made the call. May be empty.
  std::function<void(const ReconnectWait&)> on_reconnect;
};

}  // namespace fnn

#endif  // FNN_RECONNECT_H_
