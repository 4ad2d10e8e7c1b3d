// fnn.v1.AnalysisService.

#ifndef FNN_SERVER_SERVICES_ANALYSIS_SERVICE_H_
#define FNN_SERVER_SERVICES_ANALYSIS_SERVICE_H_

#include "fnn/v1/analysis_service.grpc.pb.h"
#include "server/services/context.h"

namespace fnn::server {

class AnalysisService final : public v1::AnalysisService::CallbackService {
 public:
  explicit AnalysisService(const ServiceContext* context) : context_(context) {}

  grpc::ServerUnaryReactor* ListOperators(grpc::CallbackServerContext* context,
                                          const v1::ListOperatorsRequest* request,
                                          v1::ListOperatorsResponse* response) override;
  grpc::ServerUnaryReactor* SampleOperator(grpc::CallbackServerContext* context,
                                           const v1::SampleOperatorRequest* request,
                                           v1::SampleOperatorResponse* response) override;
  grpc::ServerUnaryReactor* DifferentiateOperator(
      grpc::CallbackServerContext* context, const v1::DifferentiateOperatorRequest* request,
      v1::DifferentiateOperatorResponse* response) override;
  grpc::ServerWriteReactor<v1::VerifyGradientsResponse>* VerifyGradients(
      grpc::CallbackServerContext* context, const v1::VerifyGradientsRequest* request) override;
  grpc::ServerWriteReactor<v1::ComputeLossSurfaceResponse>* ComputeLossSurface(
      grpc::CallbackServerContext* context, const v1::ComputeLossSurfaceRequest* request) override;

 private:
  // Has a reactor made for a request run on a worker's thread.
  template <typename Reactor, typename Request>
  Reactor* RunOnWorker(const Request* request);

  const ServiceContext* context_;
};

}  // namespace fnn::server

#endif  // FNN_SERVER_SERVICES_ANALYSIS_SERVICE_H_
