#include "core/plan/builder.h"

#include <algorithm>
#include <numeric>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "core/ops/layers/scaling.h"
#include "core/plan/arguments.h"
#include "core/plan/initialization.h"

namespace fnn::core {
namespace {

bool IsLayerName(absl::string_view name) {
  return !name.empty() && name.size() <= 63 && absl::ascii_islower(name[0]) &&
         std::all_of(name.begin(), name.end(),
                     [](char c) { return absl::ascii_isalnum(c) || c == '_'; });
}

}  // namespace

PlanBuilder::PlanBuilder(const v1::Network& network, std::optional<int64_t> features,
                         const FieldPath& path, const FieldPath& loss_path)
    : path_(path), loss_path_(loss_path), plan_(new Plan()) {
  plan_->network_ = network;
  ReadInput(features);
  LayerGraph graph;
  if (ReadNames()) graph = ReadGraph(plan_->network_, path_, violations_);
  ReadLayers(graph);
  ReadOutput(graph);
  PlaceBlocks();
  CheckSymmetry();
  AddUp();
}

absl::StatusOr<std::shared_ptr<const Plan>> PlanBuilder::Finish() && {
  if (!violations_.empty()) return violations_.ToStatus();
  return std::shared_ptr<const Plan>(std::move(plan_));
}

bool PlanBuilder::CheckName(const FieldPath& path, absl::string_view name) {
  if (IsLayerName(name)) return true;
  Fault(path / "name", "INVALID_NAME",
        absl::StrCat("must be a lower-case letter, then letters, digits and _, at most 63; ",
                     Echo(name), " is not"));
  return false;
}

bool PlanBuilder::CheckWidth(const FieldPath& path, int64_t width, absl::string_view what) {
  if (width >= 1 && width <= Plan::kMostUnits) return true;
  Fault(path, "OUT_OF_RANGE",
        absl::StrCat(what, "must be 1 to ", Plan::kMostUnits, ", not ", width));
  return false;
}

void PlanBuilder::ReadInput(std::optional<int64_t> features) {
  auto& inputs = *plan_->network_.mutable_inputs();
  const FieldPath at = path_ / "inputs";
  if (inputs.size() > 1) {
    Fault(at, "UNSUPPORTED", absl::StrCat("must be one at most, not ", inputs.size()));
  }
  v1::Input& input = inputs.empty() ? *inputs.Add() : inputs[0];
  if (input.name().empty()) input.set_name("input");
  CheckName(at[0], input.name());
  if (input.shape().empty() && features.has_value()) input.add_shape(*features);
  const FieldPath shape_path = at[0] / "shape";
  if (input.shape().empty() || input.shape_size() > kMostDimensions) {
    Fault(shape_path, "WRONG_SHAPE",
          absl::StrCat("must have 1 to ", kMostDimensions,
                       " dimensions, [features], [length, "
                       "channels] or [height, width, channels], not ",
                       input.shape_size()));
    return;
  }
  for (int d = 0; d < input.shape_size(); ++d) {
    if (!CheckWidth(shape_path[d], input.shape(d))) return;
  }
  const Shape shape(input.shape().begin(), input.shape().end());
  if (shape.size() > 1 && !CheckWidth(shape_path, SizeOf(shape))) return;
  input_.shape = shape;
  plan_->input_width_ = Size(shape);
  if (input.has_scaling()) ReadScaling(*input.mutable_scaling(), at[0] / "scaling", input_);
}

void PlanBuilder::ReadScaling(v1::Scaling& scaling, const FieldPath& path, Value& value) {
  if (scaling.kind_case() == v1::Scaling::KIND_NOT_SET) {
    Fault(path, "REQUIRED", absl::StrCat("must choose a scaling: ", KindNames(scaling)));
    return;
  }
  ScalingPlan plan;
  if (scaling.has_min_max()) {
    static constexpr Argument kArguments[] = {{.name = "low", .default_value = 0},
                                              {.name = "high", .default_value = 1}};
    const FieldPath at = path / "min_max";
    const Arguments range =
        ResolveArguments(kArguments, *scaling.mutable_min_max(), at, violations_);
    plan = {.min_max = true, .low = range[0], .high = range[1]};
    if (plan.low >= plan.high) {
      Fault(at / "low", "OUT_OF_RANGE", absl::StrCat("must be less than high, ", plan.high));
    }
  }
  PlanNode node{.kind = PlanNode::Kind::kFunction, .inputs = {value.node}};
  node.function = std::make_shared<const ScalingFunction>(value.shape, plan.low);
  AddVectors({.name = plan_->network_.inputs(0).name()}, node);
  plan.shift = node.blocks[0];
  plan.scale = node.blocks[1];
  plan_->scaling_ = plan;
  value = AddNode(std::move(node), value.shape);
}

bool PlanBuilder::ReadNames() {
  auto& layers = *plan_->network_.mutable_layers();
  const FieldPath at = path_ / "layers";
  if (layers.empty()) Fault(at, "EMPTY", "a network needs at least one layer");
  if (layers.size() > Plan::kMostLayers) {
    Fault(at, "OUT_OF_RANGE",
          absl::StrCat("must be ", Plan::kMostLayers, " at most, not ", layers.size()));
    return false;
  }
  bool named = !layers.empty();
  absl::flat_hash_map<std::string, int> places;
  const std::string& input = plan_->network_.inputs(0).name();
  for (int i = 0; i < layers.size(); ++i) {
    v1::Layer& layer = layers[i];
    const auto* kind = ChosenKind(layer);
    if (kind == nullptr) {
      Fault(at[i], "REQUIRED", absl::StrCat("must choose what it computes: ", KindNames(layer)));
      named = false;
      continue;
    }
    if (layer.name().empty()) layer.set_name(absl::StrCat(kind->name(), "_", i));
    CheckName(at[i], layer.name());
    const auto [place, is_new] = places.emplace(layer.name(), i);
    if (!is_new) {
      Fault(at[i] / "name", "DUPLICATE_NAME",
            absl::StrCat("layer ", place->second, " is called ", Echo(layer.name()), " as well"));
      named = false;
    } else if (layer.name() == input) {
      Fault(at[i] / "name", "DUPLICATE_NAME",
            absl::StrCat("the network's input is called ", Echo(input), " as well"));
      named = false;
    }
  }
  return named;
}

void PlanBuilder::ReadLayers(const LayerGraph& graph) {
  auto& layers = *plan_->network_.mutable_layers();
  if (layers.size() > Plan::kMostLayers) return;
  values_.resize(layers.size());
  // Where the graph is at fault, layers are still read one by one, for their own faults.
  std::vector<int> order = graph.order;
  const bool ordered = static_cast<int>(order.size()) == layers.size();
  if (!ordered) {
    order.resize(layers.size());
    std::iota(order.begin(), order.end(), 0);
  }
  for (const int l : order) {
    v1::Layer& layer = layers[l];
    if (ChosenKind(layer) == nullptr) continue;
    std::vector<Value> inputs;
    if (ordered) {
      for (const int input : graph.inputs[l]) {
        inputs.push_back(input < 0 ? input_ : values_[input]);
      }
    } else {
      inputs.emplace_back();
    }
    const std::string& kind = ChosenKind(layer)->name();
    const LayerAt at{.index = l,
                     .path = (path_ / "layers")[l] / kind,
                     .name = layer.name(),
                     .frozen = layer.frozen()};
    const LayerOp* const op = FindOp(LayerFunctions(), kind);
    const bool merges = op != nullptr && op->merges;
    if (ordered && merges != (inputs.size() > 1)) {
      Fault((path_ / "layers")[l] / "inputs", "WRONG_LENGTH",
            absl::StrCat(kind, " takes ", merges ? "2 inputs or more" : "one input", ", not ",
                         inputs.size()));
      continue;
    }
    Value value = ReadLayer(layer, at, inputs);
    if (value.known() && SizeOf(value.shape) > Plan::kMostUnits) {
      Fault(
          at.path, "TOO_LARGE",
          absl::StrCat("gives ", ToText(value.shape), ", more than ", Plan::kMostUnits, " values"));
      value = {};
    }
    values_[l] = std::move(value);
  }
}

int64_t PlanBuilder::SizeOf(const Shape& shape) {
  SaturatingSize size = 1;
  for (const int64_t n : shape) size = size * n;
  return size.value();
}

PlanBuilder::Value PlanBuilder::AddNode(PlanNode node, Shape shape) {
  node.width = SizeOf(shape);
  node.channels = shape.back();
  plan_->nodes_.push_back(std::move(node));
  return {static_cast<int>(plan_->nodes_.size()) - 1, std::move(shape)};
}

void PlanBuilder::AddVectors(const LayerAt& at, PlanNode& node) {
  for (const FunctionParameter& p : node.function->parameters()) {
    node.blocks.push_back(AddBlock({.name = absl::StrCat(at.name, ".", p.name),
                                    .shape = {p.size},
                                    .layer = at.index,
                                    .regularized = p.regularized,
                                    .trained = p.trained && !at.frozen,
                                    .start = p.start},
                                   p.size));
  }
}

size_t PlanBuilder::AddBlock(ParameterBlock block, SaturatingSize size) {
  block.size = size.value();
  plan_->parameters_.push_back(std::move(block));
  return plan_->parameters_.size() - 1;
}

void PlanBuilder::PlaceBlocks() {
  auto& blocks = plan_->parameters_;
  std::vector<size_t> order(blocks.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return blocks[a].layer < blocks[b].layer; });
  std::vector<ParameterBlock> sorted;
  std::vector<size_t> place(blocks.size());
  for (const size_t from : order) {
    place[from] = sorted.size();
    ParameterBlock& block = sorted.emplace_back(std::move(blocks[from]));
    block.offset = parameter_count_.value();
    parameter_count_ = parameter_count_ + block.size;
  }
  blocks = std::move(sorted);
  for (PlanNode& node : plan_->nodes_) {
    if (node.kind == PlanNode::Kind::kAffine) node.weights = place[node.weights];
    if (node.bias.has_value()) node.bias = place[*node.bias];
    for (size_t& block : node.blocks) block = place[block];
  }
  for (Weights& weights : weights_) weights.block = place[weights.block];
  if (plan_->scaling_.has_value()) {
    plan_->scaling_->shift = place[plan_->scaling_->shift];
    plan_->scaling_->scale = place[plan_->scaling_->scale];
  }
  if (parameter_count_.saturated()) {
    Fault(path_ / "layers", "TOO_LARGE", "the network has more parameters than can be counted");
  }
  plan_->parameter_count_ = parameter_count_.value();
}

void PlanBuilder::CheckSymmetry() {
  for (const Weights& weights : weights_) {
    const ParameterBlock& block = plan_->parameters_[weights.block];
    const bool hidden = weights.layer != output_layer_;
    const int64_t alike = weights.pieces > 1 ? weights.pieces : hidden ? block.shape[0] : 1;
    const absl::string_view fault = SymmetryFault(block, alike);
    if (fault.empty()) continue;
    Fault(weights.path / block.initializer->name, "UNBROKEN_SYMMETRY", fault);
  }
}

void PlanBuilder::ReadOutput(const LayerGraph& graph) {
  auto& outputs = *plan_->network_.mutable_outputs();
  const FieldPath at = path_ / "outputs";
  if (outputs.size() != 1) {
    Fault(at, outputs.empty() ? "REQUIRED" : "UNSUPPORTED",
          absl::StrCat("must be exactly one, which names the loss, not ", outputs.size()));
    return;
  }
  v1::Output& output = outputs[0];
  const auto loss =
      ResolveOp<LossOp>(Losses(), *output.mutable_loss(), "a loss", loss_path_, violations_);
  plan_->loss_ = loss.op;
  plan_->loss_arguments_ = loss.arguments;
  if (graph.output < 0 || values_.empty()) return;
  output_layer_ = graph.output;
  Value last = values_[graph.output];
  if (loss.op == nullptr || !last.known()) return;
  FuseLink(*loss.op, loss_path_ / loss.op->name, last);
  // There is something to compute, if only the input itself.
  if (plan_->nodes_.empty()) {
    PlanNode node{.kind = PlanNode::Kind::kActivation,
                  .layer = graph.output,
                  .inputs = {PlanNode::kInput},
                  .activation = FindOp(Activations(), "identity")};
    AddNode(std::move(node), last.shape);
  }
  plan_->output_width_ = Size(last.shape);
  ReadClassNames(output, at[0] / "class_names");
}

void PlanBuilder::FuseLink(const LossOp& loss, const FieldPath& path, Value& last) {
  if (loss.targets == Targets::kDistribution && last.shape.size() > 1) {
    Fault(path, "WRONG_SHAPE",
          absl::StrCat("takes [classes], not ", ToText(last.shape),
                       ": put flatten or a global pool before it"));
    return;
  }
  if (Size(last.shape) < loss.min_outputs) {
    Fault(path, "TOO_FEW_OUTPUTS",
          absl::StrCat("needs at least ", loss.min_outputs, " outputs, and the last layer has ",
                       Size(last.shape),
                       "; for two classes and one output take binary_cross_entropy"));
  }
  if (last.node < 0 || !loss.probabilities) return;
  const PlanNode& node = plan_->nodes_[last.node];
  if (node.kind != PlanNode::Kind::kActivation || !node.activation->probabilities) return;
  const int before = node.inputs[0];
  const bool of_the_map = before >= 0 && plan_->nodes_[before].kind == PlanNode::Kind::kAffine &&
                          plan_->nodes_[before].layer == node.layer;
  if (node.activation->name != loss.link) {
    Fault(path, "NOT_LOGITS",
          absl::StrCat("takes logits, but the last activation, ", node.activation->name,
                       ", gives probabilities; use ", loss.link, " or none"));
  } else if (!of_the_map) {
    Fault(path, "NOT_LOGITS",
          absl::StrCat("takes logits and applies ", loss.link, " itself; drop the last layer, or ",
                       "make ", loss.link, " the activation of the dense layer before it"));
  } else {
    plan_->nodes_.erase(plan_->nodes_.begin() + last.node);  // The last, as nothing builds on it.
    last.node = before;
  }
}

void PlanBuilder::ReadClassNames(const v1::Output& output, const FieldPath& path) {
  const auto& names = output.class_names();
  if (names.empty()) return;
  const int64_t needed = plan_->classifies() ? plan_->class_count() : plan_->output_width();
  if (names.size() != needed) {
    Fault(path, "WRONG_LENGTH",
          absl::StrCat("must be one for each of ", needed, " classes, not ", names.size()));
    return;
  }
  absl::flat_hash_set<absl::string_view> seen;
  for (int i = 0; i < names.size(); ++i) {
    if (names[i].empty() || !seen.insert(names[i]).second) {
      Fault(path[i], "INVALID_NAME", names[i].empty() ? "must not be empty" : "is there twice");
    }
  }
  plan_->class_names_.assign(names.begin(), names.end());
}

void PlanBuilder::AddUp() {
  SaturatingSize operations = 0;
  for (PlanNode& node : plan_->nodes_) {
    operations = operations + node.width;
    for (const int input : node.inputs) {
      node.learns = node.learns || (input >= 0 && plan_->nodes_[input].learns);
    }
    const auto trained = [&](size_t block) { return plan_->parameters_[block].trained; };
    if (node.kind == PlanNode::Kind::kAffine) {
      const int64_t positions = node.windows.has_value() ? node.windows->positions() : 1;
      operations = operations + SaturatingSize(positions) * node.units *
                                    (node.fan_in + (node.bias.has_value() ? 1 : 0));
      node.learns = node.learns || trained(node.weights);
    } else if (node.kind == PlanNode::Kind::kFunction) {
      operations = operations + node.function->operations();
      node.learns = node.learns || std::any_of(node.blocks.begin(), node.blocks.end(), trained);
    }
  }
  plan_->operations_per_row_ = operations.value();
}

}  // namespace fnn::core
