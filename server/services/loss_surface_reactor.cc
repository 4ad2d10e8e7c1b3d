#include "server/services/loss_surface_reactor.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "core/network.h"
#include "core/train/job.h"
#include "server/services/network_point.h"

namespace fnn::server {

using core::FieldPath;

void LossSurfaceReactor::Run(const v1::ComputeLossSurfaceRequest& request,
                             const ServiceContext& context) {
  const absl::Status status = Guarded([&] { return Compute(request, context); });
  if (!status.ok()) memory_ = Reservation();  // Before the client can ask again.
  End(status);
}

absl::Status LossSurfaceReactor::Compute(const v1::ComputeLossSurfaceRequest& request,
                                         const ServiceContext& context) {
  if (cancelled()) return NobodyListens();
  const FieldPath path;
  absl::StatusOr<core::SurfaceOptions> options = core::ResolveSurface(request, path);
  if (!options.ok()) return options.status();
  if (absl::Status status = ReserveForAnalysis(*context.storage, &options->most_bytes, memory_);
      !status.ok()) {
    return status;
  }
  absl::StatusOr<ResolvedPoint> point =
      ResolvePoint(request.point(), path / "point", request.data(), path / "data", context.store,
                   options->most_bytes);
  if (!point.ok()) return point.status();
  std::optional<core::TrainingJob> training;
  if (request.has_training()) {
    const core::Network start(point->plan, point->parameters);
    absl::StatusOr<core::TrainingJob> job =
        core::TrainingJob::Prepare({.network = point->plan->network(),
                                    .network_path = path / "point",
                                    .options = request.training(),
                                    .options_path = path / "training",
                                    .data = point->samples.data(),
                                    .validation = std::nullopt,
                                    .initial = &start,
                                    .initial_path = path / "point"});
    if (!job.ok()) return job.status();
    training = *std::move(job);
  }
  const absl::Status status =
      core::ComputeLossSurface(point->plan, std::move(point->parameters), point->samples, *options,
                               training.has_value() ? &*training : nullptr, path, *this);
  // What waits to be sent stays until it is.
  const int64_t losses = std::max<int64_t>(1, static_cast<int64_t>(options->losses.size()));
  const int64_t points = options->x.points * (options->y.has_value() ? options->y->points : 1);
  const auto waiting = losses * points * static_cast<int64_t>(sizeof(double));
  memory_.Resize(std::min(memory_.bytes(), waiting)).IgnoreError();
  return status;
}

void LossSurfaceReactor::OnMemory(int64_t bytes) {
  memory_.Resize(std::min(memory_.bytes(), bytes)).IgnoreError();
}

void LossSurfaceReactor::OnProgress(int64_t epochs_done, int64_t epochs) {
  Report([&] {
    v1::ComputeLossSurfaceResponse response;
    response.mutable_progress()->set_epochs_done(epochs_done);
    response.mutable_progress()->set_epochs(epochs);
    return response;
  });
}

void LossSurfaceReactor::OnFrame(v1::SurfaceFrame frame) {
  v1::ComputeLossSurfaceResponse response;
  *response.mutable_frame() = std::move(frame);
  Send(std::move(response));
}

void LossSurfaceReactor::OnRow(v1::SurfaceRow row) {
  v1::ComputeLossSurfaceResponse response;
  *response.mutable_row() = std::move(row);
  Send(std::move(response));
}

}  // namespace fnn::server
