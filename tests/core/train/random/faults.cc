#include "tests/core/train/random/faults.h"

#include <vector>

namespace fnn::core {

std::span<const NetworkFault> NetworkFaults() {
  static const auto* const all = [] {
    auto* const out = new std::vector<NetworkFault>();
    for (const auto faults : {GraphFaults(), ShapeFaults(), WindowFaults(), ArgumentFaults()}) {
      out->insert(out->end(), faults.begin(), faults.end());
    }
    return out;
  }();
  return *all;
}

}  // namespace fnn::core
