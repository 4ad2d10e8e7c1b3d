// A network compiled once: validated, shaped, with the place of every parameter. Immutable.
//
// Compile reads the description (fnn.v1.Network) and is the only one to do so; what comes after it
// sees widths, offsets and entries of the operator tables. A plan owns no parameters: those are one
// flat vector in the plan's logical order, layer by layer the weights [units, fan_in] row-major and
// then the bias [units].

#ifndef FNN_CORE_PLAN_PLAN_H_
#define FNN_CORE_PLAN_PLAN_H_

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "core/base/errors.h"
#include "core/ops/table.h"
#include "fnn/v1/network.pb.h"

namespace fnn::core {

// A block of the parameter vector: the weights or the bias of one layer.
struct ParameterBlock {
  std::string name;  // `{layer}.weights` or `{layer}.bias`.
  std::vector<int64_t> shape;
  int64_t offset = 0;
  int64_t size = 0;
  bool regularized = false;  // Whether it counts in the norm that L2 penalises: weights do.
  const InitializerOp* initializer = nullptr;  // Null: all zero.
  Arguments initializer_arguments{};
  std::vector<float> given{};  // By the initialiser of that name.
  int64_t fan_in = 0;
  int64_t fan_out = 0;
};

// One layer: an optional affine map, then an activation.
struct LayerPlan {
  std::string name;
  int64_t fan_in = 0;
  int64_t units = 0;
  bool affine = false;         // Whether there are weights.
  int64_t weights_offset = 0;  // In the parameter vector; weights are [units, fan_in].
  int64_t bias_offset = -1;    // -1: no bias.
  const ActivationOp* activation = nullptr;  // Never null; identity where there is none.
  Arguments activation_arguments{};
};

class Plan {
 public:
  // The widest layer and input.
  static constexpr int64_t kMostUnits = int64_t{1} << 24;
  // Each takes memory beside its parameters, which no estimate counts.
  static constexpr int kMostLayers = 100'000;

  // `features` is the width of the data; required where the network leaves its input's shape unset.
  // INVALID_ARGUMENT under `path` names every fault. Allocates nothing of the parameters' size.
  static absl::StatusOr<std::shared_ptr<const Plan>> Compile(const v1::Network& network,
                                                             std::optional<int64_t> features,
                                                             const FieldPath& path);

  // The network with the defaults filled in: names, input shape, initialisers, activations.
  const v1::Network& network() const { return network_; }
  int64_t input_width() const { return layers_.front().fan_in; }
  int64_t output_width() const { return layers_.back().units; }
  int64_t parameter_count() const { return parameter_count_; }
  // What one row costs to predict, in operations: a multiplication for each parameter, and an
  // activity for each unit. Saturates.
  int64_t operations_per_row() const { return operations_per_row_; }
  std::span<const LayerPlan> layers() const { return layers_; }
  std::span<const ParameterBlock> parameters() const { return parameters_; }

  // The loss takes logits: where the last activation is its link, the two are fused and the
  // activation is dropped from layers().
  const LossOp& loss() const { return *loss_; }
  const Arguments& loss_arguments() const { return loss_arguments_; }
  const std::vector<std::string>& class_names() const { return class_names_; }
  // Whether predictions are probabilities of classes: under cross_entropy, binary_cross_entropy,
  // kl_divergence and focal.
  bool classifies() const { return loss_->probabilities; }
  // The number of classes where classifies(): output_width(), or 2 for a single output.
  int64_t class_count() const { return output_width() == 1 ? 2 : output_width(); }
  // The name of a class: from class_names(), else its index.
  std::string ClassLabel(int64_t index) const;

  // What drawing the initial parameters takes for as long as it lasts, in bytes.
  int64_t DrawingBytes() const;

  // Calls set(i, value) with the initial value of each element i of a parameter block, but for
  // those that start at 0.
  template <typename Set>
  void Draw(uint64_t seed, size_t block, Set set) const;
  // Draws the initial parameters into `parameters` [parameter_count()].
  template <typename T>
  void Initialize(uint64_t seed, std::span<T> parameters) const;

 private:
  friend class PlanBuilder;
  Plan() = default;

  v1::Network network_;
  std::vector<LayerPlan> layers_;
  std::vector<ParameterBlock> parameters_;
  int64_t parameter_count_ = 0;
  int64_t operations_per_row_ = 0;
  const LossOp* loss_ = nullptr;
  Arguments loss_arguments_{};
  std::vector<std::string> class_names_;
};

template <typename Set>
void Plan::Draw(uint64_t seed, size_t block, Set set) const {
  const ParameterBlock& drawn = parameters_[block];
  if (drawn.initializer == nullptr) return;
  const DrawContext context{.seed = seed,
                            .block = static_cast<int64_t>(block),
                            .fan_in = drawn.fan_in,
                            .fan_out = drawn.fan_out,
                            .values = drawn.given};
  if (drawn.initializer->fill != nullptr) {
    drawn.initializer->fill(drawn.initializer_arguments, context, set);
    return;
  }
  for (int64_t i = 0; i < drawn.size; ++i) {
    set(i, drawn.initializer->draw(drawn.initializer_arguments, context, i));
  }
}

template <typename T>
void Plan::Initialize(uint64_t seed, std::span<T> parameters) const {
  std::fill(parameters.begin(), parameters.end(), T{0});
  for (size_t b = 0; b < parameters_.size(); ++b) {
    T* const out = parameters.data() + parameters_[b].offset;
    Draw(seed, b, [out](int64_t i, double value) { out[i] = static_cast<T>(value); });
  }
}

// Checks all that can be checked of a network whose input width is not known yet. OK where Compile
// would accept it for some width.
absl::Status ValidateNetwork(const v1::Network& network, const FieldPath& path);

}  // namespace fnn::core

#endif  // FNN_CORE_PLAN_PLAN_H_
