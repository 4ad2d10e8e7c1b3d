#include "tests/core/train/random/network.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "core/ops/table.h"
#include "core/plan/arguments.h"
#include "tests/core/testing.h"
#include "tests/core/train/random/arguments.h"
#include "tests/core/train/random/layers.h"

namespace fnn::core {
namespace {

constexpr int64_t kRows = 8;
constexpr double kFeatureBound = 2;

class Generator {
 public:
  explicit Generator(uint64_t seed) : dice_(seed), layers_(dice_, out_.network) {}

  RandomNetwork Draw() {
    DrawInput();
    const int64_t count = dice_.Between(0, 10);
    for (int64_t i = 0; i < count; ++i) layers_.AddSomething();
    Join();
    AddOutput();
    Shuffle();
    DrawOptions();
    DrawData();
    return std::move(out_);
  }

 private:
  void DrawInput() {
    Value input{.name = "input", .shape = {}, .bound = kFeatureBound};
    switch (dice_.Between(0, 3)) {
      case 0:
        input.shape = {dice_.Between(1, 8)};
        break;
      case 1:
        input.shape = {dice_.Between(1, 7), dice_.Between(1, 4)};
        break;
      default:
        input.shape = {dice_.Between(1, 5), dice_.Between(1, 5), dice_.Between(1, 4)};
        break;
    }
    if (input.shape.size() > 1 || dice_.Chance(0.5)) {
      v1::Input& message = *out_.network.add_inputs();
      if (dice_.Chance(0.5)) message.set_name(input.name = "features");
      if (input.shape.size() > 1 || dice_.Chance(0.5)) {
        message.mutable_shape()->Add(input.shape.begin(), input.shape.end());
      }
      if (dice_.Chance(0.4)) {
        message.mutable_scaling()->mutable_standardize();
        input.bound = std::sqrt(static_cast<double>(kRows));
      } else if (dice_.Chance(0.4)) {
        v1::MinMax& range = *message.mutable_scaling()->mutable_min_max();
        if (dice_.Chance(0.5)) range.set_low(dice_.Real(-2, 0.5));
        if (dice_.Chance(0.5)) range.set_high(dice_.Real(0.6, 2));
      }
    }
    layers_.values().push_back(std::move(input));
  }

  // One flat value of all that nobody takes.
  void Join() {
    std::vector<size_t> open;
    for (size_t i = 0; i < layers_.values().size(); ++i) {
      if (!layers_.values()[i].used) open.push_back(i);
    }
    for (size_t& v : open) {
      if (layers_.values()[v].shape.size() > 1)
        v = dice_.Chance(0.6) ? layers_.AddFlatten(v) : layers_.AddGlobalPool(v);
    }
    if (open.size() > 1) {
      int64_t width = 0;
      double bound = 0;
      for (const size_t v : open) {
        width += layers_.values()[v].shape[0];
        bound = std::max(bound, layers_.values()[v].bound);
      }
      v1::Layer& layer = layers_.NewLayer(open);
      layer.mutable_concat();
      open = {layers_.NewValue(layer, open, {width}, bound)};
    }
    last_ = open[0];
    out_.last = layers_.values()[last_].name;
    out_.last_width = layers_.values()[last_].shape[0];
  }

  void AddOutput() {
    const LossOp& loss = dice_.Pick(Losses());
    outputs_ = dice_.Between(loss.min_outputs, 4);
    targets_ = loss.targets;
    const std::vector<size_t> inputs = {last_};
    v1::Layer& layer = layers_.NewLayer(inputs);
    v1::Output& output = *out_.network.add_outputs();
    output.set_layer(layer.name());
    DrawLoss(loss, *output.mutable_loss());
    const int64_t fan_in = out_.last_width;
    const double x = layers_.values()[last_].bound;
    if (loss.name != "poisson" && dice_.Chance(0.1)) {
      layer.mutable_maxout()->set_units(outputs_);
      DrawAffine(dice_, *layer.mutable_maxout(), fan_in, {2 * outputs_, fan_in}, x);
      return;
    }
    v1::Dense& dense = *layer.mutable_dense();
    dense.set_units(outputs_);
    const double bound = DrawAffine(dice_, dense, fan_in, {outputs_, fan_in}, x);
    if (loss.name == "poisson") {
      dense.mutable_activation()->mutable_tanh();  // It takes logarithms.
    } else if (loss.probabilities) {
      // Probabilities are for the loss to make: its own link, or what gives none.
      const std::array kinds = {loss.link, absl::string_view("identity"), absl::string_view("tanh"),
                                absl::string_view("log_softmax")};
      if (dice_.Chance(0.7)) ChooseKind(*dense.mutable_activation(), dice_.Pick(kinds));
    } else if (dice_.Chance(0.7)) {
      DrawActivation(dice_, *dense.mutable_activation(), bound, true, false);
    }
    if (loss.probabilities && dice_.Chance(0.3)) {
      const int64_t classes = outputs_ == 1 ? 2 : outputs_;
      for (int64_t c = 0; c < classes; ++c) output.add_class_names(absl::StrCat("class ", c));
    }
  }

  void DrawLoss(const LossOp& op, v1::Loss& loss) {
    ChooseKind(loss, op.name);
    if (dice_.Chance(0.5)) return;
    if (loss.has_cross_entropy()) loss.mutable_cross_entropy()->set_label_smoothing(0.125);
    if (loss.has_huber()) loss.mutable_huber()->set_delta(dice_.Real(0.1, 2));
    if (loss.has_quantile()) loss.mutable_quantile()->set_quantile(dice_.Real(0.1, 0.9));
    if (loss.has_focal()) loss.mutable_focal()->set_gamma(dice_.Real(0, 3));
  }

  // Layers may be in any order, since each says what it takes.
  void Shuffle() {
    if (dice_.Chance(0.5)) return;
    auto& layers = *out_.network.mutable_layers();
    for (int i = layers.size() - 1; i > 0; --i) {
      layers.SwapElements(i, static_cast<int>(dice_.Between(0, i)));
    }
  }

  void DrawOptions() {
    v1::TrainingOptions& options = out_.options;
    ChooseKind(*options.mutable_optimizer(), dice_.Pick(Optimizers()).name);
    options.mutable_optimizer()->set_learning_rate(0.001);
    options.set_epochs(1);
    options.set_batch_size(kRandomBatch);
    options.set_seed(static_cast<uint64_t>(dice_.Between(0, 1'000'000)));
    options.set_shuffle(dice_.Chance(0.5));
    v1::Regularization& regularization = *options.mutable_regularization();
    if (dice_.Chance(0.3)) regularization.set_l2(0.01);
    if (dice_.Chance(0.2)) regularization.set_l1(0.01);
    if (dice_.Chance(0.2)) regularization.set_max_norm(0.5);
    if (dice_.Chance(0.5)) {
      options.mutable_gradient_clipping()->set_norm(1);
    } else {
      options.mutable_gradient_clipping()->set_value(0.1);
    }
    KeepWhatGoesWithTheOptimizer();
  }

  // Two steps in any case.
  void KeepWhatGoesWithTheOptimizer() {
    v1::TrainingOptions& options = out_.options;
    if (!options.optimizer().has_lbfgs()) return;
    const auto& layers = out_.network.layers();
    if (std::any_of(layers.begin(), layers.end(), [](const auto& l) { return l.has_dropout(); })) {
      options.mutable_optimizer()->mutable_sgd();
      return;
    }
    options.set_epochs(2);
    options.clear_batch_size();
    options.mutable_regularization()->clear_l1();
    options.mutable_regularization()->clear_max_norm();
    options.clear_gradient_clipping();
  }

  void DrawData() {
    const int64_t features = Size(layers_.values()[0].shape);
    const bool classes = outputs_ > 1 && (targets_ == Targets::kDistribution || dice_.Chance(0.3));
    std::vector<float> table;
    for (int64_t r = 0; r < kRows; ++r) {
      for (int64_t c = 0; c < features; ++c) {
        out_.features.push_back(static_cast<float>(dice_.Real(-kFeatureBound, kFeatureBound)));
        table.push_back(out_.features.back());
      }
      if (classes) table.push_back(static_cast<float>(dice_.Between(0, outputs_ - 1)));
      for (int64_t c = 0; c < outputs_ && !classes; ++c) {
        table.push_back(static_cast<float>(DrawTarget(c)));
      }
    }
    out_.data = MakeData(features, classes ? 1 : outputs_, std::move(table));
  }

  double DrawTarget(int64_t output) {
    switch (targets_) {
      case Targets::kAny:
        return dice_.Real(-1, 1);
      case Targets::kNotNegative:
        return static_cast<double>(dice_.Between(0, 3));
      case Targets::kUnitInterval:
        return dice_.Real(0, 1);
      case Targets::kDistribution:
        return output == 0 ? 1 : 0;
      case Targets::kSigns:
        return static_cast<double>(2 * dice_.Between(0, 1) - 1);
    }
    return 0;
  }

  Dice dice_;
  RandomNetwork out_;
  RandomLayers layers_;
  size_t last_ = 0;  // What the output's layer takes.
  int64_t outputs_ = 0;
  Targets targets_ = Targets::kAny;
};

}  // namespace

RandomNetwork DrawNetwork(uint64_t seed) { return Generator(seed).Draw(); }

std::string InputName(const v1::Network& network) {
  const bool named = network.inputs_size() > 0 && !network.inputs(0).name().empty();
  return named ? network.inputs(0).name() : "input";
}

void Shorten(Dice& dice, v1::Network& network) {
  auto& layers = *network.mutable_layers();
  std::string before = InputName(network);
  absl::flat_hash_set<std::string> named;  // By someone who says so.
  for (v1::Layer& layer : layers) {
    if (layer.inputs_size() == 1 && layer.inputs(0) == before && dice.Chance(0.6)) {
      layer.clear_inputs();
    }
    named.insert(layer.inputs().begin(), layer.inputs().end());
    before = layer.name();
  }
  v1::Output& output = *network.mutable_outputs(0);
  if (output.layer() == layers[layers.size() - 1].name() && dice.Chance(0.6)) output.clear_layer();
  named.insert(output.layer());
  for (v1::Layer& layer : layers) {
    if (!named.contains(layer.name()) && dice.Chance(0.6)) layer.clear_name();
  }
}

}  // namespace fnn::core
