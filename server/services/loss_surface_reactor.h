// AnalysisService.ComputeLossSurface: on a worker's thread, row by row.

#ifndef FNN_SERVER_SERVICES_LOSS_SURFACE_REACTOR_H_
#define FNN_SERVER_SERVICES_LOSS_SURFACE_REACTOR_H_

#include <cstdint>

#include "absl/status/status.h"
#include "core/analysis/loss_surface.h"
#include "fnn/v1/analysis_service.pb.h"
#include "server/services/context.h"
#include "server/services/worker_stream.h"

namespace fnn::server {

class LossSurfaceReactor final : public WorkerStream<v1::ComputeLossSurfaceResponse>,
                                 private core::SurfaceObserver {
 public:
  // Computes and ends the stream. On the worker's thread; `request` lives as long as the reactor.
  void Run(const v1::ComputeLossSurfaceRequest& request, const ServiceContext& context);

 private:
  absl::Status Compute(const v1::ComputeLossSurfaceRequest& request, const ServiceContext& context);
  void OnMemory(int64_t bytes) override;
  void OnProgress(int64_t epochs_done, int64_t epochs) override;
  void OnFrame(v1::SurfaceFrame frame) override;
  void OnRow(v1::SurfaceRow row) override;
  bool ShouldStop() override { return cancelled(); }

  Reservation memory_;
};

}  // namespace fnn::server

#endif  // FNN_SERVER_SERVICES_LOSS_SURFACE_REACTOR_H_
