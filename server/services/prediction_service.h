// fnn.v1.PredictionService.

#ifndef FNN_SERVER_SERVICES_PREDICTION_SERVICE_H_
#define FNN_SERVER_SERVICES_PREDICTION_SERVICE_H_

#include "absl/status/status.h"
#include "fnn/v1/prediction_service.grpc.pb.h"
#include "server/services/context.h"

namespace fnn::server {

class PredictionService final : public v1::PredictionService::CallbackService {
 public:
  explicit PredictionService(const ServiceContext* context) : context_(context) {}

  grpc::ServerUnaryReactor* Predict(grpc::CallbackServerContext* context,
                                    const v1::PredictRequest* request,
                                    v1::PredictResponse* response) override;
  grpc::ServerWriteReactor<v1::EvaluateResponse>* Evaluate(
      grpc::CallbackServerContext* context, const v1::EvaluateRequest* request) override;

 private:
  const ServiceContext* const context_;
};

}  // namespace fnn::server

#endif  // FNN_SERVER_SERVICES_PREDICTION_SERVICE_H_
