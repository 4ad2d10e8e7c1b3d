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
  End(Guarded([&] { return Compute(request, context); }));
}

absl::Status LossSurfaceReactor::Compute(const v1::ComputeLossSurfaceRequest& request,
                                         const ServiceContext& context) {
  const FieldPath path;
  absl::StatusOr<core::SurfaceOptions> options = core::ResolveSurface(request, path);
  if (!options.ok()) return options.status();
  // Held for as long as it lasts, whatever of it is used: a half of what is free, that others have
  // room too.
  options->most_bytes = std::min(options->most_bytes, context.storage->free() / 2);
  absl::StatusOr<Reservation> memory = context.storage->Reserve(options->most_bytes);
  if (!memory.ok()) return memory.status();
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
  return core::ComputeLossSurface(point->plan, std::move(point->parameters), point->samples,
                                  *options, training.has_value() ? &*training : nullptr, path,
                                  *this);
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
