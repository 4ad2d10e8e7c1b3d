// PredictionService.Evaluate: measures on a worker's thread, telling how far it is.

#ifndef FNN_SERVER_SERVICES_EVALUATE_REACTOR_H_
#define FNN_SERVER_SERVICES_EVALUATE_REACTOR_H_

#include <chrono>
#include <cstdint>
#include <optional>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "fnn/v1/prediction_service.grpc.pb.h"
#include "grpcpp/grpcpp.h"
#include "server/base/mutex.h"
#include "server/store/store.h"

namespace fnn::server {

// Owns itself. Lives until End, or Run which ends it, has been called and all writes are done.
class EvaluateReactor final : public grpc::ServerWriteReactor<v1::EvaluateResponse> {
 public:
  // Measures and ends the stream. On the worker's thread; `request` lives as long as the reactor.
  void Run(const v1::EvaluateRequest& request, const Store& store);
  // Ends the stream with `status`, instead of Run.
  void End(const absl::Status& status);

  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override { delete this; }

 private:
  absl::StatusOr<v1::Evaluation> Measure(const v1::EvaluateRequest& request, const Store& store);
  // Sends progress if it is time and nothing is in flight; false where nobody listens any more.
  bool Report(int64_t rows_done, int64_t rows);
  void SendLast(absl::StatusOr<v1::Evaluation> result);
  // Sends what `last_` holds.
  void FinishWithLast();

  Mutex mutex_;
  bool cancelled_ ABSL_GUARDED_BY(mutex_) = false;
  bool writing_ ABSL_GUARDED_BY(mutex_) = false;
  std::optional<absl::StatusOr<v1::Evaluation>> last_ ABSL_GUARDED_BY(mutex_);
  std::chrono::steady_clock::time_point reported_;  // The worker's.
  // Written by the worker while nothing is in flight, then by whoever sends the last message.
  v1::EvaluateResponse response_;
};

}  // namespace fnn::server

#endif  // FNN_SERVER_SERVICES_EVALUATE_REACTOR_H_
