#include "core/plan/plan.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "core/base/saturating.h"
#include "core/data/tensor.h"
#include "core/plan/arguments.h"

namespace fnn::core {
namespace {

bool IsLayerName(absl::string_view name) {
  return !name.empty() && name.size() <= 63 && absl::ascii_islower(name[0]) &&
         std::all_of(name.begin(), name.end(),
                     [](char c) { return absl::ascii_isalnum(c) || c == '_'; });
}

}  // namespace

// Goes through the description once, from the input on, filling in defaults and noting every fault.
class PlanBuilder {
 public:
  PlanBuilder(const v1::Network& network, std::optional<int64_t> features, const FieldPath& path)
      : path_(path), plan_(new Plan()) {
    plan_->network_ = network;
    ReadInput(features);
    ReadLayers();
    CheckSymmetry();
    ReadOutput();
  }

  absl::StatusOr<std::shared_ptr<const Plan>> Finish() && {
    if (!violations_.empty()) return violations_.ToStatus();
    return std::shared_ptr<const Plan>(std::move(plan_));
  }

 private:
  void Fault(const FieldPath& path, absl::string_view reason, absl::string_view description) {
    violations_.Add(path, reason, description);
  }

  bool CheckName(const FieldPath& path, absl::string_view name) {
    if (IsLayerName(name)) return true;
    Fault(path / "name", "INVALID_NAME",
          absl::StrCat("must be a lower-case letter, then letters, digits and _, at most 63; ",
                       Echo(name), " is not"));
    return false;
  }

  void ReadInput(std::optional<int64_t> features) {
    auto& inputs = *plan_->network_.mutable_inputs();
    const FieldPath at = path_ / "inputs";
    if (inputs.size() > 1) {
      Fault(at, "UNSUPPORTED", absl::StrCat("must be one at most, not ", inputs.size()));
      return;
    }
    v1::Input& input = inputs.empty() ? *inputs.Add() : inputs[0];
    if (input.name().empty()) input.set_name("input");
    CheckName(at[0], input.name());
    if (input.shape().empty() && features.has_value()) input.add_shape(*features);
    if (input.shape_size() != 1) {
      Fault(at[0] / "shape", "WRONG_SHAPE",
            absl::StrCat("must have one dimension, the number of features, not ",
                         input.shape_size()));
      return;
    }
    if (CheckWidth(at[0] / "shape[0]", input.shape(0))) width_ = input.shape(0);
  }

  bool CheckWidth(const FieldPath& path, int64_t width) {
    if (width >= 1 && width <= Plan::kMostUnits) return true;
    Fault(path, "OUT_OF_RANGE", absl::StrCat("must be 1 to ", Plan::kMostUnits, ", not ", width));
    return false;
  }

  void ReadLayers() {
    auto& layers = *plan_->network_.mutable_layers();
    const FieldPath at = path_ / "layers";
    if (layers.empty()) Fault(at, "EMPTY", "a network needs at least one layer");
    if (layers.size() > Plan::kMostLayers) {
      Fault(at, "OUT_OF_RANGE",
            absl::StrCat("must be ", Plan::kMostLayers, " at most, not ", layers.size()));
      return;
    }
    absl::flat_hash_map<std::string, int> places;
    for (int i = 0; i < layers.size(); ++i) {
      v1::Layer& layer = layers[i];
      const auto* kind = ChosenKind(layer);
      if (kind == nullptr) {
        Fault(at[i], "REQUIRED", absl::StrCat("must choose what it computes: ", KindNames(layer)));
        continue;
      }
      if (layer.name().empty()) layer.set_name(absl::StrCat(kind->name(), "_", i));
      CheckName(at[i], layer.name());
      const auto [place, is_new] = places.emplace(layer.name(), i);
      if (!is_new) {
        Fault(at[i] / "name", "DUPLICATE_NAME",
              absl::StrCat("layer ", place->second, " is called ", Echo(layer.name()), " as well"));
      }
      LayerPlan plan{.name = layer.name(), .fan_in = width_, .units = width_};
      if (layer.has_dense()) {
        ReadDense(*layer.mutable_dense(), at[i] / "dense", plan);
      } else if (layer.has_activation()) {
        SetActivation(*layer.mutable_activation(), at[i] / "activation", plan);
      } else {
        Fault(at[i] / kind->name(), "UNSUPPORTED", "not in this release");
      }
      width_ = plan.units;
      plan_->layers_.push_back(std::move(plan));
    }
    if (parameter_count_.saturated()) {
      Fault(at, "TOO_LARGE", "the network has more parameters than can be counted");
    }
    plan_->parameter_count_ = parameter_count_.value();
    SaturatingSize operations = parameter_count_;
    for (const LayerPlan& layer : plan_->layers_) operations = operations + layer.units;
    plan_->operations_per_row_ = operations.value();
  }

  void SetActivation(v1::Activation& activation, const FieldPath& path, LayerPlan& plan) {
    const auto resolved =
        ResolveOp<ActivationOp>(Activations(), activation, "an activation", path, violations_);
    plan.activation = resolved.op;
    plan.activation_arguments = resolved.arguments;
  }

  void ReadDense(v1::Dense& dense, const FieldPath& path, LayerPlan& plan) {
    if (CheckWidth(path / "units", dense.units())) plan.units = dense.units();
    if (!dense.has_activation()) dense.mutable_activation()->mutable_identity();
    SetActivation(*dense.mutable_activation(), path / "activation", plan);
    plan.affine = true;

    if (!dense.has_weight_initializer() && plan.activation != nullptr) {
      ChooseKind(*dense.mutable_weight_initializer(), plan.activation->weight_initializer);
    }
    ParameterBlock weights{.name = plan.name + ".weights",
                           .shape = {plan.units, plan.fan_in},
                           .regularized = true,
                           .fan_in = plan.fan_in,
                           .fan_out = plan.units};
    if (dense.has_weight_initializer()) {
      SetInitializer(*dense.mutable_weight_initializer(), path / "weight_initializer", weights);
    }
    weights_.push_back({path / "weight_initializer", plan_->parameters_.size()});
    plan.weights_offset = AddBlock(std::move(weights), SaturatingSize(plan.units) * plan.fan_in);

    if (!dense.has_use_bias()) dense.set_use_bias(true);
    if (!dense.use_bias()) {
      if (dense.has_bias_initializer()) {
        Fault(path / "bias_initializer", "UNUSED", "must be unset where use_bias is false");
      }
      return;
    }
    ParameterBlock bias{.name = plan.name + ".bias",
                        .shape = {plan.units},
                        .fan_in = plan.fan_in,
                        .fan_out = plan.units};
    if (dense.has_bias_initializer()) {
      const FieldPath at = path / "bias_initializer";
      SetInitializer(*dense.mutable_bias_initializer(), at, bias);
      if (bias.initializer != nullptr && bias.initializer->needs_fans) {
        Fault(at / bias.initializer->name, "UNSUPPORTED",
              "is made for weights; a bias takes uniform, normal, constant, given, or none for "
              "zero");
      }
    }
    plan.bias_offset = AddBlock(std::move(bias), plan.units);
  }

  void SetInitializer(v1::Initializer& initializer, const FieldPath& path, ParameterBlock& block) {
    const auto resolved =
        ResolveOp<InitializerOp>(Initializers(), initializer, "an initializer", path, violations_);
    block.initializer = resolved.op;
    block.initializer_arguments = resolved.arguments;
    if (resolved.op == nullptr) return;
    const absl::string_view fault = resolved.op->fault(resolved.arguments);
    if (!fault.empty()) Fault(path / resolved.op->name, "OUT_OF_RANGE", fault);
    if (initializer.has_given()) {
      ReadGiven(initializer.given().values(), path / "given.values", block);
    }
    if (resolved.op->fill != nullptr &&
        (SaturatingSize(block.fan_in) * block.fan_out).value() > InitializerOp::kMostFilled) {
      Fault(path / resolved.op->name, "TOO_LARGE",
            absl::StrCat("is for weights of at most ", InitializerOp::kMostFilled, " elements"));
    }
  }

  void ReadGiven(const v1::Tensor& values, const FieldPath& path, ParameterBlock& block) {
    if (!std::equal(values.shape().begin(), values.shape().end(), block.shape.begin(),
                    block.shape.end())) {
      Fault(path / "shape", "WRONG_SHAPE",
            absl::StrCat("must be that of the parameter, [", absl::StrJoin(block.shape, ", "),
                         "], not [", absl::StrJoin(values.shape(), ", "), "]"));
      return;
    }
    absl::StatusOr<Matrix> matrix = ReadTensor(values, OneDimension::kOneColumn, path);
    if (matrix.ok()) {
      block.given = std::move(matrix->values);
    } else {
      Fault(path, "INVALID_VALUES", matrix.status().message());
    }
  }

  // Refuses weights from which nothing is learned. All 0, they pass no gradient to the layers below
  // and none of their own where the layers above are alike; units of a hidden layer that are the
  // same stay the same.
  void CheckSymmetry() {
    for (size_t i = 0; i < weights_.size(); ++i) {
      const ParameterBlock& block = plan_->parameters_[weights_[i].block];
      if (block.initializer == nullptr) continue;
      const absl::string_view fault = SymmetryFault(block, i + 1 < weights_.size());
      if (!fault.empty()) {
        Fault(weights_[i].path / block.initializer->name, "UNBROKEN_SYMMETRY", fault);
      }
    }
  }

  static absl::string_view SymmetryFault(const ParameterBlock& block, bool hidden) {
    const InitializerOp& op = *block.initializer;
    if (op.random) return "";
    // An operator that cannot be told to allow it allows it by its name.
    bool allowed = true;
    for (size_t i = 0; i < op.arguments.size(); ++i) {
      if (op.arguments[i].name == "allow_symmetric") allowed = block.initializer_arguments[i] != 0;
    }
    if (allowed) return "";
    const std::vector<float>& given = block.given;
    // Without given values all are one.
    if (given.empty() && op.name == "given") return "";  // At fault already.
    const bool zero = given.empty()
                          ? op.draw(block.initializer_arguments, {}, 0) == 0
                          : std::all_of(given.begin(), given.end(), [](float w) { return w == 0; });
    if (zero) {
      return "all weights are 0, so units stay alike and no gradient passes: take another "
             "initializer, or ask for it by zeros {}";
    }
    const auto row = [&](int64_t r) { return given.begin() + r * block.fan_in; };
    bool alike = hidden && block.fan_out > 1;
    for (int64_t r = 1; alike && !given.empty() && r < block.fan_out; ++r) {
      alike = std::equal(row(0), row(1), row(r));
    }
    if (!alike) return "";
    return "all units of this hidden layer have the same weights and would learn the same: take "
           "another initializer, or set allow_symmetric";
  }

  // The offset at which the block begins.
  int64_t AddBlock(ParameterBlock block, SaturatingSize size) {
    block.offset = parameter_count_.value();
    block.size = size.value();
    parameter_count_ = parameter_count_ + size;
    plan_->parameters_.push_back(std::move(block));
    return plan_->parameters_.back().offset;
  }

  void ReadOutput() {
    auto& outputs = *plan_->network_.mutable_outputs();
    const FieldPath at = path_ / "outputs";
    if (outputs.size() != 1) {
      Fault(at, outputs.empty() ? "REQUIRED" : "UNSUPPORTED",
            absl::StrCat("must be exactly one, which names the loss, not ", outputs.size()));
      return;
    }
    v1::Output& output = outputs[0];
    const auto& layers = plan_->network_.layers();
    if (!layers.empty()) {
      const std::string& last = layers[layers.size() - 1].name();
      if (output.layer().empty()) output.set_layer(last);
      if (output.layer() != last) {
        Fault(at[0] / "layer", "UNSUPPORTED",
              absl::StrCat("must be the last layer, ", Echo(last), ", not ", Echo(output.layer())));
      }
    }
    const auto loss =
        ResolveOp<LossOp>(Losses(), *output.mutable_loss(), "a loss", at[0] / "loss", violations_);
    plan_->loss_ = loss.op;
    plan_->loss_arguments_ = loss.arguments;
    if (loss.op == nullptr || plan_->layers_.empty()) return;
    FuseLink(*loss.op, at[0] / "loss" / loss.op->name);
    ReadClassNames(output, at[0] / "class_names");
  }

  // The last layer but for identities on their own, which pass on what they are given.
  LayerPlan& LastThatComputes() {
    size_t l = plan_->layers_.size() - 1;
    const auto computes = [](const LayerPlan& layer) {
      return layer.affine || layer.activation == nullptr || layer.activation->name != "identity";
    };
    while (l > 0 && !computes(plan_->layers_[l])) --l;
    return plan_->layers_[l];
  }

  // Drops a last activation that the loss applies itself; refuses one that would be applied twice.
  void FuseLink(const LossOp& loss, const FieldPath& path) {
    LayerPlan& last = LastThatComputes();
    if (last.units < loss.min_outputs) {
      Fault(path, "TOO_FEW_OUTPUTS",
            absl::StrCat("needs at least ", loss.min_outputs, " outputs, and the last layer has ",
                         last.units, "; for two classes and one output take binary_cross_entropy"));
    }
    if (!loss.probabilities || last.activation == nullptr || !last.activation->probabilities) {
      return;
    }
    if (last.activation->name != loss.link) {
      Fault(path, "NOT_LOGITS",
            absl::StrCat("takes logits, but the last activation, ", last.activation->name,
                         ", gives probabilities; use ", loss.link, " or none"));
    } else if (!last.affine) {
      Fault(
          path, "NOT_LOGITS",
          absl::StrCat("takes logits and applies ", loss.link, " itself; drop the last layer, or ",
                       "make ", loss.link, " the activation of the dense layer before it"));
    } else {
      last.activation = FindOp(Activations(), "identity");
    }
  }

  void ReadClassNames(const v1::Output& output, const FieldPath& path) {
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

  struct Weights {
    FieldPath path;  // Of their initialiser.
    size_t block;
  };

  const FieldPath path_;
  std::unique_ptr<Plan> plan_;
  std::vector<Weights> weights_;  // Of each dense layer.
  Violations violations_;
  int64_t width_ = 1;  // Of what the next layer takes; 1 stands in for a width that is at fault.
  SaturatingSize parameter_count_ = 0;
};

absl::StatusOr<std::shared_ptr<const Plan>> Plan::Compile(const v1::Network& network,
                                                          std::optional<int64_t> features,
                                                          const FieldPath& path) {
  return PlanBuilder(network, features, path).Finish();
}

int64_t Plan::DrawingBytes() const {
  int64_t most = 0;
  for (const ParameterBlock& block : parameters_) {
    if (block.initializer == nullptr || block.initializer->fill == nullptr) continue;
    most = std::max(most, block.size * static_cast<int64_t>(sizeof(double)));
  }
  return most;
}

std::string Plan::ClassLabel(int64_t index) const {
  if (index < static_cast<int64_t>(class_names_.size())) return class_names_[index];
  return absl::StrCat(index);
}

absl::Status ValidateNetwork(const v1::Network& network, const FieldPath& path) {
  return Plan::Compile(network, 1, path).status();
}

}  // namespace fnn::core
