#include "core/autodiff/tape.h"

namespace fnn::core {

Gradients Tape::Gradient(const Variable& loss) const {
  if (loss.constant()) return Gradients({});
  std::vector<double> adjoints(loss.index_ + 1, 0);
  adjoints[loss.index_] = 1;
  for (int64_t i = loss.index_; i >= 0; --i) {
    const double adjoint = adjoints[i];
    // What has no part has no slope either, be that of its formula infinite.
    if (adjoint == 0) continue;
    const Node& node = blocks_[i / kBlock][i % kBlock];
    for (int k = 0; k < 2; ++k) {
      if (node.parents[k] >= 0) adjoints[node.parents[k]] += adjoint * node.slopes[k];
    }
  }
  return Gradients(std::move(adjoints));
}

}  // namespace fnn::core
