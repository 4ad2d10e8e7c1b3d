#include "core/plan/watched_layers.h"

#include <algorithm>

namespace fnn::core {
namespace {

using Kind = PlanNode::Kind;

// For each node whether an activation alone takes its values, and changes them.
std::vector<bool> NetInputs(const Plan& plan) {
  const auto nodes = plan.nodes();
  std::vector<int> readers(nodes.size(), 0);
  std::vector<size_t> reader(nodes.size(), 0);
  for (size_t n = 0; n < nodes.size(); ++n) {
    for (const int input : nodes[n].inputs) {
      if (input < 0) continue;
      ++readers[input];
      reader[input] = n;
    }
  }
  std::vector<bool> out(nodes.size(), false);
  for (size_t n = nodes.size(); n-- > 0;) {
    if (readers[n] != 1 || nodes[reader[n]].kind != Kind::kActivation) continue;
    out[n] = nodes[reader[n]].activation->name != "identity" || out[reader[n]];
  }
  return out;
}

}  // namespace

std::vector<WatchedLayer> WatchedLayers(const Plan& plan) {
  const auto nodes = plan.nodes();
  const auto blocks = plan.parameters();
  const int layers = plan.network().layers_size();
  std::vector<WatchedLayer> all(layers);
  std::vector<bool> watched(layers, false);
  for (size_t b = 0; b < blocks.size(); ++b) {
    if (blocks[b].layer < 0) continue;
    watched[blocks[b].layer] = true;
    if (!blocks[b].trained) continue;
    all[blocks[b].layer].blocks.push_back(b);
    all[blocks[b].layer].learned += blocks[b].size;
  }
  const std::vector<bool> net_input = NetInputs(plan);
  for (size_t n = 0; n < nodes.size(); ++n) {
    const PlanNode& node = nodes[n];
    if (node.layer < 0) continue;
    WatchedLayer& layer = all[node.layer];
    // A layer's last node is the one that counts.
    layer.activities = std::nullopt;
    if (!net_input[n]) layer.activities = n;
    layer.flat = {};
    layer.width = node.width;
    layer.units = node.channels;
    layer.output = n + 1 == nodes.size();
    if (node.kind == Kind::kActivation) {
      watched[node.layer] = true;
      layer.flat = FlatPartsOf(*node.activation, node.activation_arguments);
    }
    if (node.kind == Kind::kAffine && blocks[node.weights].trained) {
      const v1::Layer& form = plan.network().layers(node.layer);
      layer.period = form.has_maxout() ? form.maxout().pieces() : 1;
      if (node.units / node.groups() > layer.period) layer.map = n;
    }
  }
  std::vector<WatchedLayer> out;
  for (int i = 0; i < layers; ++i) {
    all[i].layer = i;
    if (watched[i]) out.push_back(std::move(all[i]));
  }
  return out;
}

}  // namespace fnn::core
