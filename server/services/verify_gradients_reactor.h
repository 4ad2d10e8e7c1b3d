// AnalysisService.VerifyGradients: on a worker's thread, telling how far it is.

#ifndef FNN_SERVER_SERVICES_VERIFY_GRADIENTS_REACTOR_H_
#define FNN_SERVER_SERVICES_VERIFY_GRADIENTS_REACTOR_H_

#include "absl/status/status.h"
#include "core/analysis/verify_gradients.h"
#include "fnn/v1/analysis_service.pb.h"
#include "server/services/context.h"
#include "server/services/worker_stream.h"

namespace fnn::server {

class VerifyGradientsReactor final : public WorkerStream<v1::VerifyGradientsResponse>,
                                     private core::GradientObserver {
 public:
  // Verifies and ends the stream. On the worker's thread; `request` lives as long as the reactor.
  void Run(const v1::VerifyGradientsRequest& request, const ServiceContext& context);

 private:
  absl::Status Verify(const v1::VerifyGradientsRequest& request, const ServiceContext& context);
  bool OnProgress(const v1::GradientProgress& progress) override;
  void OnLayer(v1::LayerGradients layer) override;
};

}  // namespace fnn::server

#endif  // FNN_SERVER_SERVICES_VERIFY_GRADIENTS_REACTOR_H_
