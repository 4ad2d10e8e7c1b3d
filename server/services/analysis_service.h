// fnn.v1.AnalysisService.

#ifndef FNN_SERVER_SERVICES_ANALYSIS_SERVICE_H_
#define FNN_SERVER_SERVICES_ANALYSIS_SERVICE_H_

#include "fnn/v1/analysis_service.grpc.pb.h"

namespace fnn::server {

// It needs nothing that the server keeps.
class AnalysisService final : public v1::AnalysisService::CallbackService {
 public:
  grpc::ServerUnaryReactor* ListOperators(grpc::CallbackServerContext* context,
                                          const v1::ListOperatorsRequest* request,
                                          v1::ListOperatorsResponse* response) override;
  grpc::ServerUnaryReactor* SampleOperator(grpc::CallbackServerContext* context,
                                           const v1::SampleOperatorRequest* request,
                                           v1::SampleOperatorResponse* response) override;
  grpc::ServerUnaryReactor* DifferentiateOperator(
      grpc::CallbackServerContext* context, const v1::DifferentiateOperatorRequest* request,
      v1::DifferentiateOperatorResponse* response) override;
};

}  // namespace fnn::server

#endif  // FNN_SERVER_SERVICES_ANALYSIS_SERVICE_H_
