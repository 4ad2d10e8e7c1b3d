#include "core/plan/builder.h"

#include <algorithm>
#include <numeric>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/ops/layers/scaling.h"
#include "core/plan/arguments.h"
#include "core/plan/initialization.h"
#include "core/plan/layer_forms.h"
#include "core/plan/windows.h"

namespace fnn::core {
namespace {

constexpr int kMostDimensions = 3;

bool IsLayerName(absl::string_view name) {
  return !name.empty() && name.size() <= 63 && absl::ascii_islower(name[0]) &&
         std::all_of(name.begin(), name.end(),
                     [](char c) { return absl::ascii_isalnum(c) || c == '_'; });
}

// The number of values in a shape of positive dimensions; saturates.
int64_t SizeOf(const Shape& shape) {
  SaturatingSize size = 1;
  for (const int64_t n : shape) size = size * n;
  return size.value();
}

std::string Text(const Shape& shape) { return absl::StrCat("[", absl::StrJoin(shape, ", "), "]"); }

// How weights start before an activation, where nothing else is said.
absl::string_view WeightInitializerBefore(const v1::Activation& activation) {
  const auto* kind = ChosenKind(activation);
  if (kind == nullptr) return "xavier";
  if (const auto* op = FindOp(Activations(), kind->name())) return op->weight_initializer;
  const auto* op = FindOp(LayerFunctions(), kind->name());
  return op == nullptr ? "xavier" : op->weight_initializer;
}

}  // namespace

PlanBuilder::PlanBuilder(const v1::Network& network, std::optional<int64_t> features,
                         const FieldPath& path)
    : path_(path), plan_(new Plan()) {
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
  const std::string& name = plan_->network_.inputs(0).name();
  for (const FunctionParameter& p : node.function->parameters()) {
    node.blocks.push_back(AddBlock({.name = absl::StrCat(name, ".", p.name),
                                    .shape = {p.size},
                                    .trained = false,
                                    .start = p.start},
                                   p.size));
  }
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
    const bool merges = layer.has_add() || layer.has_multiply() || layer.has_concat();
    if (ordered && merges != (inputs.size() > 1)) {
      Fault((path_ / "layers")[l] / "inputs", "WRONG_LENGTH",
            absl::StrCat(kind, " takes ", merges ? "2 inputs or more" : "one input", ", not ",
                         inputs.size()));
      continue;
    }
    Value value = ReadLayer(layer, at, inputs);
    if (value.known() && SizeOf(value.shape) > Plan::kMostUnits) {
      Fault(at.path, "TOO_LARGE",
            absl::StrCat("gives ", Text(value.shape), ", more than ", Plan::kMostUnits, " values"));
      value = {};
    }
    values_[l] = std::move(value);
  }
}

PlanBuilder::Value PlanBuilder::ReadLayer(v1::Layer& layer, const LayerAt& at,
                                          const std::vector<Value>& inputs) {
  const Value& in = inputs[0];
  switch (layer.kind_case()) {
    case v1::Layer::kDense:
      return ReadDense(*layer.mutable_dense(), at, in);
    case v1::Layer::kMaxout:
      return ReadMaxout(*layer.mutable_maxout(), at, in);
    case v1::Layer::kConv1D:
      return ReadConvolution(*layer.mutable_conv1d(), at, in);
    case v1::Layer::kConv2D:
      return ReadConvolution(*layer.mutable_conv2d(), at, in);
    case v1::Layer::kActivation:
      return ReadActivation(*layer.mutable_activation(), at, at.path, in);
    case v1::Layer::kFlatten:
      return Flattened(in);
    case v1::Layer::kReshape:
      return ReadReshape(*layer.mutable_reshape(), at, in);
    default: {
      const auto* kind = ChosenKind(layer);
      const LayerOp* op = FindOp(LayerFunctions(), kind->name());
      if (op == nullptr) {
        Fault(at.path, "UNSUPPORTED", "this server knows no layer of that name");
        return {};
      }
      return ReadFunction(*op, *layer.GetReflection()->MutableMessage(&layer, kind), at, at.path,
                          inputs);
    }
  }
}

PlanBuilder::Value PlanBuilder::Flattened(const Value& in) const {
  if (!in.known()) return {};
  return {in.node, {Size(in.shape)}};
}

PlanBuilder::Value PlanBuilder::ReadReshape(v1::Reshape& reshape, const LayerAt& at,
                                            const Value& in) {
  const FieldPath path = at.path / "shape";
  Shape shape(reshape.shape().begin(), reshape.shape().end());
  if (shape.empty() || shape.size() > kMostDimensions) {
    Fault(path, "WRONG_LENGTH",
          absl::StrCat("must have 1 to ", kMostDimensions, " dimensions, not ", shape.size()));
    return {};
  }
  int open = -1;
  SaturatingSize given = 1;
  for (size_t d = 0; d < shape.size(); ++d) {
    if (shape[d] == -1 && open < 0) {
      open = static_cast<int>(d);
    } else if (shape[d] < 1) {
      Fault(path[static_cast<int64_t>(d)], "OUT_OF_RANGE",
            absl::StrCat("must be 1 or more, or once -1, not ", shape[d]));
      return {};
    } else {
      given = given * shape[d];
    }
  }
  if (!in.known()) return {};
  const int64_t size = Size(in.shape);
  if (open >= 0) shape[open] = size / given.value();
  if (SizeOf(shape) != size) {
    Fault(path, "WRONG_SHAPE",
          absl::StrCat("must have as many values as ", Text(in.shape), ", ", size));
    return {};
  }
  reshape.mutable_shape()->Assign(shape.begin(), shape.end());
  return {in.node, shape};
}

int64_t PlanBuilder::FanIn(const LayerAt& at, const Value& in) {
  if (!in.known()) return 1;
  if (in.shape.size() == 1) return in.shape[0];
  Fault(
      at.path, "WRONG_SHAPE",
      absl::StrCat("takes [units], not ", Text(in.shape),
                   ": put flatten or a global pool before it, or take a convolution of kernel 1"));
  return 1;
}

PlanBuilder::Value PlanBuilder::ReadDense(v1::Dense& dense, const LayerAt& at, const Value& in) {
  const bool fits = CheckWidth(at.path / "units", dense.units());
  if (!dense.has_activation()) dense.mutable_activation()->mutable_identity();
  const Value flat{in.node, {FanIn(at, in)}};
  const Value z = AddAffine(dense, at, flat, fits ? dense.units() : 1, std::nullopt,
                            WeightInitializerBefore(dense.activation()), /*pieces=*/1);
  return ReadActivation(*dense.mutable_activation(), at, at.path / "activation",
                        in.known() && fits ? z : Value{});
}

PlanBuilder::Value PlanBuilder::ReadMaxout(v1::Maxout& maxout, const LayerAt& at, const Value& in) {
  const LayerOp& op = *FindOp(LayerFunctions(), "maxout");
  bool fits = CheckWidth(at.path / "units", maxout.units());
  Violations out_of_range;
  const int64_t pieces =
      static_cast<int64_t>(ResolveArguments(op.arguments, maxout, at.path, out_of_range)[0]);
  fits = fits && out_of_range.empty() &&
         CheckWidth(at.path / "pieces", (SaturatingSize(maxout.units()) * pieces).value(),
                    "units * pieces ");
  const Value flat{in.node, {FanIn(at, in)}};
  const Value z = AddAffine(maxout, at, flat, fits ? maxout.units() * pieces : 2, std::nullopt,
                            "he", fits ? pieces : 1);
  return ReadFunction(op, maxout, at, at.path, {in.known() && fits ? z : Value{}});
}

template <typename Message>
PlanBuilder::Value PlanBuilder::ReadConvolution(Message& message, const LayerAt& at,
                                                const Value& in) {
  const bool fits = CheckWidth(at.path / "channels", message.channels());
  if (!message.has_activation()) message.mutable_activation()->mutable_identity();
  std::optional<Windows> windows = ReadWindows(message, in.shape, at.path, violations_);
  if (!message.has_groups()) message.set_groups(1);
  const int64_t groups = message.groups();
  bool whole = groups >= 1;
  if (fits && whole) whole = message.channels() % groups == 0;
  if (whole && windows.has_value()) whole = windows->channels % groups == 0;
  if (!whole) {
    Fault(at.path / "groups", "OUT_OF_RANGE",
          absl::StrCat("must divide the input's channels and the layer's own, and ", groups,
                       " does not"));
  }
  const bool known = fits && whole && windows.has_value();
  const int64_t units = known ? message.channels() : 1;
  if (!known) windows = Windows();
  windows->groups = known ? groups : 1;
  Value z = AddAffine(message, at, in, units, windows,
                      WeightInitializerBefore(message.activation()), /*pieces=*/1);
  z.shape = in.shape.size() == 2 ? Shape{windows->width.out, units}
                                 : Shape{windows->height.out, windows->width.out, units};
  return ReadActivation(*message.mutable_activation(), at, at.path / "activation",
                        known ? z : Value{});
}

template <typename Message>
PlanBuilder::Value PlanBuilder::AddAffine(Message& message, const LayerAt& at, const Value& in,
                                          int64_t units, const std::optional<Windows>& windows,
                                          absl::string_view initializer, int64_t pieces) {
  PlanNode node{.kind = PlanNode::Kind::kAffine, .layer = at.index, .inputs = {in.node}};
  node.units = units;
  node.fan_in = windows.has_value() ? windows->fan_in() : in.shape[0];
  node.windows = windows;
  Shape shape{units};
  SaturatingSize fan_out = units;
  if (windows.has_value()) {
    if (in.shape.size() == 3) shape.push_back(windows->height.size);
    shape.push_back(windows->width.size);
    fan_out = fan_out * windows->height.size * windows->width.size;
    shape.push_back(windows->channels / windows->groups);
  } else {
    shape.push_back(in.shape[0]);
  }

  if (!message.has_weight_initializer()) {
    ChooseKind(*message.mutable_weight_initializer(), initializer);
  }
  ParameterBlock weights{.name = at.name + ".weights",
                         .shape = shape,
                         .layer = at.index,
                         .regularized = true,
                         .trained = !at.frozen,
                         .fan_in = node.fan_in,
                         .fan_out = fan_out.value()};
  const SaturatingSize size = SaturatingSize(units) * node.fan_in;
  weights.size = size.value();
  const FieldPath weights_path = at.path / "weight_initializer";
  ReadInitializer(*message.mutable_weight_initializer(), weights_path, weights, violations_);
  node.weights = AddBlock(std::move(weights), size);
  weights_.push_back({weights_path, node.weights, pieces, at.index});

  if (!message.has_use_bias()) message.set_use_bias(true);
  const FieldPath bias_path = at.path / "bias_initializer";
  if (message.use_bias()) {
    ParameterBlock bias{.name = at.name + ".bias",
                        .shape = {units},
                        .size = units,
                        .layer = at.index,
                        .trained = !at.frozen,
                        .fan_in = node.fan_in,
                        .fan_out = fan_out.value()};
    if (message.has_bias_initializer()) {
      ReadInitializer(*message.mutable_bias_initializer(), bias_path, bias, violations_);
      if (bias.initializer != nullptr && bias.initializer->needs_fans) {
        Fault(bias_path / bias.initializer->name, "UNSUPPORTED",
              "is made for weights; a bias takes uniform, normal, constant, given, or none for "
              "zero");
      }
    }
    node.bias = AddBlock(std::move(bias), units);
  } else if (message.has_bias_initializer()) {
    Fault(bias_path, "UNUSED", "must be unset where use_bias is false");
  }
  const int64_t positions = windows.has_value() ? windows->positions() : 1;
  return {AddNode(std::move(node), {positions, units}).node, {units}};
}

PlanBuilder::Value PlanBuilder::ReadFunction(const LayerOp& op, google::protobuf::Message& message,
                                             const LayerAt& at, const FieldPath& path,
                                             const std::vector<Value>& inputs) {
  LayerRequest request{.index = at.index, .frozen = at.frozen};
  request.arguments = ResolveArguments(op.arguments, message, path, violations_);
  bool known = true;
  for (const Value& input : inputs) {
    known = known && input.known();
    request.inputs.push_back(input.shape);
  }
  if (op.windows) {
    const auto windows = ReadWindows(message, inputs[0].shape, path, violations_);
    if (!windows.has_value()) return {};
    request.windows = *windows;
  }
  if (!known) return {};
  std::string fault;
  PlanNode node{.kind = PlanNode::Kind::kFunction, .layer = at.index};
  node.function = op.make(request, fault);
  if (node.function == nullptr) {
    Fault(path, "WRONG_SHAPE", fault);
    return {};
  }
  for (const Value& input : inputs) node.inputs.push_back(input.node);
  for (const FunctionParameter& p : node.function->parameters()) {
    node.blocks.push_back(AddBlock({.name = absl::StrCat(at.name, ".", p.name),
                                    .shape = {p.size},
                                    .layer = at.index,
                                    .regularized = p.regularized,
                                    .trained = p.trained && !at.frozen,
                                    .start = p.start},
                                   p.size));
  }
  Shape shape = node.function->shape();
  return AddNode(std::move(node), std::move(shape));
}

PlanBuilder::Value PlanBuilder::ReadActivation(v1::Activation& activation, const LayerAt& at,
                                               const FieldPath& path, const Value& in) {
  if (const LayerOp* op = ActivationFunction(activation)) {
    const auto* kind = ChosenKind(activation);
    return ReadFunction(*op, *activation.GetReflection()->MutableMessage(&activation, kind), at,
                        path / kind->name(), {in});
  }
  if (activation.has_swish() && activation.swish().regularized()) {
    Fault(path / "swish.regularized", "UNUSED", "must be unset where beta is not learned");
  }
  const auto resolved =
      ResolveOp<ActivationOp>(Activations(), activation, "an activation", path, violations_);
  if (resolved.op == nullptr || !in.known()) return {};
  if (resolved.op->name == "identity") return in;
  PlanNode node{.kind = PlanNode::Kind::kActivation, .layer = at.index, .inputs = {in.node}};
  node.activation = resolved.op;
  node.activation_arguments = resolved.arguments;
  return AddNode(std::move(node), in.shape);
}

PlanBuilder::Value PlanBuilder::AddNode(PlanNode node, Shape shape) {
  node.width = SizeOf(shape);
  node.channels = shape.back();
  plan_->nodes_.push_back(std::move(node));
  return {static_cast<int>(plan_->nodes_.size()) - 1, std::move(shape)};
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
      ResolveOp<LossOp>(Losses(), *output.mutable_loss(), "a loss", at[0] / "loss", violations_);
  plan_->loss_ = loss.op;
  plan_->loss_arguments_ = loss.arguments;
  if (graph.output < 0 || values_.empty()) return;
  output_layer_ = graph.output;
  Value last = values_[graph.output];
  if (loss.op == nullptr || !last.known()) return;
  FuseLink(*loss.op, at[0] / "loss" / loss.op->name, last);
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
          absl::StrCat("takes [classes], not ", Text(last.shape),
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
