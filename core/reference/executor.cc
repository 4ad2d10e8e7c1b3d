#include "core/reference/executor.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/reference/products.h"

namespace fnn::core {
namespace {

bool IsIdentity(const LayerPlan& layer) { return layer.activation->name == "identity"; }

// The widest delta: of any layer's output or input but the network's own input.
int64_t WidestDelta(const Plan& plan) {
  int64_t widest = 0;
  for (const LayerPlan& layer : plan.layers()) widest = std::max(widest, layer.units);
  return widest;
}

}  // namespace

SaturatingSize Executor::Values(const Plan& plan, int64_t batch, ExecutorMode mode) {
  const SaturatingSize rows = batch;
  if (mode == ExecutorMode::kInference) return rows * 2 * WidestDelta(plan);
  SaturatingSize width = SaturatingSize(2) * WidestDelta(plan);
  for (const LayerPlan& layer : plan.layers()) {
    if (layer.affine) width = width + layer.units;
    if (!IsIdentity(layer)) width = width + layer.units;
  }
  return rows * width;
}

Executor::Executor(const Plan& plan, int64_t batch, ExecutorMode mode)
    : plan_(plan),
      training_(mode == ExecutorMode::kTraining),
      delta_(batch * WidestDelta(plan)),
      next_delta_(batch * WidestDelta(plan)) {
  if (!training_) return;
  for (const LayerPlan& layer : plan.layers()) {
    Buffers& buffers = layers_.emplace_back();
    if (layer.affine) buffers.z_values.resize(batch * layer.units);
    if (!IsIdentity(layer)) buffers.a_values.resize(batch * layer.units);
  }
}

const double* Executor::Forward(const double* parameters, const double* x, int64_t rows) {
  const double* in = x;
  for (size_t l = 0; l < plan_.layers().size(); ++l) {
    const LayerPlan& layer = plan_.layers()[l];
    // Inference writes each layer over the one before the last that wrote, its activity over its
    // net input.
    double* scratch = (in == delta_.data() ? next_delta_ : delta_).data();
    if (layer.affine) {
      double* z = training_ ? layers_[l].z_values.data() : scratch;
      const double* bias = layer.bias_offset < 0 ? nullptr : parameters + layer.bias_offset;
      Affine(rows, layer.fan_in, layer.units, in, parameters + layer.weights_offset, bias, z);
      in = z;
    }
    if (!IsIdentity(layer)) {
      double* a = training_ ? layers_[l].a_values.data() : scratch;
      layer.activation->kernels<double>().forward(layer.activation_arguments, rows, layer.units, in,
                                                  a);
      in = a;
    }
    if (training_) layers_[l].a = in;
  }
  return in;
}

void Executor::Backward(const double* parameters, const double* x, int64_t rows, double scale,
                        double* gradient) {
  for (size_t l = plan_.layers().size(); l-- > 0;) {
    const LayerPlan& layer = plan_.layers()[l];
    const double* in = l == 0 ? x : layers_[l - 1].a;
    if (!IsIdentity(layer)) {
      const double* z = layer.affine ? layers_[l].z_values.data() : in;
      layer.activation->kernels<double>().backward(layer.activation_arguments, rows, layer.units, z,
                                                   layers_[l].a, delta_.data());
    }
    if (!layer.affine) continue;
    double* bias = layer.bias_offset < 0 ? nullptr : gradient + layer.bias_offset;
    AffineParameterGradient(rows, layer.fan_in, layer.units, scale, delta_.data(), in,
                            gradient + layer.weights_offset, bias);
    if (l == 0) return;
    AffineInputGradient(rows, layer.fan_in, layer.units, delta_.data(),
                        parameters + layer.weights_offset, next_delta_.data());
    std::swap(delta_, next_delta_);
  }
}

std::string Executor::FirstLayerNotFinite(int64_t rows) const {
  for (size_t l = 0; l < layers_.size(); ++l) {
    const double* a = layers_[l].a;
    const int64_t values = rows * plan_.layers()[l].units;
    if (!std::all_of(a, a + values, [](double value) { return std::isfinite(value); })) {
      return plan_.layers()[l].name;
    }
  }
  return "";
}

}  // namespace fnn::core
