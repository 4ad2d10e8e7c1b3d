// Builds a plan: goes through the description once, each layer after its inputs, filling in
// defaults and noting every fault.

#ifndef FNN_CORE_PLAN_BUILDER_H_
#define FNN_CORE_PLAN_BUILDER_H_

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/base/errors.h"
#include "core/base/saturating.h"
#include "core/ops/layers/table.h"
#include "core/plan/graph.h"
#include "core/plan/plan.h"
#include "fnn/v1/network.pb.h"

namespace fnn::core {

class PlanBuilder {
 public:
  PlanBuilder(const v1::Network& network, std::optional<int64_t> features, const FieldPath& path)
      : PlanBuilder(network, features, path, (path / "outputs")[0] / "loss") {}
  // With a loss that is found elsewhere.
  PlanBuilder(const v1::Network& network, std::optional<int64_t> features, const FieldPath& path,
              const FieldPath& loss_path);

  absl::StatusOr<std::shared_ptr<const Plan>> Finish() &&;

 private:
  static constexpr int kMostDimensions = 3;

  // What a layer gives: a node's values, seen in a shape. The shape is empty where it does not
  // follow, as something before it is at fault.
  struct Value {
    int node = PlanNode::kInput;
    Shape shape;
    bool known() const { return !shape.empty(); }
  };
  struct LayerAt {
    int index = -1;
    FieldPath path{};  // Of the layer's kind: `layers[2].dense`.
    std::string name{};
    bool frozen = false;
  };
  // Weights that must not be alike.
  struct Weights {
    FieldPath path;  // Of their initialiser.
    size_t block = 0;
    int64_t pieces = 1;
    int layer = 0;
  };

  void Fault(const FieldPath& path, absl::string_view reason, absl::string_view description) {
    violations_.Add(path, reason, description);
  }
  bool CheckName(const FieldPath& path, absl::string_view name);
  bool CheckWidth(const FieldPath& path, int64_t width, absl::string_view what = "");

  void ReadInput(std::optional<int64_t> features);
  void ReadScaling(v1::Scaling& scaling, const FieldPath& path, Value& value);
  // Whether every layer has a kind and a name of its own, without which there is no graph.
  bool ReadNames();
  void ReadLayers(const LayerGraph& graph);
  Value ReadLayer(v1::Layer& layer, const LayerAt& at, const std::vector<Value>& inputs);
  Value ReadDense(v1::Dense& dense, const LayerAt& at, const Value& in);
  Value ReadMaxout(v1::Maxout& maxout, const LayerAt& at, const Value& in);
  Value Flattened(const Value& in) const;
  Value ReadReshape(v1::Reshape& reshape, const LayerAt& at, const Value& in);
  template <typename Message>
  Value ReadConvolution(Message& message, const LayerAt& at, const Value& in);
  // A layer of the table, or an activation that is one.
  Value ReadFunction(const LayerOp& op, google::protobuf::Message& message, const LayerAt& at,
                     const FieldPath& path, const std::vector<Value>& inputs);
  Value ReadActivation(v1::Activation& activation, const LayerAt& at, const FieldPath& path,
                       const Value& in);

  // The affine map of a layer: a node with its weights [units, ...window, fan-in] and its bias.
  // `initializer` is that of weights that are not told another.
  template <typename Message>
  Value AddAffine(Message& message, const LayerAt& at, const Value& in, int64_t units,
                  const std::optional<Windows>& windows, absl::string_view initializer,
                  int64_t pieces);
  // Refuses dense layers over what has places.
  int64_t FanIn(const LayerAt& at, const Value& in);

  // The number of values in a shape of positive dimensions; saturates.
  static int64_t SizeOf(const Shape& shape);
  Value AddNode(PlanNode node, Shape shape);
  // The parameters of the node's function.
  void AddVectors(const LayerAt& at, PlanNode& node);
  size_t AddBlock(ParameterBlock block, SaturatingSize size);
  // Puts the blocks in the order of the network's layers, and gives them their places.
  void PlaceBlocks();
  void CheckSymmetry();

  void ReadOutput(const LayerGraph& graph);
  // Drops a last activation that the loss applies itself; refuses one that would be applied twice.
  void FuseLink(const LossOp& loss, const FieldPath& path, Value& last);
  void ReadClassNames(const v1::Output& output, const FieldPath& path);
  void AddUp();

  const FieldPath path_;
  const FieldPath loss_path_;
  std::unique_ptr<Plan> plan_;
  std::vector<Weights> weights_;
  Violations violations_;
  Value input_;
  std::vector<Value> values_;  // Of each layer.
  int output_layer_ = -1;
  SaturatingSize parameter_count_ = 0;
};

}  // namespace fnn::core

#endif  // FNN_CORE_PLAN_BUILDER_H_
