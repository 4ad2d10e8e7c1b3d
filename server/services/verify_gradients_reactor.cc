#include "server/services/verify_gradients_reactor.h"

#include <algorithm>
#include <utility>

#include "core/data/samples.h"
#include "server/services/network_point.h"

namespace fnn::server {
namespace {

using core::FieldPath;

}  // namespace

void VerifyGradientsReactor::Run(const v1::VerifyGradientsRequest& request,
                                 const ServiceContext& context) {
  End(Guarded([&] { return Verify(request, context); }));
}

absl::Status VerifyGradientsReactor::Verify(const v1::VerifyGradientsRequest& request,
                                            const ServiceContext& context) {
  if (cancelled()) {
    return core::MakeError(absl::StatusCode::kCancelled, "CANCELLED", "nobody waits for it");
  }
  const FieldPath path;
  absl::StatusOr<core::GradientCheckOptions> options = core::ResolveGradientCheck(request, path);
  if (!options.ok()) return options.status();
  Reservation memory;
  // A half of what is free, that others have room too; but no less than a sixteenth of all, for
  // which what can be done without is given back.
  options->most_bytes = std::min(
      options->most_bytes, std::max(context.storage->free() / 2, context.storage->total() / 16));
  if (absl::Status status = context.storage->Resize(options->most_bytes, memory); !status.ok()) {
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
