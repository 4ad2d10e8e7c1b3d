#ifndef FNN_CLIENT_SRC_OUTAGE_H_
#define FNN_CLIENT_SRC_OUTAGE_H_

#include <optional>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "client/src/backoff.h"
#include "fnn/reconnect.h"

namespace fnn::internal {

// The time between a break and the moment when all is well again: whether there is to be another
// attempt, and when. For one thread.
class Outage {
 public:
  // `waiter` outlives it.
  Outage(const ReconnectOptions& options, Waiter& waiter)
      : options_(options), waiter_(waiter), backoff_(options.backoff) {}

  // After an attempt that `broken` ended: waits for the next, or gives `broken` where it is not one
  // that another attempt may mend, or the time is over. OK, and at once, where the waiter was
  // cancelled: its owner has to look.
  absl::Status AwaitAttempt(const absl::Status& broken);

  // All is well: the next break begins an outage of its own.
  void End();

 private:
  const ReconnectOptions options_;
  Waiter& waiter_;
  Backoff backoff_;
  // When it began; nullopt while all is well.
  std::optional<absl::Time> since_;
};

// Makes a call until it succeeds or is not to be tried again. The call must be one that may be
// repeated. `call` gives a StatusOr.
template <typename Call>
auto CallThrough(Outage& outage, Call call) -> decltype(call()) {
  while (true) {
    auto result = call();
    if (result.ok()) return result;
    if (absl::Status status = outage.AwaitAttempt(result.status()); !status.ok()) return status;
  }
}

}  // namespace fnn::internal

#endif  // FNN_CLIENT_SRC_OUTAGE_H_
