// TrainingService.Train and WatchRun: sends a run's events as they are published.

#ifndef FNN_SERVER_SERVICES_WATCH_REACTOR_H_
#define FNN_SERVER_SERVICES_WATCH_REACTOR_H_

#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "fnn/v1/training_service.grpc.pb.h"
#include "grpcpp/grpcpp.h"
#include "server/base/errors.h"
#include "server/base/mutex.h"
#include "server/edge/status.h"
#include "server/runs/event_log.h"
#include "server/runs/run_manager.h"
#include "server/runs/watch_cursor.h"

namespace fnn::server {

// One write is in flight at most; while it is, the cursor lags and nothing piles up. Whoever is
// `busy_` (the maker, until Begin or End; a waker; the write in flight) alone touches cursor and
// response, and alone may call StartWrite and Finish. A wake that finds another busy leaves a note.
//
// Owns itself until OnDone; the log and the publisher know it by weak pointers.
template <typename Response>
class WatchReactor final : public grpc::ServerWriteReactor<Response>,
                           public RunWatcher,
                           public std::enable_shared_from_this<WatchReactor<Response>> {
 public:
  // Waits for Begin or End.
  static std::shared_ptr<WatchReactor> Create(const RunManager* runs) {
    std::shared_ptr<WatchReactor> reactor(new WatchReactor(runs));
    reactor->self_ = reactor;
    return reactor;
  }

  // Sends what `cursor` gives. `first` goes out at once, with the first events there are, where it
  // is given. `gone` is called once, when the stream is over for whatever reason.
  void Begin(WatchCursor cursor, EventLog& log, std::optional<Response> first,
             std::function<void()> gone) {
    cursor_ = std::move(cursor);
    gone_ = std::move(gone);
    send_first_ = first.has_value();
    if (send_first_) response_ = *std::move(first);
    log.Subscribe(this->shared_from_this());
    Pump();
  }

  // Ends the stream, instead of Begin.
  void End(const absl::Status& status) { this->Finish(ToGrpc(status)); }

  // Sends `only` and ends the stream, instead of Begin.
  void SendOnly(Response only) {
    response_ = std::move(only);
    this->StartWriteAndFinish(&response_, grpc::WriteOptions(), grpc::Status::OK);
  }

  void Wake() override {
    {
      MutexLock lock(mutex_);
      woken_ = true;
      if (busy_) return;
      busy_ = true;
    }
    Pump();
  }

  void OnWriteDone(bool ok) override {
    if (ok) {
      response_.Clear();
      Pump();
    } else {
      this->Finish(grpc::Status::CANCELLED);
    }
  }

  void OnCancel() override {
    {
      MutexLock lock(mutex_);
      cancelled_ = true;
    }
    Wake();
  }

  void OnDone() override {
    if (gone_ != nullptr) gone_();
    self_.reset();
  }

 private:
  explicit WatchReactor(const RunManager* runs) : runs_(runs) {}

  // Called by whoever is busy. Stays busy with a write, or for ever after Finish.
  void Pump() {
    for (;;) {
      {
        MutexLock lock(mutex_);
        woken_ = false;
        if (cancelled_) break;
      }
      WatchCursor::Next next = WatchCursor::Next::kEnd;
      const absl::Status status = Guarded([&] {
        absl::StatusOr<WatchCursor::Next> polled =
            cursor_->Poll(WatchCursor::Clock::now(), response_.mutable_update());
        if (polled.ok()) next = *polled;
        return polled.status();
      });
      if (!status.ok()) return End(status);
      if (next == WatchCursor::Next::kSend || send_first_) {
        send_first_ = false;
        this->StartWrite(&response_);
        return;
      }
      if (next == WatchCursor::Next::kEnd) return End(absl::OkStatus());
      // Not before what is already said has been published and sent.
      if (runs_->stopping() && cursor_->caught_up()) return End(Draining());
      MutexLock lock(mutex_);
      if (!woken_ && !cancelled_) {
        busy_ = false;
        return;
      }
    }
    this->Finish(grpc::Status::CANCELLED);
  }

  const RunManager* const runs_;
  std::shared_ptr<WatchReactor> self_;
  std::function<void()> gone_;

  // Of whoever is busy.
  std::optional<WatchCursor> cursor_;
  Response response_;
  bool send_first_ = false;

  Mutex mutex_;
  bool busy_ ABSL_GUARDED_BY(mutex_) = true;
  bool woken_ ABSL_GUARDED_BY(mutex_) = false;
  bool cancelled_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace fnn::server

#endif  // FNN_SERVER_SERVICES_WATCH_REACTOR_H_
