// PredictionService.Evaluate: measures on a worker's thread, telling how far it is.

#ifndef FNN_SERVER_SERVICES_EVALUATE_REACTOR_H_
#define FNN_SERVER_SERVICES_EVALUATE_REACTOR_H_

#include "absl/status/status.h"
#include "fnn/v1/prediction_service.pb.h"
#include "server/services/worker_stream.h"
#include "server/store/store.h"

namespace fnn::server {

class EvaluateReactor final : public WorkerStream<v1::EvaluateResponse> {
 public:
  // Measures and ends the stream. On the worker's thread; `request` lives as long as the reactor.
  void Run(const v1::EvaluateRequest& request, const Store& store);

 private:
  absl::Status Measure(const v1::EvaluateRequest& request, const Store& store);
};

}  // namespace fnn::server

#endif  // FNN_SERVER_SERVICES_EVALUATE_REACTOR_H_
