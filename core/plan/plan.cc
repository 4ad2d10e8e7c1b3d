#include "core/plan/plan.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "core/plan/builder.h"

namespace fnn::core {

absl::StatusOr<std::shared_ptr<const Plan>> Plan::Compile(const v1::Network& network,
                                                          std::optional<int64_t> features,
                                                          const FieldPath& path) {
  return PlanBuilder(network, features, path).Finish();
}

absl::StatusOr<std::shared_ptr<const Plan>> Plan::CompileWithLoss(const Plan& plan,
                                                                  const v1::Loss& loss,
                                                                  const FieldPath& path) {
  v1::Network network = plan.network();
  *network.mutable_outputs(0)->mutable_loss() = loss;
  network.mutable_outputs(0)->clear_class_names();  // How many there are depends on the loss.
  return PlanBuilder(network, plan.input_width(), FieldPath(), path).Finish();
}

int64_t Plan::DrawingBytes() const {
  int64_t most = 0;
  for (const ParameterBlock& block : parameters_) {
    if (block.initializer == nullptr || block.initializer->fill == nullptr) continue;
    most = std::max(most, block.size * static_cast<int64_t>(sizeof(double)));
  }
  return most;
}

const std::string& Plan::LayerName(const PlanNode& node) const {
  return node.layer < 0 ? network_.inputs(0).name() : network_.layers(node.layer).name();
}

std::string Plan::ClassLabel(int64_t index) const {
  if (index < static_cast<int64_t>(class_names_.size())) return class_names_[index];
  return absl::StrCat(index);
}

absl::Status ValidateNetwork(const v1::Network& network, const FieldPath& path) {
  return Plan::Compile(network, 1, path).status();
}

}  // namespace fnn::core
