#include "server/services/network_point.h"

#include <algorithm>
#include <utility>

#include "core/base/saturating.h"
#include "core/train/scaling.h"
#include "server/base/errors.h"
#include "server/runs/prepare.h"

namespace fnn::server {
namespace {

using core::FieldPath;
using core::SaturatingSize;

// The network whose initial parameters are asked for, and what keeps its model.
struct PinnedNetwork {
  v1::Network network;
  std::shared_ptr<const void> pin;
};

absl::StatusOr<PinnedNetwork> NetworkOf(const ModelReference& reference, ModelStore& models) {
  if (!reference.version.has_value() && reference.alias.empty()) {
    absl::StatusOr<PinnedModel> pinned = models.Pin(reference.model);
    if (!pinned.ok()) return pinned.status();
    return PinnedNetwork{std::move(*pinned->model.mutable_network()), std::move(pinned->pin)};
  }
  absl::StatusOr<PinnedVersion> pinned = models.PinVersion(reference);
  if (!pinned.ok()) return pinned.status();
  return PinnedNetwork{pinned->version->network.plan().network(), std::move(pinned->pin)};
}

// Draws the parameters of out.plan, and measures what its input's scaling takes.
absl::Status Initialize(const FieldPath& path, uint64_t seed, const core::BoundTable& table,
                        int64_t most_bytes, ResolvedPoint& out) {
  const core::Plan& plan = *out.plan;
  const SaturatingSize bytes = SaturatingSize(plan.parameter_count()) * sizeof(float) +
                               plan.DrawingBytes() + core::ScalingBytes(plan);
  if (bytes.value() > most_bytes) {
    return core::LimitExceeded("NETWORK_TOO_LARGE", "bytes of memory for parameters", bytes.value(),
                               most_bytes, path, "take a smaller network");
  }
  if (absl::Status status = core::CheckScaling(plan, table); !status.ok()) return status;
  out.parameters.resize(plan.parameter_count());
  plan.Initialize<float>(seed, out.parameters);
  if (!plan.scaling().has_value()) return absl::OkStatus();
  const core::ScalingNumbers numbers = core::MeasureScaling(*plan.scaling(), out.samples);
  const auto set = [&](size_t block, const std::vector<double>& values) {
    float* to = out.parameters.data() + plan.parameters()[block].offset;
    for (const double value : values) *to++ = static_cast<float>(value);
  };
  set(plan.scaling()->shift, numbers.shift);
  set(plan.scaling()->scale, numbers.scale);
  return absl::OkStatus();
}

}  // namespace

absl::Status NobodyListens() {
  return core::MakeError(absl::StatusCode::kCancelled, "CANCELLED", "nobody waits for it");
}

absl::Status ReserveForAnalysis(MemoryBudget& budget, int64_t* most_bytes, Reservation& memory) {
  *most_bytes = std::min(*most_bytes, std::max(budget.free() / 2, budget.total() / 16));
  return budget.Resize(*most_bytes, memory);
}

absl::StatusOr<ResolvedPoint> ResolvePoint(const v1::NetworkPoint& point, const FieldPath& path,
                                           const v1::DataSource& source,
                                           const FieldPath& source_path, const Store& store,
                                           int64_t most_bytes) {
  ResolvedPoint out;
  PinnedNetwork initial;
  FieldPath network_path = path / "description";
  std::shared_ptr<const ModelVersion> version;
  switch (point.network_case()) {
    case v1::NetworkPoint::kModel: {
      network_path = path / "model";
      absl::StatusOr<ModelReference> reference = ParseModelReference(point.model(), network_path);
      if (!reference.ok()) return reference.status();
      if (point.fresh()) {
        absl::StatusOr<PinnedNetwork> network = NetworkOf(*reference, *store.models);
        if (!network.ok()) return network.status();
        initial = *std::move(network);
        break;
      }
      absl::StatusOr<PinnedVersion> pinned = store.models->PinVersion(*reference);
      if (!pinned.ok()) return pinned.status();
      version = std::move(pinned->version);
      initial.pin = std::move(pinned->pin);
      break;
    }
    case v1::NetworkPoint::kDescription:
      initial.network = point.description();
      break;
    case v1::NetworkPoint::NETWORK_NOT_SET:
      return Required(path, "must say which network: a model, or a description");
  }
  absl::StatusOr<ResolvedData> data = ResolveData(source, source_path, *store.datasets);
  if (!data.ok()) return data.status();
  out.pins = {std::move(initial.pin), std::move(data->pin)};
  if (version != nullptr) {
    out.plan = {version, &version->network.plan()};
  } else {
    auto plan = core::Plan::Compile(
        initial.network, static_cast<int64_t>(data->table.features.size()), network_path);
    if (!plan.ok()) return plan.status();
    out.plan = *std::move(plan);
  }
  absl::StatusOr<core::Samples> samples = core::Samples::Create(*out.plan, data->table);
  if (!samples.ok()) return samples.status();
  out.samples = *std::move(samples);
  if (version != nullptr) {
    const SaturatingSize bytes = SaturatingSize(out.plan->parameter_count()) * sizeof(float);
    if (bytes.value() > most_bytes) {
      return core::LimitExceeded("NETWORK_TOO_LARGE", "bytes of memory for parameters",
                                 bytes.value(), most_bytes, network_path, "take a smaller network");
    }
    out.parameters = version->network.parameters();
  } else if (absl::Status status =
                 Initialize(network_path, point.seed(), data->table, most_bytes, out);
             !status.ok()) {
    return status;
  }
  return out;
}

}  // namespace fnn::server
