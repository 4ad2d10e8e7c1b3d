// How each kind of layer becomes nodes.

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/plan/arguments.h"
#include "core/plan/builder.h"
#include "core/plan/initialization.h"
#include "core/plan/layer_forms.h"
#include "core/plan/windows.h"

namespace fnn::core {
namespace {

// How weights start before an activation, where nothing else is said.
absl::string_view WeightInitializerBefore(const v1::Activation& activation) {
  const auto* kind = ChosenKind(activation);
  if (kind == nullptr) return "xavier";
  if (const auto* op = FindOp(Activations(), kind->name())) return op->weight_initializer;
  const auto* op = FindOp(LayerFunctions(), kind->name());
  return op == nullptr ? "xavier" : op->weight_initializer;
}

}  // namespace

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
          absl::StrCat("must have as many values as ", ToText(in.shape), ", ", size));
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
      absl::StrCat("takes [units], not ", ToText(in.shape),
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
          absl::StrCat("must be 1 to ", Plan::kMostUnits,
                       " and divide the input's channels and the layer's own, not ", groups));
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
  AddVectors(at, node);
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

}  // namespace fnn::core
