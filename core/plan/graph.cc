#include "core/plan/graph.h"

#include <functional>
#include <queue>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "core/ops/layers/function.h"

namespace fnn::core {
namespace {

using Names = absl::flat_hash_map<std::string, int>;

constexpr int kMostInputs = LayerFunction::kMostInputs;

// Looks every name up; without names it is the layer before.
std::vector<int> ReadInputs(const v1::Layer& layer, int index, const Names& names,
                            const FieldPath& path, Violations& violations) {
  if (layer.inputs().empty()) return {index - 1};
  std::vector<int> out;
  if (layer.inputs_size() > kMostInputs) {
    violations.Add(path, "OUT_OF_RANGE",
                   absl::StrCat("must be ", kMostInputs, " at most, not ", layer.inputs_size()));
    return out;
  }
  for (int i = 0; i < layer.inputs_size(); ++i) {
    const auto named = names.find(layer.inputs(i));
    if (named != names.end()) {
      out.push_back(named->second);
    } else {
      violations.Add(path[i], "NOT_FOUND",
                     absl::StrCat("there is no layer or input called ", Echo(layer.inputs(i))));
    }
  }
  return out;
}

// Names the layers of a cycle among those not in order yet: `a <- b <- a`.
std::string CycleOf(const v1::Network& network, const LayerGraph& graph,
                    const std::vector<int>& waiting_for, int start) {
  constexpr size_t kMostNames = 8;
  // Each has an input that waits too, so going on along those comes round in the end.
  const auto next = [&](int l) {
    for (const int input : graph.inputs[l]) {
      if (input >= 0 && waiting_for[input] > 0) return input;
    }
    return l;
  };
  int at = start;
  for (size_t i = 0; i < graph.inputs.size(); ++i) at = next(at);
  const int first = at;
  std::string names = network.layers(first).name();
  size_t count = 1;
  do {
    at = next(at);
    if (++count <= kMostNames || at == first) {
      absl::StrAppend(&names, " <- ", network.layers(at).name());
    } else if (count == kMostNames + 1) {
      absl::StrAppend(&names, " <- ...");
    }
  } while (at != first);
  return names;
}

void SetOrder(const v1::Network& network, const FieldPath& path, Violations& violations,
              LayerGraph& graph) {
  const int layers = network.layers_size();
  std::vector<std::vector<int>> takers(layers);
  std::vector<int> waiting_for(layers, 0);  // How many of its inputs have no place yet.
  for (int l = 0; l < layers; ++l) {
    for (const int input : graph.inputs[l]) {
      if (input < 0) continue;
      takers[input].push_back(l);
      ++waiting_for[l];
    }
  }
  std::priority_queue<int, std::vector<int>, std::greater<>> ready;
  for (int l = 0; l < layers; ++l) {
    if (waiting_for[l] == 0) ready.push(l);
  }
  while (!ready.empty()) {
    const int l = ready.top();
    ready.pop();
    graph.order.push_back(l);
    for (const int taker : takers[l]) {
      if (--waiting_for[taker] == 0) ready.push(taker);
    }
  }
  for (int l = 0; l < layers; ++l) {
    if (waiting_for[l] == 0) continue;
    violations.Add(
        (path / "layers")[l] / "inputs", "CYCLE",
        absl::StrCat("the network must have no cycle: ", CycleOf(network, graph, waiting_for, l)));
    return;
  }
  if (graph.output < 0) return;  // At fault already.
  if (!takers[graph.output].empty()) {
    violations.Add((path / "outputs")[0] / "layer", "UNSUPPORTED",
                   absl::StrCat("no layer may build on the output, but ",
                                Echo(network.layers(takers[graph.output][0]).name()), " does"));
    return;
  }
  for (int l = 0; l < layers; ++l) {
    if (!takers[l].empty() || l == graph.output) continue;
    violations.Add((path / "layers")[l], "UNUSED",
                   absl::StrCat("no layer takes what ", Echo(network.layers(l).name()),
                                " gives, and it is not the output"));
  }
}

}  // namespace

LayerGraph ReadGraph(v1::Network& network, const FieldPath& path, Violations& violations) {
  LayerGraph graph;
  Names names;
  names.emplace(network.inputs(0).name(), LayerGraph::kInput);
  for (int l = 0; l < network.layers_size(); ++l) names.emplace(network.layers(l).name(), l);
  const FieldPath layers = path / "layers";
  for (int l = 0; l < network.layers_size(); ++l) {
    graph.inputs.push_back(
        ReadInputs(network.layers(l), l, names, layers[l] / "inputs", violations));
  }
  if (network.outputs_size() == 1 && network.layers_size() > 0) {
    v1::Output& output = *network.mutable_outputs(0);
    if (output.layer().empty()) output.set_layer(network.layers().rbegin()->name());
    const auto named = names.find(output.layer());
    if (named != names.end() && named->second >= 0) {
      graph.output = named->second;
    } else {
      violations.Add((path / "outputs")[0] / "layer", "NOT_FOUND",
                     absl::StrCat("there is no layer called ", Echo(output.layer())));
    }
  }
  if (violations.empty()) SetOrder(network, path, violations, graph);
  return graph;
}

}  // namespace fnn::core
