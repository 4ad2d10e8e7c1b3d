#include "core/autodiff/plan_loss.h"

#include <algorithm>

#include "core/autodiff/dual.h"
#include "core/autodiff/formulas.h"
#include "core/autodiff/functions.h"
#include "core/autodiff/tape.h"

namespace fnn::core {
namespace {

using Kind = PlanNode::Kind;

int64_t StatisticsOf(const PlanNode& node) {
  return node.kind == Kind::kFunction ? node.function->statistics_size() : 0;
}

}  // namespace

bool LooksAtBatch(const Plan& plan) {
  const auto nodes = plan.nodes();
  return std::any_of(nodes.begin(), nodes.end(),
                     [](const PlanNode& node) { return StatisticsOf(node) > 0; });
}

template <typename S>
PlanLoss<S>::PlanLoss(const Plan& plan, int64_t rows)
    : plan_(plan),
      nodes_(plan.nodes().size()),
      x_(rows * plan.input_width()),
      t_(rows * plan.output_width()),
      losses_(rows) {
  for (size_t n = 0; n < nodes_.size(); ++n) {
    nodes_[n].value.resize(rows * plan.nodes()[n].width);
    nodes_[n].statistics.resize(StatisticsOf(plan.nodes()[n]));
  }
}

template <typename S>
SaturatingSize PlanLoss<S>::Bytes(const Plan& plan, int64_t rows) {
  SaturatingSize width = plan.input_width() + plan.output_width() + 1;
  SaturatingSize statistics = 0;
  for (const PlanNode& node : plan.nodes()) {
    width = width + node.width;
    statistics = statistics + StatisticsOf(node);
  }
  return (width * rows + statistics) * sizeof(S) + plan.nodes().size() * sizeof(Node);
}

template <typename S>
S PlanLoss<S>::operator()(const S* parameters, const LossRows& rows) {
  const int64_t outputs = plan_.output_width();
  std::copy_n(rows.x, rows.rows * plan_.input_width(), x_.begin());
  std::copy_n(rows.t, rows.rows * outputs, t_.begin());
  for (size_t n = 0; n < nodes_.size(); ++n) {
    const PlanNode& node = plan_.nodes()[n];
    S* const out = nodes_[n].value.data();
    switch (node.kind) {
      case Kind::kAffine:
        RunAffine(node, parameters, rows.rows, out);
        break;
      case Kind::kFunction:
        RunFunction(n, parameters, rows);
        break;
      case Kind::kActivation:
        ApplyActivation(*node.activation, node.activation_arguments,
                        rows.rows * node.width / node.channels, node.channels,
                        ValueOf(node.inputs[0]), out);
        break;
    }
  }
  ApplyLoss(plan_.loss(), plan_.loss_arguments(), rows.rows, outputs, nodes_.back().value.data(),
            t_.data(), losses_.data());
  S sum = 0;
  for (int64_t r = 0; r < rows.rows; ++r) {
    const double weight = rows.weights == nullptr ? 1 : rows.weights[r];
    if (weight != 0) sum += losses_[r] * S(weight / rows.total_weight);
  }
  return sum;
}

template <typename S>
void PlanLoss<S>::RunAffine(const PlanNode& node, const S* parameters, int64_t rows, S* z) const {
  const S* x = ValueOf(node.inputs[0]);
  const S* const w = parameters + plan_.parameters()[node.weights].offset;
  const S* const b =
      node.bias.has_value() ? parameters + plan_.parameters()[*node.bias].offset : nullptr;
  if (!node.windows.has_value()) {
    for (int64_t r = 0; r < rows; ++r, x += node.fan_in) {
      for (int64_t u = 0; u < node.units; ++u, ++z) {
        S sum = b == nullptr ? S(0) : b[u];
        for (int64_t i = 0; i < node.fan_in; ++i) sum += x[i] * w[u * node.fan_in + i];
        *z = sum;
      }
    }
    return;
  }
  const Windows& windows = *node.windows;
  const int64_t channels = windows.channels / windows.groups;
  const int64_t units = node.units / windows.groups;
  for (int64_t r = 0; r < rows; ++r, x += windows.in_size()) {
    for (int64_t oy = 0; oy < windows.height.out; ++oy) {
      for (int64_t ox = 0; ox < windows.width.out; ++ox) {
        for (int64_t u = 0; u < node.units; ++u, ++z) {
          S sum = b == nullptr ? S(0) : b[u];
          ForEachInWindow(windows, oy, ox, [&](int64_t ky, int64_t kx, int64_t place) {
            const S* const from = x + place + u / units * channels;
            const S* const by =
                w + ((u * windows.height.size + ky) * windows.width.size + kx) * channels;
            for (int64_t c = 0; c < channels; ++c) sum += from[c] * by[c];
          });
          *z = sum;
        }
      }
    }
  }
}

template <typename S>
void PlanLoss<S>::RunFunction(size_t n, const S* parameters, const LossRows& rows) {
  const PlanNode& node = plan_.nodes()[n];
  std::vector<Rows<const S>> in;
  for (const int input : node.inputs) {
    in.push_back({ValueOf(input), input < 0 ? plan_.input_width() : plan_.nodes()[input].width});
  }
  std::vector<const S*> blocks;
  for (const size_t block : node.blocks) {
    blocks.push_back(parameters + plan_.parameters()[block].offset);
  }
  std::vector<S>& statistics = nodes_[n].statistics;
  FunctionInput<S> input{.rows = rows.rows,
                         .in = in.data(),
                         .parameters = blocks.data(),
                         .statistics = nullptr,
                         .context = rows.context};
  if (rows.context.training && !statistics.empty()) {
    input.statistics = statistics.data();
    MeasureFunction(*node.function, input, statistics.data());
  }
  ApplyFunction(*node.function, input, Rows<S>{nodes_[n].value.data(), node.width});
}

template <typename S>
S Penalty(const Plan& plan, const S* parameters, double l2, double l1) {
  S sum = 0;
  for (const ParameterBlock& block : plan.parameters()) {
    if (!block.regularized || !block.trained) continue;
    for (int64_t i = block.offset; i < block.offset + block.size; ++i) {
      const S& w = parameters[i];
      if (l2 != 0) sum += w * w * S(l2 / 2);
      if (l1 != 0) sum += Abs(w) * S(l1);
    }
  }
  return sum;
}

#define FNN_INSTANTIATE(S)    \
  template class PlanLoss<S>; \
  template S Penalty(const Plan&, const S*, double, double)
FNN_INSTANTIATE(double);
FNN_INSTANTIATE(Dual<double>);
FNN_INSTANTIATE(Variable);
#undef FNN_INSTANTIATE

}  // namespace fnn::core
