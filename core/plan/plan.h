// A network compiled once: validated, shaped, ordered, with the place of every parameter.
// Immutable.
//
// Compile reads the description (fnn.v1.Network) and is the only one to do so; what comes after it
// sees nodes, shapes, offsets and entries of the operator tables. A layer is one node or several:
// an affine map, then perhaps a function, then an activation; a node takes what earlier ones give.
// flatten, reshape and identity are no nodes: they pass on the same values.
//
// A plan owns no parameters: those are one flat vector in the plan's logical order, layer by layer
// as the network lists them, in each the weights [units, fan_in] row-major, the bias [units], then
// what else it learns or keeps. The numbers of a scaled input come first.

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
#include "core/ops/layers/function.h"
#include "core/ops/layers/windows.h"
#include "core/ops/table.h"
#include "fnn/v1/network.pb.h"

namespace fnn::core {

// A block of the parameter vector.
struct ParameterBlock {
  std::string name;  // `{layer}.weights`, `{layer}.bias`, `{layer}.gamma`, ...
  std::vector<int64_t> shape;
  int64_t offset = 0;
  int64_t size = 0;
  int layer = -1;            // In network().layers(); -1: the input's.
  bool regularized = false;  // Whether it counts in the norm that L2 penalises: weights do.
  bool trained = true;       // Whether the optimiser moves it.
  const InitializerOp* initializer = nullptr;  // Null: all `start`.
  Arguments initializer_arguments{};
  std::vector<float> given{};  // By the initialiser of that name.
  double start = 0;
  int64_t fan_in = 0;
  int64_t fan_out = 0;
};

struct PlanNode {
  enum class Kind { kAffine, kFunction, kActivation };
  static constexpr int kInput = -1;  // The network's.

  Kind kind = Kind::kAffine;
  int layer = -1;             // In network().layers(); -1: the input's scaling.
  std::vector<int> inputs{};  // Nodes before this one, or kInput.
  int64_t width = 0;          // How many values come out for a sample.
  int64_t channels = 0;       // The last dimension of their shape.
  bool learns = false;        // Whether training moves something in it or before it.

  // kAffine. The map is from fan_in values to `units` at each position of the windows, or from all
  // to all where there are none. Weights are [units, fan_in]; with groups, fan_in is a group's.
  int64_t fan_in = 0;
  int64_t units = 0;
  size_t weights = 0;            // In parameters().
  std::optional<size_t> bias{};  // In parameters().
  std::optional<Windows> windows{};
  int64_t groups() const { return windows.has_value() ? windows->groups : 1; }

  // kActivation. On its channels, where it is no elementwise one.
  const ActivationOp* activation = nullptr;
  Arguments activation_arguments{};

  // kFunction.
  std::shared_ptr<const LayerFunction> function{};
  std::vector<size_t> blocks{};  // Of its parameters, in parameters().
  // Whether it measures the whole batch, in training, and whether it draws anew at each step.
  bool over_batch() const { return function != nullptr && function->statistics_size() > 0; }
  bool random() const { return function != nullptr && function->random(); }
};

// Where there is feature scaling: what the numbers are taken to be.
struct ScalingPlan {
  bool min_max = false;  // Else standardize.
  double low = 0;
  double high = 1;
  size_t shift = 0;  // In parameters().
  size_t scale = 0;
};

class Plan {
 public:
  // The most values that the input or a layer has for a sample.
  static constexpr int64_t kMostUnits = int64_t{1} << 24;
  // Each takes memory beside its parameters, which no estimate counts.
  static constexpr int kMostLayers = 100'000;

  // `features` is the width of the data; required where the network leaves its input's shape unset.
  // INVALID_ARGUMENT under `path` names every fault. Allocates nothing of the parameters' size.
  static absl::StatusOr<std::shared_ptr<const Plan>> Compile(const v1::Network& network,
                                                             std::optional<int64_t> features,
                                                             const FieldPath& path);

  // `plan` under another loss, which is found at `path`, and without names of classes.
  // INVALID_ARGUMENT names every fault of the loss.
  static absl::StatusOr<std::shared_ptr<const Plan>> CompileWithLoss(const Plan& plan,
                                                                     const v1::Loss& loss,
                                                                     const FieldPath& path);

  // The network with the defaults filled in: names, inputs, shapes, initialisers, activations.
  const v1::Network& network() const { return network_; }
  int64_t input_width() const { return input_width_; }
  int64_t output_width() const { return output_width_; }
  int64_t parameter_count() const { return parameter_count_; }
  // What one row costs to predict, in operations: a multiplication for each parameter at each of
  // its positions, and an activity for each unit. Saturates.
  int64_t operations_per_row() const { return operations_per_row_; }
  // At least one, in an order in which they can be computed. The last gives the output.
  std::span<const PlanNode> nodes() const { return nodes_; }
  std::span<const ParameterBlock> parameters() const { return parameters_; }
  const std::optional<ScalingPlan>& scaling() const { return scaling_; }
  // The name of the node's layer, or of the input.
  const std::string& LayerName(const PlanNode& node) const;

  // The loss takes logits: where the last activation is its link, the two are fused and the
  // activation is no node.
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
  std::vector<PlanNode> nodes_;
  std::vector<ParameterBlock> parameters_;
  std::optional<ScalingPlan> scaling_;
  int64_t input_width_ = 1;
  int64_t output_width_ = 1;
  int64_t parameter_count_ = 0;
  int64_t operations_per_row_ = 0;
  const LossOp* loss_ = nullptr;
  Arguments loss_arguments_{};
  std::vector<std::string> class_names_;
};

template <typename Set>
void Plan::Draw(uint64_t seed, size_t block, Set set) const {
  const ParameterBlock& drawn = parameters_[block];
  if (drawn.initializer == nullptr) {
    for (int64_t i = 0; drawn.start != 0 && i < drawn.size; ++i) set(i, drawn.start);
    return;
  }
  const DrawContext context{.seed = seed,
                            .block = static_cast<int64_t>(block),
                            .fan_in = drawn.fan_in,
                            .fan_out = drawn.fan_out,
                            .rows = drawn.shape[0],
                            .columns = drawn.size / drawn.shape[0],
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
