// A stream of messages that a worker's thread makes, for methods that compute for long.

#ifndef FNN_SERVER_SERVICES_WORKER_STREAM_H_
#define FNN_SERVER_SERVICES_WORKER_STREAM_H_

#include <chrono>
#include <deque>
#include <optional>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "grpcpp/grpcpp.h"
#include "server/base/mutex.h"
#include "server/edge/status.h"

namespace fnn::server {

// Owns itself: lives until End has been called and all writes are done. Messages wait in line while
// one is on its way; what makes them never waits.
template <typename Response>
class WorkerStream : public grpc::ServerWriteReactor<Response> {
 public:
  // Sends `response` after those before it. From the worker's thread, before End.
  void Send(Response response) {
    {
      MutexLock lock(mutex_);
      if (cancelled_) return;
      waiting_.push_back(std::move(response));
      if (writing_) return;
      writing_ = true;
    }
    WriteNext();
  }

  // Sends what make() gives, if it is time for it and nothing waits: for messages that tell how far
  // it is. False where nobody listens any more.
  template <typename Make>
  bool Report(const Make& make) {
    const auto now = std::chrono::steady_clock::now();
    {
      MutexLock lock(mutex_);
      if (cancelled_) return false;
      if (writing_ || now - reported_ < kReportInterval) return true;
    }
    reported_ = now;
    Send(make());
    return true;
  }

  // Whether nobody listens any more.
  bool cancelled() {
    MutexLock lock(mutex_);
    return cancelled_;
  }

  // Ends the stream when all that waits is sent. Called once, last.
  void End(const absl::Status& status) {
    {
      MutexLock lock(mutex_);
      end_ = status;
      if (writing_) return;  // OnWriteDone goes on from there.
    }
    this->Finish(ToGrpc(status));
  }

  void OnWriteDone(bool ok) final {
    std::optional<absl::Status> end;
    {
      MutexLock lock(mutex_);
      if (!ok) cancelled_ = true;
      if (cancelled_) waiting_.clear();
      if (waiting_.empty()) {
        writing_ = false;
        if (!end_.has_value()) return;
        end = end_;
      }
    }
    if (end.has_value()) {
      this->Finish(ToGrpc(*end));
    } else {
      WriteNext();
    }
  }

  void OnCancel() final {
    MutexLock lock(mutex_);
    cancelled_ = true;
  }

  void OnDone() final { delete this; }

 protected:
  ~WorkerStream() override = default;

 private:
  static constexpr std::chrono::milliseconds kReportInterval{500};

  // Called by whoever has set writing_, with something waiting.
  void WriteNext() {
    {
      MutexLock lock(mutex_);
      response_ = std::move(waiting_.front());
      waiting_.pop_front();
    }
    this->StartWrite(&response_);
  }

  Mutex mutex_;
  bool cancelled_ ABSL_GUARDED_BY(mutex_) = false;
  bool writing_ ABSL_GUARDED_BY(mutex_) = false;
  std::deque<Response> waiting_ ABSL_GUARDED_BY(mutex_);
  std::optional<absl::Status> end_ ABSL_GUARDED_BY(mutex_);
  // The worker's.
  std::chrono::steady_clock::time_point reported_ = std::chrono::steady_clock::now();
  Response response_;  // On its way while writing_.
};

}  // namespace fnn::server

#endif  // FNN_SERVER_SERVICES_WORKER_STREAM_H_
