#include "core/reference/executor.h"

#include <algorithm>
#include <cmath>

#include "core/reference/convolution.h"
#include "core/reference/products.h"

namespace fnn::core {
using Kind = PlanNode::Kind;

Executor::Executor(const Plan& plan, int64_t batch) : plan_(plan), nodes_(plan.nodes().size()) {
  int64_t widest = plan.input_width();
  for (size_t n = 0; n < nodes_.size(); ++n) {
    const PlanNode& node = plan.nodes()[n];
    nodes_[n].value.resize(batch * node.width);
    nodes_[n].delta.resize(batch * node.width);
    if (node.over_batch()) nodes_[n].statistics.resize(node.function->statistics_size());
    widest = std::max(widest, node.width);
  }
  scratch_.resize(batch * widest);
}

SaturatingSize Executor::Bytes(const Plan& plan, int64_t batch) {
  SaturatingSize width = 0;
  SaturatingSize statistics = 0;
  int64_t widest = plan.input_width();
  for (const PlanNode& node : plan.nodes()) {
    width = width + SaturatingSize(2) * node.width;
    if (node.over_batch()) statistics = statistics + node.function->statistics_size();
    widest = std::max(widest, node.width);
  }
  return ((width + widest) * batch + statistics) * sizeof(double);
}

FunctionInput<double> Executor::InputOf(size_t n, const double* parameters, const double* x,
                                        int64_t rows, const RowContext& context) {
  const PlanNode& node = plan_.nodes()[n];
  Node& at = nodes_[n];
  at.in.clear();
  at.parameters.clear();
  for (const int input : node.inputs) {
    const int64_t width = input < 0 ? plan_.input_width() : plan_.nodes()[input].width;
    at.in.push_back({ValueOf(input, x), width});
  }
  for (const size_t block : node.blocks) {
    at.parameters.push_back(parameters + plan_.parameters()[block].offset);
  }
  const bool batch = context.training && !at.statistics.empty();
  return {.rows = rows,
          .in = at.in.data(),
          .parameters = at.parameters.data(),
          .statistics = batch ? at.statistics.data() : nullptr,
          .context = context};
}

const double* Executor::Forward(const double* parameters, const double* x, int64_t rows,
                                const RowContext& context) {
  for (size_t n = 0; n < nodes_.size(); ++n) {
    const PlanNode& node = plan_.nodes()[n];
    const double* const in = ValueOf(node.inputs[0], x);
    double* const out = nodes_[n].value.data();
    switch (node.kind) {
      case Kind::kAffine: {
        const double* const weights = parameters + plan_.parameters()[node.weights].offset;
        const double* const bias =
            node.bias.has_value() ? parameters + plan_.parameters()[*node.bias].offset : nullptr;
        if (node.windows.has_value()) {
          Convolve(*node.windows, rows, node.units, in, weights, bias, out);
        } else {
          Affine(rows, node.fan_in, node.units, in, weights, bias, out);
        }
        break;
      }
      case Kind::kFunction: {
        const FunctionInput<double> input = InputOf(n, parameters, x, rows, context);
        if (input.statistics != nullptr) {
          node.function->Measure(input, 0, node.channels, nodes_[n].statistics.data());
        }
        node.function->Forward(input, Rows<double>{out, node.width});
        break;
      }
      case Kind::kActivation:
        node.activation->kernels<double>().forward(
            node.activation_arguments, rows * node.width / node.channels, node.channels, in, out);
        break;
    }
  }
  return nodes_.back().value.data();
}

void Executor::Backward(const double* parameters, const double* x, int64_t rows, double* gradient,
                        const RowContext& context) {
  std::fill(gradient, gradient + plan_.parameter_count(), 0);
  for (Node& node : nodes_) node.has_delta = false;
  for (size_t n = nodes_.size(); n-- > 0;) {
    const PlanNode& node = plan_.nodes()[n];
    if (!node.learns) continue;
    const auto gradient_of = [&](size_t block) {
      return gradient + plan_.parameters()[block].offset;
    };
    const auto trained = [&](size_t block) { return plan_.parameters()[block].trained; };
    const double* const in = ValueOf(node.inputs[0], x);
    const double* const delta = nodes_[n].delta.data();
    if (node.kind == Kind::kAffine && trained(node.weights)) {
      double* const bias = node.bias.has_value() ? gradient_of(*node.bias) : nullptr;
      if (node.windows.has_value()) {
        ConvolutionParameterGradient(*node.windows, rows, node.units, delta, in,
                                     gradient_of(node.weights), bias);
      } else {
        AffineParameterGradient(rows, node.fan_in, node.units, delta, in, gradient_of(node.weights),
                                bias);
      }
    } else if (node.kind == Kind::kFunction) {
      const FunctionInput<double> input = InputOf(n, parameters, x, rows, context);
      const Rows<const double> delta_rows{delta, node.width};
      if (input.statistics != nullptr) {
        node.function->MeasureBack(input, delta_rows, 0, node.channels,
                                   nodes_[n].statistics.data());
      }
      for (size_t p = 0; p < node.blocks.size(); ++p) {
        if (!trained(node.blocks[p])) continue;
        node.function->Gradient(input, delta_rows, p, false, gradient_of(node.blocks[p]));
      }
    }
    PassBack(n, parameters, x, rows, context);
  }
}

void Executor::PassBack(size_t n, const double* parameters, const double* x, int64_t rows,
                        const RowContext& context) {
  const PlanNode& node = plan_.nodes()[n];
  const double* const delta = nodes_[n].delta.data();
  for (size_t i = 0; i < node.inputs.size(); ++i) {
    const int input = node.inputs[i];
    if (input < 0 || !plan_.nodes()[input].learns) continue;
    const int64_t width = plan_.nodes()[input].width;
    double* const out = scratch_.data();
    if (node.kind == Kind::kAffine) {
      const double* const weights = parameters + plan_.parameters()[node.weights].offset;
      if (node.windows.has_value()) {
        ConvolutionInputGradient(*node.windows, rows, node.units, delta, weights, out);
      } else {
        AffineInputGradient(rows, node.fan_in, node.units, delta, weights, out);
      }
    } else if (node.kind == Kind::kFunction) {
      node.function->Backward(InputOf(n, parameters, x, rows, context),
                              Rows<const double>{delta, node.width}, i, false,
                              Rows<double>{out, width});
    } else {
      std::copy(delta, delta + rows * width, out);
      node.activation->kernels<double>().backward(node.activation_arguments,
                                                  rows * width / node.channels, node.channels,
                                                  ValueOf(input, x), nodes_[n].value.data(), out);
    }
    Node& to = nodes_[input];
    for (int64_t k = 0; k < rows * width; ++k) Put(to.has_delta, out[k], to.delta[k]);
    to.has_delta = true;
  }
}

void Executor::Follow(int64_t rows, double* parameters) const {
  for (size_t n = 0; n < nodes_.size(); ++n) {
    const PlanNode& node = plan_.nodes()[n];
    if (!node.over_batch()) continue;
    std::vector<double*> blocks;
    for (const size_t block : node.blocks) {
      blocks.push_back(parameters + plan_.parameters()[block].offset);
    }
    node.function->Follow(rows, nodes_[n].statistics.data(), blocks.data());
  }
}

std::string Executor::FirstLayerNotFinite(int64_t rows) const {
  for (size_t n = 0; n < nodes_.size(); ++n) {
    const PlanNode& node = plan_.nodes()[n];
    const double* const a = nodes_[n].value.data();
    if (!std::all_of(a, a + rows * node.width, [](double value) { return std::isfinite(value); })) {
      return plan_.LayerName(node);
    }
  }
  return "";
}

}  // namespace fnn::core
