#include "core/train/health.h"

#include <algorithm>
#include <cmath>

namespace fnn::core {
namespace {

void WriteActivities(const WatchedLayer& layer, const LayerFigures& figures, v1::LayerHealth& out) {
  const ActivityFigures& a = figures.activities;
  if (a.count == 0) return;
  const auto count = static_cast<double>(a.count);
  const double mean = a.sum / count;
  out.set_activation_mean(mean);
  out.set_activation_variance(std::max(a.squares / count - mean * mean, 0.0));
  if (layer.flat.dies) {
    out.set_dead_share(static_cast<double>(figures.dead) / static_cast<double>(layer.units));
  }
  if (layer.flat.saturates) out.set_saturated_share(static_cast<double>(a.saturated) / count);
}

void WriteParameters(const LayerFigures& figures, v1::LayerHealth& out) {
  const double norm = std::sqrt(figures.parameters.squares);
  const double step = std::sqrt(figures.parameters.squared_step);
  out.set_gradient_norm(std::sqrt(figures.parameters.squared_gradient));
  out.set_parameter_norm(norm);
  out.set_update_ratio(norm > 0 ? step / norm : 0);
}

void WriteDetail(const WatchedLayer& layer, const LayerFigures& figures, v1::HealthDetail& out) {
  const ActivityFigures& a = figures.activities;
  if (a.count > 0) {
    out.set_activation_min(a.min);
    out.set_activation_max(a.max);
    out.set_zero_share(static_cast<double>(a.zeros) / static_cast<double>(a.count));
  }
  if (layer.learned == 0) return;
  out.set_gradient_max(figures.parameters.gradient_max);
  out.set_parameter_max(figures.parameters.max);
}

}  // namespace

void WriteHealth(const Plan& plan, std::span<const WatchedLayer> layers,
                 std::span<const LayerFigures> figures, HealthDepth depth,
                 google::protobuf::RepeatedPtrField<v1::LayerHealth>& out) {
  // Written anew in each epoch, but for the names, so that it keeps its memory.
  while (out.size() < static_cast<int>(layers.size())) {
    out.Add()->set_layer(plan.network().layers(layers[out.size() - 1].layer).name());
  }
  for (size_t l = 0; l < layers.size(); ++l) {
    v1::LayerHealth& health = *out.Mutable(static_cast<int>(l));
    WriteActivities(layers[l], figures[l], health);
    if (layers[l].learned > 0) WriteParameters(figures[l], health);
    if (layers[l].map.has_value()) health.set_units_alike(figures[l].alike);
    if (depth == HealthDepth::kDetailed)
      WriteDetail(layers[l], figures[l], *health.mutable_detail());
  }
}

}  // namespace fnn::core
