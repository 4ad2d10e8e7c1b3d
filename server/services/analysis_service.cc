#include "server/services/analysis_service.h"

#include <utility>

#include "absl/status/statusor.h"
#include "core/analysis/catalogue.h"
#include "core/analysis/differentiate.h"
#include "core/analysis/sample.h"
#include "server/edge/unary.h"
#include "server/services/loss_surface_reactor.h"
#include "server/services/verify_gradients_reactor.h"

namespace fnn::server {
namespace {

// A response, or why there is none.
template <typename Response>
absl::Status Take(absl::StatusOr<Response> from, Response& to) {
  if (!from.ok()) return from.status();
  to = *std::move(from);
  return absl::OkStatus();
}

}  // namespace

grpc::ServerUnaryReactor* AnalysisService::ListOperators(grpc::CallbackServerContext* context,
                                                         const v1::ListOperatorsRequest* request,
                                                         v1::ListOperatorsResponse* response) {
  return Answer(context, [&] { return Take(core::ListOperators(*request), *response); });
}

grpc::ServerUnaryReactor* AnalysisService::SampleOperator(grpc::CallbackServerContext* context,
                                                          const v1::SampleOperatorRequest* request,
                                                          v1::SampleOperatorResponse* response) {
  return Answer(context, [&] { return Take(core::SampleOperator(*request), *response); });
}

grpc::ServerUnaryReactor* AnalysisService::DifferentiateOperator(
    grpc::CallbackServerContext* context, const v1::DifferentiateOperatorRequest* request,
    v1::DifferentiateOperatorResponse* response) {
  return Answer(context, [&] { return Take(core::DifferentiateOperator(*request), *response); });
}

template <typename Reactor, typename Request>
Reactor* AnalysisService::RunOnWorker(const Request* request) {
  auto* reactor = new Reactor();
  const bool accepted = context_->analyses->Submit(
      [reactor, request, context = context_] { reactor->Run(*request, *context); });
  if (!accepted) reactor->End(Busy());
  return reactor;
}

grpc::ServerWriteReactor<v1::VerifyGradientsResponse>* AnalysisService::VerifyGradients(
    grpc::CallbackServerContext*, const v1::VerifyGradientsRequest* request) {
  return RunOnWorker<VerifyGradientsReactor>(request);
}

grpc::ServerWriteReactor<v1::ComputeLossSurfaceResponse>* AnalysisService::ComputeLossSurface(
    grpc::CallbackServerContext*, const v1::ComputeLossSurfaceRequest* request) {
  return RunOnWorker<LossSurfaceReactor>(request);
}

}  // namespace fnn::server
