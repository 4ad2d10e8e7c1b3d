// The order of a network's layers: who takes what from whom.

#ifndef FNN_CORE_PLAN_GRAPH_H_
#define FNN_CORE_PLAN_GRAPH_H_

#include <vector>

#include "core/base/errors.h"
#include "fnn/v1/network.pb.h"

namespace fnn::core {

struct LayerGraph {
  static constexpr int kInput = -1;

  std::vector<std::vector<int>> inputs;  // Of each layer: layers, or kInput.
  // All layers, each after its inputs; where nothing stands against it, as they are listed.
  std::vector<int> order;
  int output = -1;
};

// Reads the inputs of layers that have names, and the output, filling in its default. Faults, with
// the path of the field: names that are not there, cycles, layers that lead nowhere. Then the graph
// is of no use.
LayerGraph ReadGraph(v1::Network& network, const FieldPath& path, Violations& violations);

}  // namespace fnn::core

#endif  // FNN_CORE_PLAN_GRAPH_H_
