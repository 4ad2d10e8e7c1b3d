#include "tests/core/train/random_network.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "core/ops/table.h"
#include "core/plan/arguments.h"
#include "google/protobuf/descriptor.h"
#include "tests/core/testing.h"

namespace fnn::core {
namespace {

constexpr int64_t kRows = 8;
constexpr int64_t kBatch = 4;
constexpr double kFeatureBound = 2;
// A value that may be larger is squashed at once.
constexpr double kMostBound = 1000;
// Layers are put on values up to this depth. One layer, squashing, flattening, joining and the
// output come on top: 8 in all.
constexpr int kDeepest = 3;

using Shape = std::vector<int64_t>;

int64_t Count(const Shape& shape) {
  int64_t count = 1;
  for (const int64_t length : shape) count *= length;
  return count;
}

// What a layer gives, or the input.
struct Value {
  std::string name;
  Shape shape;
  int depth = 0;
  double bound = 0;     // Of its absolute values, as the network starts.
  bool learns = false;  // Whether something up to here has parameters that are trained.
  bool used = false;
};

class Generator {
 public:
  explicit Generator(uint64_t seed) : dice_(seed) {}

  RandomNetwork Draw() {
    DrawInput();
    const int64_t layers = dice_.Between(0, 10);
    for (int64_t i = 0; i < layers; ++i) AddSomething();
    Join();
    AddOutput();
    Shuffle();
    DrawOptions();
    DrawData();
    return std::move(out_);
  }

 private:
  // ---- Values and layers

  // Adds a layer that takes `inputs`; its kind is to be chosen.
  v1::Layer& NewLayer(const std::vector<size_t>& inputs) {
    v1::Layer& layer = *out_.network.add_layers();
    layer.set_name(absl::StrCat("l", values_.size()));
    for (const size_t i : inputs) {
      layer.add_inputs(values_[i].name);
      values_[i].used = true;
    }
    return layer;
  }

  // The value of a layer, from those it takes. Gives its index.
  size_t NewValue(const v1::Layer& layer, const std::vector<size_t>& inputs, Shape shape,
                  double bound, bool learns = false) {
    Value value{.name = layer.name(), .shape = std::move(shape), .bound = bound, .learns = learns};
    for (const size_t i : inputs) {
      value.depth = std::max(value.depth, values_[i].depth + 1);
      value.learns = value.learns || values_[i].learns;
    }
    values_.push_back(std::move(value));
    return values_.size() - 1;
  }

  // Puts a bound on what might become too large.
  size_t Squashed(size_t v) {
    if (values_[v].bound <= kMostBound) return v;
    const std::vector<size_t> inputs = {v};
    v1::Layer& layer = NewLayer(inputs);
    const Shape shape = values_[v].shape;
    if (dice_.Chance(0.3)) {
      layer.mutable_layer_norm()->set_affine(false);
      return NewValue(layer, inputs, shape, std::sqrt(static_cast<double>(shape.back())));
    }
    static constexpr std::array kSquashes = {"tanh", "softsign", "hard_tanh", "softmax"};
    ChooseKind(*layer.mutable_activation(), dice_.Pick(kSquashes));
    return NewValue(layer, inputs, shape, 1);
  }

  void AddSomething() {
    std::vector<size_t> shallow;
    for (size_t i = 0; i < values_.size(); ++i) {
      if (values_[i].depth > kDeepest) continue;
      shallow.push_back(i);
      // Mostly what nobody has taken yet, so that networks become deep.
      if (!values_[i].used) shallow.insert(shallow.end(), 3, i);
    }
    const size_t v = dice_.Pick(shallow);
    Squashed(AddOn(v));
  }

  size_t AddOn(size_t v) {
    const size_t rank = values_[v].shape.size();
    const int64_t roll = dice_.Between(0, 99);
    if (roll < 30) {
      if (rank == 1) return dice_.Chance(0.75) ? AddDense(v) : AddMaxout(v);
      return AddConvolution(v);
    }
    if (roll < 40) return rank == 1 ? AddReshape(v) : AddPool(v);
    if (roll < 48) return rank == 1 ? AddReshape(v) : AddGlobalPool(v);
    if (roll < 52) return rank == 1 ? AddDense(v) : AddFlatten(v);
    if (roll < 55) return AddReshape(v);
    if (roll < 75) return AddElementwise(v);
    return AddCombination(v);
  }

  // A layer after which the shape is the same.
  size_t AddElementwise(size_t v) {
    const std::vector<size_t> inputs = {v};
    const Value x = values_[v];
    v1::Layer& layer = NewLayer(inputs);
    switch (dice_.Between(0, 4)) {
      case 0: {
        const auto drawn = DrawActivation(*layer.mutable_activation(), x.bound, x.learns, false);
        layer.set_frozen(drawn.parameters && dice_.Chance(0.2));
        return NewValue(layer, inputs, x.shape, drawn.bound, drawn.parameters && !layer.frozen());
      }
      case 1: {
        v1::BatchNorm& norm = *layer.mutable_batch_norm();
        if (dice_.Chance(0.3)) norm.set_epsilon(dice_.Real(1e-4, 0.1));
        if (dice_.Chance(0.3)) norm.set_momentum(dice_.Real(0.01, 0.5));
        if (dice_.Chance(0.3)) norm.set_affine(dice_.Chance(0.5));
        layer.set_frozen(dice_.Chance(0.2));
        // In training no more than the root of the number of values.
        const int64_t values = kBatch * Count(x.shape) / x.shape.back();
        const bool learns = (!norm.has_affine() || norm.affine()) && !layer.frozen();
        return NewValue(layer, inputs, x.shape,
                        std::max(x.bound, std::sqrt(static_cast<double>(values))), learns);
      }
      case 2: {
        v1::LayerNorm& norm = *layer.mutable_layer_norm();
        if (dice_.Chance(0.3)) norm.set_epsilon(dice_.Real(1e-4, 0.1));
        if (dice_.Chance(0.3)) norm.set_affine(dice_.Chance(0.5));
        return NewValue(layer, inputs, x.shape, std::sqrt(static_cast<double>(x.shape.back())),
                        !norm.has_affine() || norm.affine());
      }
      case 3: {
        v1::Dropout& dropout = *layer.mutable_dropout();
        if (dice_.Chance(0.7)) dropout.set_rate(dice_.Chance(0.2) ? 0 : dice_.Real(0, 0.9));
        const double rate = dropout.has_rate() ? dropout.rate() : 0.5;
        return NewValue(layer, inputs, x.shape, x.bound / (1 - rate));
      }
      default: {
        v1::DynamicTanh& tanh = *layer.mutable_dynamic_tanh();
        if (dice_.Chance(0.5)) tanh.set_alpha(dice_.Real(-1, 2));
        tanh.set_regularized(dice_.Chance(0.3));
        layer.set_frozen(dice_.Chance(0.1));
        return NewValue(layer, inputs, x.shape, 1, !layer.frozen());
      }
    }
  }

  size_t AddDense(size_t v) {
    const std::vector<size_t> inputs = {v};
    const Value x = values_[v];
    v1::Layer& layer = NewLayer(inputs);
    layer.set_frozen(dice_.Chance(0.1));
    v1::Dense& dense = *layer.mutable_dense();
    dense.set_units(dice_.Between(1, 6));
    const bool even = dense.units() % 2 == 0;
    const double bound = DrawAffine(dense, x.shape[0], {dense.units(), x.shape[0]}, x.bound);
    return FinishAffine(layer, dense, inputs, {dense.units()}, bound, even);
  }

  size_t AddMaxout(size_t v) {
    const std::vector<size_t> inputs = {v};
    const Value x = values_[v];
    v1::Layer& layer = NewLayer(inputs);
    layer.set_frozen(dice_.Chance(0.1));
    v1::Maxout& maxout = *layer.mutable_maxout();
    maxout.set_units(dice_.Between(1, 4));
    if (dice_.Chance(0.5)) maxout.set_pieces(dice_.Between(2, 4));
    const int64_t pieces = maxout.has_pieces() ? maxout.pieces() : 2;
    const double bound =
        DrawAffine(maxout, x.shape[0], {maxout.units() * pieces, x.shape[0]}, x.bound);
    return NewValue(layer, inputs, {maxout.units()}, bound, !layer.frozen());
  }

  // Draws bias and initialisers of a layer with weights of such a shape. Gives a bound of its net
  // input.
  template <typename Affine>
  double DrawAffine(Affine& affine, int64_t fan_in, const Shape& weights, double x) {
    double bound = std::sqrt(6.0 / static_cast<double>(fan_in));  // He, the larger of the defaults.
    if (dice_.Chance(0.5)) {
      bound = DrawInitializer(*affine.mutable_weight_initializer(), weights, false);
    }
    bound *= x * static_cast<double>(fan_in);
    if (dice_.Chance(0.3)) affine.set_use_bias(dice_.Chance(0.5));
    if ((!affine.has_use_bias() || affine.use_bias()) && dice_.Chance(0.3)) {
      bound += DrawInitializer(*affine.mutable_bias_initializer(), {weights[0]}, true);
    }
    return bound;
  }

  // Draws the activation of a layer and makes its value.
  template <typename Affine>
  size_t FinishAffine(v1::Layer& layer, Affine& affine, const std::vector<size_t>& inputs,
                      Shape shape, double bound, bool even) {
    if (dice_.Chance(0.7)) {
      const bool learns = !layer.frozen() || values_[inputs[0]].learns;
      bound = DrawActivation(*affine.mutable_activation(), bound, learns, even).bound;
      if (affine.activation().has_glu()) shape.back() /= 2;
    }
    return NewValue(layer, inputs, std::move(shape), bound, !layer.frozen());
  }

  // One number, or two where they differ or the dice say so.
  void Repeat(const Shape& numbers, google::protobuf::RepeatedField<int64_t>& field) {
    if (numbers[0] == numbers[1] && dice_.Chance(0.5)) {
      field.Add(numbers[0]);
    } else {
      field.Add(numbers.begin(), numbers.end());
    }
  }

  // How windows go over one axis.
  struct Axis {
    int64_t length, window, stride, dilation = 1;
    int64_t before = 0, after = 0;
    int64_t room() const { return (window - 1) * dilation + 1; }
    bool Fits() const { return length + before + after >= room(); }
    int64_t Windows(v1::Padding padding) const {
      if (padding == v1::PADDING_SAME) return (length + stride - 1) / stride;
      return (length + before + after - room()) / stride + 1;
    }
  };

  // Draws windows over the places of `shape`, and how they are padded.
  std::vector<Axis> DrawAxes(const Shape& shape, bool pool, v1::Padding& padding) {
    static constexpr std::array kPaddings = {v1::PADDING_UNSPECIFIED, v1::PADDING_VALID,
                                             v1::PADDING_SAME, v1::PADDING_EXPLICIT};
    padding = dice_.Pick(kPaddings);
    std::vector<Axis> axes;
    for (size_t i = 0; i + 1 < shape.size(); ++i) {
      Axis axis{.length = shape[i], .window = 1, .stride = 1};
      do {
        axis.window = dice_.Between(1, 3);
        axis.stride = dice_.Between(1, 3);
        axis.dilation = pool ? 1 : dice_.Between(1, 2);
        if (padding == v1::PADDING_EXPLICIT) {
          const int64_t most = pool ? axis.window / 2 : 2;
          axis.before = dice_.Between(0, most);
          axis.after = dice_.Between(0, most);
        }
      } while (padding != v1::PADDING_SAME && !axis.Fits());
      axes.push_back(axis);
    }
    return axes;
  }

  static Shape Column(const std::vector<Axis>& axes, int64_t Axis::*number) {
    Shape out;
    for (const Axis& axis : axes) out.push_back(axis.*number);
    return out;
  }

  // In one of the forms that say the same.
  template <typename Message>
  void WritePadding(const std::vector<Axis>& axes, v1::Padding padding, Message& message) {
    message.set_padding(padding);
    if (padding != v1::PADDING_EXPLICIT) return;
    auto& field = *message.mutable_explicit_padding();
    Shape ends;
    for (const Axis& axis : axes) ends.insert(ends.end(), {axis.before, axis.after});
    const auto all_are = [&](int64_t n) {
      return std::all_of(ends.begin(), ends.end(), [n](int64_t end) { return end == n; });
    };
    const bool alike = std::all_of(axes.begin(), axes.end(),
                                   [](const Axis& axis) { return axis.before == axis.after; });
    if (all_are(ends[0]) && dice_.Chance(0.5)) {
      field.Add(ends[0]);
    } else if (axes.size() == 2 && alike && dice_.Chance(0.5)) {
      field.Add(axes[0].before);
      field.Add(axes[1].before);
    } else {
      field.Add(ends.begin(), ends.end());
    }
  }

  static Shape Windowed(const std::vector<Axis>& axes, v1::Padding padding, int64_t channels) {
    Shape out;
    for (const Axis& axis : axes) out.push_back(axis.Windows(padding));
    out.push_back(channels);
    return out;
  }

  size_t AddConvolution(size_t v) {
    const std::vector<size_t> inputs = {v};
    const Value x = values_[v];
    v1::Layer& layer = NewLayer(inputs);
    layer.set_frozen(dice_.Chance(0.1));
    v1::Padding padding{};
    const std::vector<Axis> axes = DrawAxes(x.shape, false, padding);
    if (axes.size() == 1) {
      v1::Conv1D& conv = *layer.mutable_conv1d();
      conv.set_kernel(axes[0].window);
      if (axes[0].stride != 1 || dice_.Chance(0.3)) conv.set_stride(axes[0].stride);
      if (axes[0].dilation != 1 || dice_.Chance(0.3)) conv.set_dilation(axes[0].dilation);
      return FinishConvolution(layer, conv, axes, padding, inputs);
    }
    v1::Conv2D& conv = *layer.mutable_conv2d();
    Repeat(Column(axes, &Axis::window), *conv.mutable_kernel());
    const Shape ones = {1, 1};
    const Shape strides = Column(axes, &Axis::stride);
    const Shape dilations = Column(axes, &Axis::dilation);
    if (strides != ones || dice_.Chance(0.3)) Repeat(strides, *conv.mutable_stride());
    if (dilations != ones || dice_.Chance(0.3)) Repeat(dilations, *conv.mutable_dilation());
    return FinishConvolution(layer, conv, axes, padding, inputs);
  }

  template <typename Convolution>
  size_t FinishConvolution(v1::Layer& layer, Convolution& conv, const std::vector<Axis>& axes,
                           v1::Padding padding, const std::vector<size_t>& inputs) {
    const Value x = values_[inputs[0]];
    WritePadding(axes, padding, conv);
    int64_t groups = 1;
    if (dice_.Chance(0.4)) {
      groups = dice_.Between(1, x.shape.back());
      while (x.shape.back() % groups != 0) --groups;
      conv.set_groups(groups);
    }
    conv.set_channels(groups * dice_.Between(1, std::max<int64_t>(1, 4 / groups)));
    Shape weights = {conv.channels()};
    for (const Axis& axis : axes) weights.push_back(axis.window);
    weights.push_back(x.shape.back() / groups);
    const int64_t fan_in = Count(weights) / conv.channels();
    const double bound = DrawAffine(conv, fan_in, weights, x.bound);
    return FinishAffine(layer, conv, inputs, Windowed(axes, padding, conv.channels()), bound,
                        conv.channels() % 2 == 0);
  }

  size_t AddPool(size_t v) {
    const std::vector<size_t> inputs = {v};
    const Value x = values_[v];
    v1::Layer& layer = NewLayer(inputs);
    v1::Padding padding{};
    std::vector<Axis> axes = DrawAxes(x.shape, true, padding);
    const bool own_stride = dice_.Chance(0.5);
    for (Axis& axis : axes) axis.stride = own_stride ? axis.stride : axis.window;
    const auto write_1d = [&](auto& pool) {
      pool.set_window(axes[0].window);
      if (own_stride) pool.set_stride(axes[0].stride);
      WritePadding(axes, padding, pool);
    };
    const auto write_2d = [&](auto& pool) {
      Repeat(Column(axes, &Axis::window), *pool.mutable_window());
      if (own_stride) Repeat(Column(axes, &Axis::stride), *pool.mutable_stride());
      WritePadding(axes, padding, pool);
    };
    const bool largest = dice_.Chance(0.5);
    if (axes.size() == 1 && largest) {
      write_1d(*layer.mutable_max_pool1d());
    } else if (axes.size() == 1) {
      write_1d(*layer.mutable_average_pool1d());
    } else if (largest) {
      write_2d(*layer.mutable_max_pool2d());
    } else {
      write_2d(*layer.mutable_average_pool2d());
    }
    return NewValue(layer, inputs, Windowed(axes, padding, x.shape.back()), x.bound);
  }

  size_t AddGlobalPool(size_t v) {
    const std::vector<size_t> inputs = {v};
    v1::Layer& layer = NewLayer(inputs);
    if (dice_.Chance(0.5)) {
      layer.mutable_global_max_pool();
    } else {
      layer.mutable_global_average_pool();
    }
    return NewValue(layer, inputs, {values_[v].shape.back()}, values_[v].bound);
  }

  size_t AddFlatten(size_t v) {
    const std::vector<size_t> inputs = {v};
    v1::Layer& layer = NewLayer(inputs);
    layer.mutable_flatten();
    return NewValue(layer, inputs, {Count(values_[v].shape)}, values_[v].bound);
  }

  size_t AddReshape(size_t v) {
    const std::vector<size_t> inputs = {v};
    v1::Layer& layer = NewLayer(inputs);
    Shape shape;
    int64_t left = Count(values_[v].shape);
    for (int64_t more = dice_.Between(0, 2); more > 0; --more) {
      int64_t length = dice_.Between(1, std::min<int64_t>(left, 6));
      while (left % length != 0) --length;
      shape.push_back(length);
      left /= length;
    }
    shape.push_back(left);
    layer.mutable_reshape()->mutable_shape()->Add(shape.begin(), shape.end());
    if (dice_.Chance(0.4)) {
      layer.mutable_reshape()->set_shape(static_cast<int>(dice_.Between(0, shape.size() - 1)), -1);
    }
    return NewValue(layer, inputs, shape, values_[v].bound);
  }

  // add, multiply or concat of what fits beside `v`: what there is, or what is made for it.
  size_t AddCombination(size_t v) {
    const int64_t roll = dice_.Between(0, 2);
    const bool concat = roll == 2;
    const auto fits = [&](const Shape& shape) {
      const Shape& own = values_[v].shape;
      if (!concat) return shape == own;
      return shape.size() == own.size() && std::equal(own.begin(), own.end() - 1, shape.begin());
    };
    std::vector<size_t> inputs = {v};
    for (size_t i = 0; i < values_.size() && inputs.size() < 4; ++i) {
      const bool same = i == v;  // A value may be taken twice.
      if (!fits(values_[i].shape) || values_[i].depth > kDeepest) continue;
      if (dice_.Chance(same ? 0.05 : 0.5)) inputs.push_back(i);
    }
    if (inputs.size() < 2) {
      const size_t made = Squashed(AddElementwise(v));
      if (values_[made].depth > kDeepest) return made;
      inputs.push_back(made);
    }
    std::rotate(inputs.begin(), inputs.begin() + dice_.Between(0, 1), inputs.end());

    Shape shape = values_[v].shape;
    shape.back() = concat ? 0 : shape.back();
    double sum = 0;
    double product = 1;
    double largest = 0;
    for (const size_t i : inputs) {
      const Value& x = values_[i];
      if (concat) shape.back() += x.shape.back();
      sum += x.bound;
      product *= x.bound;
      largest = std::max(largest, x.bound);
    }
    v1::Layer& layer = NewLayer(inputs);
    if (concat) {
      layer.mutable_concat();
    } else if (roll == 1) {
      layer.mutable_multiply();
    } else {
      layer.mutable_add();
    }
    return NewValue(layer, inputs, shape, concat ? largest : roll == 1 ? product : sum);
  }

  // ---- What layers are made of

  struct DrawnActivation {
    double bound;
    bool parameters;  // Whether it has some of its own.
  };

  // `learns`: whether something before it would learn. `even`: whether units may be halved.
  DrawnActivation DrawActivation(v1::Activation& activation, double x, bool learns, bool even) {
    const auto* kinds = v1::Activation::descriptor()->FindOneofByName("kind");
    const double e = std::exp(std::min(x, 20.0));
    do {
      const auto field = dice_.Between(0, kinds->field_count() - 1);
      ChooseKind(activation, kinds->field(static_cast<int>(field))->name());
      if (!learns && dice_.Chance(0.1)) activation.mutable_step();
      // Not a slope that is missed, an odd number of units halved, a power too high.
    } while ((activation.has_step() && learns) || (activation.has_glu() && !even) ||
             (activation.has_exponential() && x > 5));
    const bool given = dice_.Chance(0.5);
    switch (activation.kind_case()) {
      case v1::Activation::kLogistic:
      case v1::Activation::kTanh:
      case v1::Activation::kSoftmax:
      case v1::Activation::kHardLogistic:
      case v1::Activation::kHardTanh:
      case v1::Activation::kSoftsign:
      case v1::Activation::kStep:
        return {1, false};
      case v1::Activation::kRelu6:
        return {6, false};
      case v1::Activation::kExponential:
        return {e, false};
      case v1::Activation::kLeakyRelu:
        if (given) activation.mutable_leaky_relu()->set_gamma(dice_.Real(0, 1));
        return {x, false};
      case v1::Activation::kElu:
        if (given) activation.mutable_elu()->set_gamma(dice_.Real(0, 1));
        return {std::max(x, 1.0), false};
      case v1::Activation::kSelu:
        return {1.1 * std::max(x, 1.7), false};
      case v1::Activation::kCelu:
        if (given) activation.mutable_celu()->set_alpha(dice_.Real(0.1, 2));
        return {std::max(x, 2.0), false};
      case v1::Activation::kSquareplus:
        if (given) activation.mutable_squareplus()->set_b(dice_.Real(0.1, 4));
        return {x + 2, false};
      case v1::Activation::kSwish: {
        v1::Swish& swish = *activation.mutable_swish();
        if (given) swish.set_beta(dice_.Real(-1, 2));
        swish.set_learned(dice_.Chance(0.5));
        swish.set_regularized(swish.learned() && dice_.Chance(0.3));
        return {x, swish.learned()};
      }
      case v1::Activation::kGelu:
        if (given) activation.mutable_gelu()->set_mean(dice_.Real(-1, 1));
        if (given) activation.mutable_gelu()->set_standard_deviation(dice_.Real(0.5, 2));
        return {x, false};
      case v1::Activation::kSoftShrink:
        if (given) activation.mutable_soft_shrink()->set_threshold(dice_.Real(0, 1));
        return {x, false};
      case v1::Activation::kHardShrink:
        if (given) activation.mutable_hard_shrink()->set_threshold(dice_.Real(0, 1));
        return {x, false};
      case v1::Activation::kThreshold:
        activation.mutable_threshold()->set_threshold(dice_.Real(-1, 1));
        activation.mutable_threshold()->set_value(dice_.Real(-1, 1));
        return {std::max(x, 1.0), false};
      case v1::Activation::kSoftplus:
      case v1::Activation::kLogSigmoid:
        return {x + 1, false};
      case v1::Activation::kLogSoftmax:
        return {2 * x + 5, false};
      case v1::Activation::kPrelu:
        if (given) activation.mutable_prelu()->set_gamma(dice_.Real(-1, 1));
        activation.mutable_prelu()->set_regularized(dice_.Chance(0.3));
        return {x, true};
      default:  // Nothing that is more than the identity.
        return {x, false};
    }
  }

  // Gives a bound of what it draws; normal draws do not come near 8 standard deviations.
  double DrawInitializer(v1::Initializer& initializer, const Shape& shape, bool bias) {
    const double fan_in = static_cast<double>(Count(shape)) / static_cast<double>(shape[0]);
    const auto distribution = static_cast<v1::Distribution>(dice_.Between(0, 2));
    switch (dice_.Between(bias ? 4 : 0, 8)) {
      case 0:
        initializer.mutable_xavier()->set_distribution(distribution);
        return 8 * std::sqrt(2 / fan_in);
      case 1:
        initializer.mutable_he()->set_distribution(distribution);
        return 8 * std::sqrt(2 / fan_in);
      case 2:
        initializer.mutable_lecun()->set_distribution(distribution);
        return 8 * std::sqrt(1 / fan_in);
      case 3:
        if (dice_.Chance(0.5)) initializer.mutable_orthogonal()->set_gain(dice_.Real(0.5, 2));
        initializer.mutable_orthogonal();
        return 2;
      case 4:
        initializer.mutable_uniform();
        if (dice_.Chance(0.5)) initializer.mutable_uniform()->set_low(dice_.Real(-0.5, -0.1));
        return 0.5;
      case 5:
        initializer.mutable_normal();
        if (dice_.Chance(0.5)) initializer.mutable_normal()->set_standard_deviation(0.1);
        return 0.8;
      case 6:
        // Weights that are all alike have to be asked for.
        initializer.mutable_constant()->set_value(0.125);
        initializer.mutable_constant()->set_allow_symmetric(!bias);
        return 0.125;
      case 7:
        initializer.mutable_zeros();
        return 0;
      default: {
        v1::Tensor& tensor = *initializer.mutable_given()->mutable_values();
        std::vector<float> values(Count(shape));
        for (float& value : values) value = static_cast<float>(dice_.Real(-0.5, 0.5));
        tensor.mutable_shape()->Add(shape.begin(), shape.end());
        tensor.set_data_type(v1::DATA_TYPE_FLOAT32);
        tensor.mutable_data()->resize(values.size() * sizeof(float));
        std::memcpy(tensor.mutable_data()->data(), values.data(), values.size() * sizeof(float));
        return 0.5;
      }
    }
  }

  // ---- Both ends

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
    values_.push_back(std::move(input));
  }

  // One flat value of all that nobody takes.
  void Join() {
    std::vector<size_t> open;
    for (size_t i = 0; i < values_.size(); ++i) {
      if (!values_[i].used) open.push_back(i);
    }
    for (size_t& v : open) {
      if (values_[v].shape.size() > 1) v = dice_.Chance(0.6) ? AddFlatten(v) : AddGlobalPool(v);
    }
    if (open.size() > 1) {
      int64_t width = 0;
      double bound = 0;
      for (const size_t v : open) {
        width += values_[v].shape[0];
        bound = std::max(bound, values_[v].bound);
      }
      v1::Layer& layer = NewLayer(open);
      layer.mutable_concat();
      open = {NewValue(layer, open, {width}, bound)};
    }
    last_ = open[0];
    out_.last = values_[last_].name;
    out_.last_width = values_[last_].shape[0];
  }

  void AddOutput() {
    const LossOp& loss = dice_.Pick(Losses());
    outputs_ = dice_.Between(loss.min_outputs, 4);
    targets_ = loss.targets;
    const std::vector<size_t> inputs = {last_};
    v1::Layer& layer = NewLayer(inputs);
    v1::Output& output = *out_.network.add_outputs();
    output.set_layer(layer.name());
    DrawLoss(loss, *output.mutable_loss());
    const int64_t fan_in = out_.last_width;
    const double x = values_[last_].bound;
    if (loss.name != "poisson" && dice_.Chance(0.1)) {
      layer.mutable_maxout()->set_units(outputs_);
      DrawAffine(*layer.mutable_maxout(), fan_in, {2 * outputs_, fan_in}, x);
      return;
    }
    v1::Dense& dense = *layer.mutable_dense();
    dense.set_units(outputs_);
    const double bound = DrawAffine(dense, fan_in, {outputs_, fan_in}, x);
    if (loss.name == "poisson") {
      dense.mutable_activation()->mutable_tanh();  // It takes logarithms.
    } else if (loss.probabilities) {
      // Probabilities are for the loss to make: its own link, or what gives none.
      const std::array kinds = {loss.link, absl::string_view("identity"), absl::string_view("tanh"),
                                absl::string_view("log_softmax")};
      if (dice_.Chance(0.7)) ChooseKind(*dense.mutable_activation(), dice_.Pick(kinds));
    } else if (dice_.Chance(0.7)) {
      DrawActivation(*dense.mutable_activation(), bound, true, false);
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
    options.set_batch_size(kBatch);
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
    const int64_t features = Count(values_[0].shape);
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
  std::vector<Value> values_;  // The input, then one of each layer.
  size_t last_ = 0;            // What the output's layer takes.
  int64_t outputs_ = 0;
  Targets targets_ = Targets::kAny;
};

// ---- Faults
// --------------------------------------------------------------------------------------

std::string InputName(const v1::Network& network) {
  const bool named = network.inputs_size() > 0 && !network.inputs(0).name().empty();
  return named ? network.inputs(0).name() : "input";
}

// The message of the input, whether or not it was left away.
v1::Input& TheInput(RandomNetwork& n) {
  return n.network.inputs().empty() ? *n.network.add_inputs() : *n.network.mutable_inputs(0);
}

v1::Layer& OutputLayer(v1::Network& network) {
  for (v1::Layer& layer : *network.mutable_layers()) {
    if (layer.name() == network.outputs(0).layer()) return layer;
  }
  return *network.mutable_layers(0);
}

// Puts a layer between what the output's layer took and that layer; its kind is to be chosen.
v1::Layer& Splice(RandomNetwork& n) {
  v1::Layer& layer = *n.network.add_layers();
  layer.set_name(absl::StrCat("fault_", n.network.layers_size()));
  layer.add_inputs(n.last);
  n.last = layer.name();
  OutputLayer(n.network).set_inputs(0, n.last);
  return layer;
}

// As Splice, a reshape to places of one channel each, [length, 1], or as asked.
void SpliceReshape(RandomNetwork& n, const Shape& shape) {
  Splice(n).mutable_reshape()->mutable_shape()->Add(shape.begin(), shape.end());
}
void SpliceLine(RandomNetwork& n) { SpliceReshape(n, {n.last_width, 1}); }
void SpliceImage(RandomNetwork& n) { SpliceReshape(n, {n.last_width, 1, 1}); }
// And back.
void SpliceFlatten(RandomNetwork& n) { Splice(n).mutable_flatten(); }

// A layer beside the way to the output, that takes what the output's layer takes.
v1::Layer& Beside(RandomNetwork& n) {
  v1::Layer& layer = *n.network.add_layers();
  layer.set_name(absl::StrCat("fault_", n.network.layers_size()));
  layer.add_inputs(n.last);
  return layer;
}

v1::Layer& AnyLayer(Dice& dice, RandomNetwork& n) {
  return *n.network.mutable_layers(static_cast<int>(dice.Between(0, n.network.layers_size() - 1)));
}

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

int64_t WrongWidth(Dice& dice) {
  static constexpr std::array<int64_t, 6> kWidths = {
      0, -1, (1 << 24) + 1, int64_t{1} << 40, INT64_MAX, INT64_MIN};
  return dice.Pick(kWidths);
}

// A convolution with nothing wrong yet; SpliceFlatten is to follow.
v1::Conv1D& SpliceConv1D(RandomNetwork& n) {
  SpliceLine(n);
  v1::Conv1D& conv = *Splice(n).mutable_conv1d();
  conv.set_channels(2);
  conv.set_kernel(1);
  return conv;
}
v1::Conv2D& SpliceConv2D(RandomNetwork& n) {
  SpliceImage(n);
  v1::Conv2D& conv = *Splice(n).mutable_conv2d();
  conv.set_channels(2);
  conv.add_kernel(1);
  return conv;
}

void AddBadArgument(Dice& dice, v1::Activation& activation) {
  switch (dice.Between(0, 9)) {
    case 0:
      return activation.mutable_leaky_relu()->set_gamma(kNan);
    case 1:
      return activation.mutable_elu()->set_gamma(-1);
    case 2:
      return activation.mutable_celu()->set_alpha(0);
    case 3:
      return activation.mutable_squareplus()->set_b(kInfinity);
    case 4:
      return activation.mutable_swish()->set_beta(kNan);
    case 5:
      return activation.mutable_gelu()->set_standard_deviation(0);
    case 6:
      return activation.mutable_soft_shrink()->set_threshold(-0.5);
    case 7:
      return activation.mutable_threshold()->set_value(kInfinity);
    case 8:
      return activation.mutable_prelu()->set_gamma(kNan);
    default:
      return activation.mutable_gelu()->set_mean(-kInfinity);
  }
}

constexpr NetworkFault kFaults[] = {
    // Names and the graph.
    {"an input that is not there",
     [](Dice& dice, RandomNetwork& n) { AnyLayer(dice, n).set_inputs(0, "nobody"); }},
    {"an input of no name",
     [](Dice& dice, RandomNetwork& n) { AnyLayer(dice, n).set_inputs(0, ""); }},
    {"a layer that takes itself",
     [](Dice& dice, RandomNetwork& n) {
       v1::Layer& layer = AnyLayer(dice, n);
       layer.set_inputs(0, layer.name());
     }},
    {"a cycle of two",
     [](Dice& /*dice*/, RandomNetwork& n) {
       v1::Layer& first = Splice(n);
       first.mutable_add();
       const std::string name = first.name();
       Splice(n).mutable_activation()->mutable_tanh();
       for (v1::Layer& layer : *n.network.mutable_layers()) {
         if (layer.name() == name) layer.add_inputs(n.last);
       }
     }},
    {"a cycle that nothing comes into",
     [](Dice& /*dice*/, RandomNetwork& n) {
       v1::Layer& a = *n.network.add_layers();
       a.set_name("a");
       a.add_inputs("b");
       a.mutable_flatten();
       v1::Layer& b = *n.network.add_layers();
       b.set_name("b");
       b.add_inputs("a");
       b.mutable_flatten();
     }},
    {"two layers of one name",
     [](Dice& dice, RandomNetwork& n) {
       const std::string name = AnyLayer(dice, n).name();
       v1::Layer& layer = Splice(n);
       layer.mutable_activation()->mutable_tanh();
       layer.set_name(name);
       OutputLayer(n.network).set_inputs(0, name);
     }},
    {"a layer that is called as the input",
     [](Dice& /*dice*/, RandomNetwork& n) {
       v1::Layer& layer = Splice(n);
       layer.mutable_activation()->mutable_tanh();
       layer.set_name(InputName(n.network));
       OutputLayer(n.network).set_inputs(0, layer.name());
     }},
    {"a name of wrong letters",
     [](Dice& dice, RandomNetwork& n) {
       static const auto* const kNames = new std::vector<std::string>{
           "Upper", "1", "_", "with blank", "a.b", "a-b", std::string(64, 'a'), "\xc3\xa4"};
       v1::Layer& layer = Splice(n);
       layer.mutable_activation()->mutable_tanh();
       layer.set_name(dice.Pick(*kNames));
       OutputLayer(n.network).set_inputs(0, layer.name());
     }},
    {"a layer that nobody needs",
     [](Dice& /*dice*/, RandomNetwork& n) { Beside(n).mutable_dense()->set_units(2); }},
    {"two layers that nobody needs",
     [](Dice& /*dice*/, RandomNetwork& n) {
       v1::Layer& first = Beside(n);
       first.mutable_activation()->mutable_tanh();
       const std::string name = first.name();
       v1::Layer& second = Beside(n);
       second.set_inputs(0, name);
       second.mutable_activation()->mutable_tanh();
     }},
    {"a layer without a kind", [](Dice& dice, RandomNetwork& n) { AnyLayer(dice, n).clear_kind(); }},
    {"an output that another layer takes",
     [](Dice& /*dice*/, RandomNetwork& n) {
       v1::Layer& layer = Beside(n);
       layer.set_inputs(0, n.network.outputs(0).layer());
       layer.mutable_activation()->mutable_identity();
     }},
    {"an output of a layer that is not there",
     [](Dice& /*dice*/, RandomNetwork& n) { n.network.mutable_outputs(0)->set_layer("nobody"); }},
    {"no layer", [](Dice& /*dice*/, RandomNetwork& n) { n.network.clear_layers(); }},
    {"no output", [](Dice& /*dice*/, RandomNetwork& n) { n.network.clear_outputs(); }},
    {"two outputs",
     [](Dice& /*dice*/, RandomNetwork& n) { *n.network.add_outputs() = n.network.outputs(0); }},
    {"no loss", [](Dice& /*dice*/, RandomNetwork& n) {
       n.network.mutable_outputs(0)->mutable_loss()->clear_kind();
     }},
    {"too many class names",
     [](Dice& /*dice*/, RandomNetwork& n) {
       for (int i = 0; i < 9; ++i) {
         n.network.mutable_outputs(0)->add_class_names(absl::StrCat("more ", i));
       }
     }},
    // The input.
    {"two inputs",
     [](Dice& /*dice*/, RandomNetwork& n) {
       TheInput(n);
       n.network.add_inputs()->set_name("second");
     }},
    {"an input of four dimensions",
     [](Dice& /*dice*/, RandomNetwork& n) {
       v1::Input& input = TheInput(n);
       while (input.shape_size() < 4) input.add_shape(1);
     }},
    {"an input of a wrong length",
     [](Dice& dice, RandomNetwork& n) {
       v1::Input& input = TheInput(n);
       if (input.shape().empty()) input.add_shape(1);
       input.set_shape(0, WrongWidth(dice));
     }},
    {"scaling of no kind",
     [](Dice& /*dice*/, RandomNetwork& n) { TheInput(n).mutable_scaling()->clear_kind(); }},
    {"a range that is empty",
     [](Dice& dice, RandomNetwork& n) {
       v1::MinMax& range = *TheInput(n).mutable_scaling()->mutable_min_max();
       range.set_low(dice.Chance(0.5) ? 1 : 2);
       range.clear_high();  // 1.
     }},
    {"a range without an end",
     [](Dice& dice, RandomNetwork& n) {
       v1::MinMax& range = *TheInput(n).mutable_scaling()->mutable_min_max();
       if (dice.Chance(0.5)) {
         range.set_high(dice.Chance(0.5) ? kInfinity : kNan);
       } else {
         range.set_low(dice.Chance(0.5) ? -kInfinity : kNan);
       }
     }},
    // How many inputs, and of what shape.
    {"add of one",
     [](Dice& /*dice*/, RandomNetwork& n) { Splice(n).mutable_add(); }},
    {"multiply of one",
     [](Dice& /*dice*/, RandomNetwork& n) { Splice(n).mutable_multiply(); }},
    {"concat of one",
     [](Dice& /*dice*/, RandomNetwork& n) { Splice(n).mutable_concat(); }},
    {"concat of 65",
     [](Dice& /*dice*/, RandomNetwork& n) {
       const std::string last = n.last;
       v1::Layer& layer = Splice(n);
       layer.mutable_concat();
       for (int i = 0; i < 64; ++i) layer.add_inputs(last);
     }},
    {"two inputs to a layer of one",
     [](Dice& /*dice*/, RandomNetwork& n) {
       const std::string last = n.last;
       v1::Layer& layer = Splice(n);
       layer.mutable_dense()->set_units(2);
       layer.add_inputs(last);
     }},
    {"add of shapes that differ",
     [](Dice& dice, RandomNetwork& n) {
       v1::Layer& other = Beside(n);
       other.mutable_dense()->set_units(n.last_width + 1);
       const std::string name = other.name();
       v1::Layer& layer = Splice(n);
       layer.add_inputs(name);
       if (dice.Chance(0.5)) {
         layer.mutable_add();
       } else {
         layer.mutable_multiply();
       }
     }},
    {"combination of ranks that differ",
     [](Dice& dice, RandomNetwork& n) {
       v1::Layer& other = Beside(n);
       other.mutable_reshape()->add_shape(n.last_width);
       other.mutable_reshape()->add_shape(1);
       const std::string name = other.name();
       v1::Layer& layer = Splice(n);
       layer.add_inputs(name);
       if (dice.Chance(0.5)) {
         layer.mutable_concat();
       } else {
         layer.mutable_add();
       }
     }},
    {"concat of places that differ",
     [](Dice& /*dice*/, RandomNetwork& n) {
       v1::Layer& other = Beside(n);
       other.mutable_dense()->set_units(n.last_width + 1);
       const std::string dense = other.name();
       v1::Layer& line = Beside(n);
       line.set_inputs(0, dense);
       line.mutable_reshape()->add_shape(n.last_width + 1);
       line.mutable_reshape()->add_shape(1);
       const std::string name = line.name();
       SpliceLine(n);
       v1::Layer& layer = Splice(n);
       layer.add_inputs(name);
       layer.mutable_concat();
       SpliceFlatten(n);
     }},
    {"dense on a line",
     [](Dice& /*dice*/, RandomNetwork& n) {
       SpliceLine(n);
       Splice(n).mutable_dense()->set_units(2);
     }},
    {"dense or maxout on an image",
     [](Dice& /*dice*/, RandomNetwork& n) { SpliceImage(n); }},
    {"conv1d on [units]",
     [](Dice& /*dice*/, RandomNetwork& n) {
       v1::Conv1D& conv = *Splice(n).mutable_conv1d();
       conv.set_channels(1);
       conv.set_kernel(1);
     }},
    {"conv1d on an image",
     [](Dice& /*dice*/, RandomNetwork& n) {
       SpliceImage(n);
       v1::Conv1D& conv = *Splice(n).mutable_conv1d();
       conv.set_channels(1);
       conv.set_kernel(1);
       SpliceFlatten(n);
     }},
    {"conv2d on a line",
     [](Dice& /*dice*/, RandomNetwork& n) {
       SpliceLine(n);
       v1::Conv2D& conv = *Splice(n).mutable_conv2d();
       conv.set_channels(1);
       conv.add_kernel(1);
       SpliceFlatten(n);
     }},
    {"a pool over length on an image",
     [](Dice& dice, RandomNetwork& n) {
       SpliceImage(n);
       v1::Layer& layer = Splice(n);
       if (dice.Chance(0.5)) {
         layer.mutable_max_pool1d()->set_window(1);
       } else {
         layer.mutable_average_pool1d()->set_window(1);
       }
       SpliceFlatten(n);
     }},
    {"a pool over an image on a line",
     [](Dice& dice, RandomNetwork& n) {
       SpliceLine(n);
       v1::Layer& layer = Splice(n);
       if (dice.Chance(0.5)) {
         layer.mutable_max_pool2d()->add_window(1);
       } else {
         layer.mutable_average_pool2d()->add_window(1);
       }
       SpliceFlatten(n);
     }},
    // Widths and windows.
    {"dense of a wrong width",
     [](Dice& dice, RandomNetwork& n) { Splice(n).mutable_dense()->set_units(WrongWidth(dice)); }},
    {"maxout of a wrong width",
     [](Dice& dice, RandomNetwork& n) { Splice(n).mutable_maxout()->set_units(WrongWidth(dice)); }},
    {"maxout of a wrong number of pieces",
     [](Dice& dice, RandomNetwork& n) {
       static constexpr std::array<int64_t, 4> kPieces = {0, 1, -2, 1025};
       v1::Maxout& maxout = *Splice(n).mutable_maxout();
       maxout.set_units(2);
       maxout.set_pieces(dice.Pick(kPieces));
     }},
    {"maxout too wide by its pieces",
     [](Dice& /*dice*/, RandomNetwork& n) {
       v1::Maxout& maxout = *Splice(n).mutable_maxout();
       maxout.set_units(1 << 23);
       maxout.set_pieces(3);
     }},
    {"a convolution of a wrong number of channels",
     [](Dice& dice, RandomNetwork& n) {
       if (dice.Chance(0.5)) {
         SpliceConv1D(n).set_channels(WrongWidth(dice));
       } else {
         SpliceConv2D(n).set_channels(WrongWidth(dice));
       }
       SpliceFlatten(n);
     }},
    {"a convolution without a kernel",
     [](Dice& dice, RandomNetwork& n) {
       if (dice.Chance(0.5)) {
         SpliceConv1D(n).clear_kernel();
       } else {
         SpliceConv2D(n).clear_kernel();
       }
       SpliceFlatten(n);
     }},
    {"a kernel larger than the input",
     [](Dice& dice, RandomNetwork& n) {
       if (dice.Chance(0.5)) {
         SpliceConv1D(n).set_kernel(n.last_width + 1);
       } else {
         SpliceConv2D(n).set_kernel(0, n.last_width + 1);
       }
       SpliceFlatten(n);
     }},
    {"a kernel larger than the input by its dilation",
     [](Dice& /*dice*/, RandomNetwork& n) {
       v1::Conv1D& conv = SpliceConv1D(n);
       conv.set_kernel(2);
       conv.set_dilation(n.last_width);
       SpliceFlatten(n);
     }},
    {"a kernel larger than the padded input",
     [](Dice& /*dice*/, RandomNetwork& n) {
       v1::Conv1D& conv = SpliceConv1D(n);
       conv.set_kernel(n.last_width + 4);
       conv.set_padding(v1::PADDING_EXPLICIT);
       conv.add_explicit_padding(1);
       conv.add_explicit_padding(2);
       SpliceFlatten(n);
     }},
    {"a number of a convolution out of range",
     [](Dice& dice, RandomNetwork& n) {
       static constexpr std::array<int64_t, 4> kWrong = {0, -1, 65537, INT64_MAX};
       const int64_t wrong = dice.Pick(kWrong);
       v1::Conv1D& conv = SpliceConv1D(n);
       switch (dice.Between(0, 3)) {
         case 0:
           conv.set_kernel(wrong);
           break;
         case 1:
           conv.set_stride(wrong);
           break;
         case 2:
           conv.set_dilation(wrong);
           break;
         default:
           conv.set_groups(wrong);
           break;
       }
       SpliceFlatten(n);
     }},
    {"a number of a convolution over images out of range",
     [](Dice& dice, RandomNetwork& n) {
       static constexpr std::array<int64_t, 4> kWrong = {0, -1, 65537, INT64_MAX};
       const int64_t wrong = dice.Pick(kWrong);
       v1::Conv2D& conv = SpliceConv2D(n);
       switch (dice.Between(0, 3)) {
         case 0:
           conv.add_kernel(wrong);
           break;
         case 1:
           conv.add_stride(wrong);
           break;
         case 2:
           conv.add_dilation(1);
           conv.add_dilation(wrong);
           break;
         default:
           conv.set_groups(wrong);
           break;
       }
       SpliceFlatten(n);
     }},
    {"three numbers for two axes",
     [](Dice& dice, RandomNetwork& n) {
       v1::Conv2D& conv = SpliceConv2D(n);
       auto& numbers = dice.Chance(0.3)   ? *conv.mutable_kernel()
                       : dice.Chance(0.5) ? *conv.mutable_stride()
                                          : *conv.mutable_dilation();
       while (numbers.size() < 3) numbers.Add(1);
       SpliceFlatten(n);
     }},
    {"groups that do not divide the input's channels",
     [](Dice& /*dice*/, RandomNetwork& n) {
       SpliceConv1D(n).set_groups(2);
       SpliceFlatten(n);
     }},
    {"groups that do not divide the output's channels",
     [](Dice& /*dice*/, RandomNetwork& n) {
       Splice(n).mutable_dense()->set_units(4);
       SpliceReshape(n, {2, 2});
       v1::Conv1D& conv = *Splice(n).mutable_conv1d();
       conv.set_channels(3);
       conv.set_kernel(1);
       conv.set_groups(2);
       SpliceFlatten(n);
     }},
    {"a wrong amount of padding",
     [](Dice& dice, RandomNetwork& n) {
       static constexpr std::array<int64_t, 3> kWrong = {-1, 65537, INT64_MIN};
       v1::Conv2D& conv = SpliceConv2D(n);
       conv.set_padding(v1::PADDING_EXPLICIT);
       conv.add_explicit_padding(dice.Pick(kWrong));
       SpliceFlatten(n);
     }},
    {"padding of a wrong length",
     [](Dice& dice, RandomNetwork& n) {
       google::protobuf::RepeatedField<int64_t>* padding = nullptr;
       if (dice.Chance(0.5)) {
         v1::Conv1D& conv = SpliceConv1D(n);
         conv.set_padding(v1::PADDING_EXPLICIT);
         padding = conv.mutable_explicit_padding();
       } else {
         v1::Conv2D& conv = SpliceConv2D(n);
         conv.set_padding(v1::PADDING_EXPLICIT);
         padding = conv.mutable_explicit_padding();
       }
       const int64_t count = dice.Chance(0.5) ? 3 : 5;
       while (padding->size() < count) padding->Add(1);
       SpliceFlatten(n);
     }},
    {"explicit padding that is not given",
     [](Dice& dice, RandomNetwork& n) {
       if (dice.Chance(0.5)) {
         SpliceConv1D(n).set_padding(v1::PADDING_EXPLICIT);
       } else {
         SpliceConv2D(n).set_padding(v1::PADDING_EXPLICIT);
       }
       SpliceFlatten(n);
     }},
    {"padding of no known kind",
     [](Dice& /*dice*/, RandomNetwork& n) {
       SpliceConv1D(n).set_padding(static_cast<v1::Padding>(17));
       SpliceFlatten(n);
     }},
    {"a pool larger than the input",
     [](Dice& dice, RandomNetwork& n) {
       if (dice.Chance(0.5)) {
         SpliceLine(n);
         Splice(n).mutable_max_pool1d()->set_window(n.last_width + 1);
       } else {
         SpliceImage(n);
         Splice(n).mutable_average_pool2d()->add_window(n.last_width + 1);
       }
       SpliceFlatten(n);
     }},
    {"a pool without a window",
     [](Dice& dice, RandomNetwork& n) {
       SpliceImage(n);
       if (dice.Chance(0.5)) {
         Splice(n).mutable_max_pool2d();
       } else {
         Splice(n).mutable_average_pool2d();
       }
       SpliceFlatten(n);
     }},
    {"a pool that goes nowhere",
     [](Dice& dice, RandomNetwork& n) {
       SpliceLine(n);
       v1::AveragePool1D& pool = *Splice(n).mutable_average_pool1d();
       pool.set_window(1);
       pool.set_stride(dice.Chance(0.5) ? 0 : -1);
       SpliceFlatten(n);
     }},
    {"a pool padded by more than half a window",
     [](Dice& dice, RandomNetwork& n) {
       SpliceLine(n);
       v1::MaxPool1D& pool = *Splice(n).mutable_max_pool1d();
       pool.set_window(dice.Chance(0.5) ? 1 : 3);
       pool.set_padding(v1::PADDING_EXPLICIT);
       pool.add_explicit_padding(2);
       SpliceFlatten(n);
     }},
    // Shapes.
    {"a reshape to another number of values",
     [](Dice& /*dice*/, RandomNetwork& n) { SpliceReshape(n, {n.last_width + 1}); }},
    {"a reshape with two -1",
     [](Dice& /*dice*/, RandomNetwork& n) {
       SpliceReshape(n, {-1, -1});
       SpliceFlatten(n);
     }},
    {"a reshape with a -1 that cannot be",
     [](Dice& /*dice*/, RandomNetwork& n) {
       SpliceReshape(n, {n.last_width + 1, -1});
       SpliceFlatten(n);
     }},
    {"a reshape to a wrong length",
     [](Dice& dice, RandomNetwork& n) {
       SpliceReshape(n, {n.last_width, dice.Chance(0.5) ? 0 : -2});
       SpliceFlatten(n);
     }},
    {"a reshape to lengths whose product is too large",
     [](Dice& /*dice*/, RandomNetwork& n) {
       SpliceReshape(n, {int64_t{1} << 32, int64_t{1} << 32, n.last_width});
       SpliceFlatten(n);
     }},
    {"a reshape to four dimensions",
     [](Dice& /*dice*/, RandomNetwork& n) {
       SpliceReshape(n, {n.last_width, 1, 1, 1});
       SpliceFlatten(n);
     }},
    {"a reshape to nothing",
     [](Dice& /*dice*/, RandomNetwork& n) { Splice(n).mutable_reshape(); }},
    {"half of an odd number of units",
     [](Dice& dice, RandomNetwork& n) {
       v1::Layer& layer = Splice(n);
       layer.mutable_dense()->set_units(2 * dice.Between(0, 3) + 1);
       if (dice.Chance(0.5)) {
         layer.mutable_dense()->mutable_activation()->mutable_glu();
       } else {
         Splice(n).mutable_activation()->mutable_glu();
       }
     }},
    {"half of an odd number of channels",
     [](Dice& /*dice*/, RandomNetwork& n) {
       v1::Conv2D& conv = SpliceConv2D(n);
       conv.set_channels(3);
       conv.mutable_activation()->mutable_glu();
       SpliceFlatten(n);
     }},
    // Arguments.
    {"a rate out of range",
     [](Dice& dice, RandomNetwork& n) {
       static constexpr std::array kRates = {1.0, -0.1, 2.0, kNan, kInfinity};
       Splice(n).mutable_dropout()->set_rate(dice.Pick(kRates));
     }},
    {"a wrong argument of batch_norm",
     [](Dice& dice, RandomNetwork& n) {
       static constexpr std::array kEpsilons = {0.0, -1e-5, kNan, kInfinity};
       static constexpr std::array kMomenta = {0.0, -0.1, 1.5, kNan};
       if (dice.Chance(0.5)) {
         Splice(n).mutable_batch_norm()->set_epsilon(dice.Pick(kEpsilons));
       } else {
         Splice(n).mutable_batch_norm()->set_momentum(dice.Pick(kMomenta));
       }
     }},
    {"a wrong argument of layer_norm",
     [](Dice& dice, RandomNetwork& n) {
       static constexpr std::array kEpsilons = {0.0, -1e-5, kNan, kInfinity};
       Splice(n).mutable_layer_norm()->set_epsilon(dice.Pick(kEpsilons));
     }},
    {"a wrong argument of dynamic_tanh",
     [](Dice& dice, RandomNetwork& n) {
       Splice(n).mutable_dynamic_tanh()->set_alpha(dice.Chance(0.5) ? kNan : kInfinity);
     }},
    {"a wrong argument of an activation",
     [](Dice& dice, RandomNetwork& n) {
       v1::Layer& layer = Splice(n);
       if (dice.Chance(0.5)) {
         layer.mutable_dense()->set_units(2);
         AddBadArgument(dice, *layer.mutable_dense()->mutable_activation());
       } else {
         AddBadArgument(dice, *layer.mutable_activation());
       }
     }},
    {"an activation of no kind",
     [](Dice& dice, RandomNetwork& n) {
       if (dice.Chance(0.5)) {
         Splice(n).mutable_activation();
       } else {
         SpliceConv1D(n).mutable_activation();
         SpliceFlatten(n);
       }
     }},
    {"a slope that is missed",
     [](Dice& dice, RandomNetwork& n) {
       v1::Layer& layer = Splice(n);
       layer.mutable_dense()->set_units(2);
       if (dice.Chance(0.5)) {
         layer.mutable_dense()->mutable_activation()->mutable_step();
       } else {
         Splice(n).mutable_activation()->mutable_step();
       }
     }},
    {"probabilities that the loss would squash again",
     [](Dice& dice, RandomNetwork& n) {
       v1::Output& output = *n.network.mutable_outputs(0);
       output.clear_class_names();
       output.mutable_loss()->mutable_cross_entropy();
       v1::Layer& layer = OutputLayer(n.network);
       layer.mutable_dense()->set_units(3);
       if (dice.Chance(0.5)) {
         layer.mutable_dense()->mutable_activation()->mutable_logistic();
         return;
       }
       layer.mutable_dense()->clear_activation();
       const std::string name = layer.name();
       v1::Layer& alone = Beside(n);
       alone.set_inputs(0, name);
       alone.mutable_activation()->mutable_softmax();
       output.set_layer(alone.name());
     }},
    {"cross_entropy of one output",
     [](Dice& /*dice*/, RandomNetwork& n) {
       n.network.mutable_outputs(0)->mutable_loss()->mutable_cross_entropy();
       OutputLayer(n.network).mutable_dense()->set_units(1);
     }},
    // Initialisers.
    {"weights that break no symmetry",
     [](Dice& dice, RandomNetwork& n) {
       v1::Layer& layer = Splice(n);
       const double value = dice.Chance(0.5) ? 0 : 0.5;
       if (dice.Chance(0.5)) {
         layer.mutable_dense()->set_units(3);
         layer.mutable_dense()->mutable_weight_initializer()->mutable_constant()->set_value(value);
       } else {
         layer.mutable_maxout()->set_units(3);
         layer.mutable_maxout()->mutable_weight_initializer()->mutable_constant()->set_value(value);
       }
     }},
    {"a bias of a kind for weights",
     [](Dice& dice, RandomNetwork& n) {
       v1::Initializer* bias = nullptr;
       if (dice.Chance(0.5)) {
         v1::Dense& dense = *Splice(n).mutable_dense();
         dense.set_units(3);
         bias = dense.mutable_bias_initializer();
       } else {
         bias = SpliceConv1D(n).mutable_bias_initializer();
         SpliceFlatten(n);
       }
       if (dice.Chance(0.5)) {
         bias->mutable_xavier();
       } else {
         bias->mutable_orthogonal();
       }
     }},
    {"a start of a bias that is not there",
     [](Dice& dice, RandomNetwork& n) {
       if (dice.Chance(0.5)) {
         v1::Maxout& maxout = *Splice(n).mutable_maxout();
         maxout.set_units(3);
         maxout.set_use_bias(false);
         maxout.mutable_bias_initializer()->mutable_zeros();
       } else {
         v1::Conv1D& conv = SpliceConv1D(n);
         conv.set_use_bias(false);
         conv.mutable_bias_initializer()->mutable_zeros();
         SpliceFlatten(n);
       }
     }},
    {"given weights of a wrong shape",
     [](Dice& dice, RandomNetwork& n) {
       v1::Tensor* tensor = nullptr;
       if (dice.Chance(0.5)) {
         v1::Dense& dense = *Splice(n).mutable_dense();
         dense.set_units(1);
         tensor = dense.mutable_weight_initializer()->mutable_given()->mutable_values();
       } else {
         v1::Conv2D& conv = SpliceConv2D(n);
         tensor = conv.mutable_weight_initializer()->mutable_given()->mutable_values();
         SpliceFlatten(n);
       }
       tensor->add_shape(1);
       tensor->add_shape(n.last_width + 1);
       tensor->set_data_type(v1::DATA_TYPE_UINT8);
       tensor->set_data(std::string(n.last_width + 1, '\1'));
     }},
    {"an initialiser of no kind",
     [](Dice& /*dice*/, RandomNetwork& n) {
       SpliceConv1D(n).mutable_weight_initializer();
       SpliceFlatten(n);
     }},
};

}  // namespace

RandomNetwork DrawNetwork(uint64_t seed) { return Generator(seed).Draw(); }

std::span<const NetworkFault> NetworkFaults() { return kFaults; }

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
