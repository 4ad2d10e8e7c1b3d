#include "server/services/verify_gradients_reactor.h"

#include <utility>

#include "core/data/samples.h"
#include "server/services/network_point.h"

namespace fnn::server {

using core::FieldPath;

void VerifyGradientsReactor::Run(const v1::VerifyGradientsRequest& request,
                                 const ServiceContext& context) {
  End(Guarded([&] { return Verify(request, context); }));
}

absl::Status VerifyGradientsReactor::Verify(const v1::VerifyGradientsRequest& request,
                                            const ServiceContext& context) {
  if (cancelled()) return NobodyListens();
  const FieldPath path;
  absl::StatusOr<core::GradientCheckOptions> options = core::ResolveGradientCheck(request, path);
  if (!options.ok()) return options.status();
  Reservation memory;
  if (absl::Status status = ReserveForAnalysis(*context.storage, &options->most_bytes, memory);
      !status.ok()) {
    return status;
  }
  absl::StatusOr<ResolvedPoint> point =
      ResolvePoint(request.point(), path / "point", request.data(), path / "data", context.store,
                   options->most_bytes);
  if (!point.ok()) return point.status();
  absl::StatusOr<v1::GradientVerdict> verdict =
      core::VerifyGradients(point->plan, point->parameters, point->samples, *options, path, *this);
  if (!verdict.ok()) return verdict.status();
  v1::VerifyGradientsResponse last;
  *last.mutable_verdict() = *std::move(verdict);
  Send(std::move(last));
  return absl::OkStatus();
}

bool VerifyGradientsReactor::OnProgress(const v1::GradientProgress& progress) {
  return Report([&] {
    v1::VerifyGradientsResponse response;
    *response.mutable_progress() = progress;
    return response;
  });
}

void VerifyGradientsReactor::OnLayer(v1::LayerGradients layer) {
  v1::VerifyGradientsResponse response;
  *response.mutable_layer() = std::move(layer);
  Send(std::move(response));
}

}  // namespace fnn::server
