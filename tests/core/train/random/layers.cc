#include "tests/core/train/random/layers.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/plan/arguments.h"
#include "tests/core/train/random/arguments.h"

namespace fnn::core {
namespace {

// A value that may be larger is squashed at once.
constexpr double kMostBound = 1000;
// Layers are put on values up to this depth. One layer, squashing, flattening, joining and the
// output come on top: 8 in all.
constexpr int kDeepest = 3;

}  // namespace

v1::Layer& RandomLayers::NewLayer(const std::vector<size_t>& inputs) {
  v1::Layer& layer = *network_.add_layers();
  layer.set_name(absl::StrCat("l", values_.size()));
  for (const size_t i : inputs) {
    layer.add_inputs(values_[i].name);
    values_[i].used = true;
  }
  return layer;
}

size_t RandomLayers::NewValue(const v1::Layer& layer, const std::vector<size_t>& inputs,
                              Shape shape, double bound, bool learns) {
  Value value{.name = layer.name(), .shape = std::move(shape), .bound = bound, .learns = learns};
  for (const size_t i : inputs) {
    value.depth = std::max(value.depth, values_[i].depth + 1);
    value.learns = value.learns || values_[i].learns;
  }
  values_.push_back(std::move(value));
  return values_.size() - 1;
}

size_t RandomLayers::Squashed(size_t v) {
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

void RandomLayers::AddSomething() {
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

size_t RandomLayers::AddOn(size_t v) {
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
size_t RandomLayers::AddElementwise(size_t v) {
  const std::vector<size_t> inputs = {v};
  const Value x = values_[v];
  v1::Layer& layer = NewLayer(inputs);
  switch (dice_.Between(0, 4)) {
    case 0: {
      const auto drawn =
          DrawActivation(dice_, *layer.mutable_activation(), x.bound, x.learns, false);
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
      const int64_t values = kRandomBatch * Size(x.shape) / x.shape.back();
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

// Draws the activation of a layer and makes its value.
template <typename Affine>
size_t RandomLayers::FinishAffine(v1::Layer& layer, Affine& affine,
                                  const std::vector<size_t>& inputs, Shape shape, double bound,
                                  bool even) {
  if (dice_.Chance(0.7)) {
    const bool learns = !layer.frozen() || values_[inputs[0]].learns;
    bound = DrawActivation(dice_, *affine.mutable_activation(), bound, learns, even).bound;
    if (affine.activation().has_glu()) shape.back() /= 2;
  }
  return NewValue(layer, inputs, std::move(shape), bound, !layer.frozen());
}

size_t RandomLayers::AddDense(size_t v) {
  const std::vector<size_t> inputs = {v};
  const Value x = values_[v];
  v1::Layer& layer = NewLayer(inputs);
  layer.set_frozen(dice_.Chance(0.1));
  v1::Dense& dense = *layer.mutable_dense();
  dense.set_units(dice_.Between(1, 6));
  const bool even = dense.units() % 2 == 0;
  const double bound = DrawAffine(dice_, dense, x.shape[0], {dense.units(), x.shape[0]}, x.bound);
  return FinishAffine(layer, dense, inputs, {dense.units()}, bound, even);
}

size_t RandomLayers::AddMaxout(size_t v) {
  const std::vector<size_t> inputs = {v};
  const Value x = values_[v];
  v1::Layer& layer = NewLayer(inputs);
  layer.set_frozen(dice_.Chance(0.1));
  v1::Maxout& maxout = *layer.mutable_maxout();
  maxout.set_units(dice_.Between(1, 4));
  if (dice_.Chance(0.5)) maxout.set_pieces(dice_.Between(2, 4));
  const int64_t pieces = maxout.has_pieces() ? maxout.pieces() : 2;
  const double bound =
      DrawAffine(dice_, maxout, x.shape[0], {maxout.units() * pieces, x.shape[0]}, x.bound);
  return NewValue(layer, inputs, {maxout.units()}, bound, !layer.frozen());
}

template <typename Convolution>
size_t RandomLayers::FinishConvolution(v1::Layer& layer, Convolution& conv,
                                       const std::vector<Axis>& axes, v1::Padding padding,
                                       const std::vector<size_t>& inputs) {
  const Value x = values_[inputs[0]];
  WritePadding(dice_, axes, padding, conv);
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
  const int64_t fan_in = Size(weights) / conv.channels();
  const double bound = DrawAffine(dice_, conv, fan_in, weights, x.bound);
  return FinishAffine(layer, conv, inputs, Windowed(axes, padding, conv.channels()), bound,
                      conv.channels() % 2 == 0);
}

size_t RandomLayers::AddConvolution(size_t v) {
  const std::vector<size_t> inputs = {v};
  const Value x = values_[v];
  v1::Layer& layer = NewLayer(inputs);
  layer.set_frozen(dice_.Chance(0.1));
  v1::Padding padding{};
  const std::vector<Axis> axes = DrawAxes(dice_, x.shape, false, padding);
  if (axes.size() == 1) {
    v1::Conv1D& conv = *layer.mutable_conv1d();
    conv.set_kernel(axes[0].window);
    if (axes[0].stride != 1 || dice_.Chance(0.3)) conv.set_stride(axes[0].stride);
    if (axes[0].dilation != 1 || dice_.Chance(0.3)) conv.set_dilation(axes[0].dilation);
    return FinishConvolution(layer, conv, axes, padding, inputs);
  }
  v1::Conv2D& conv = *layer.mutable_conv2d();
  Repeat(dice_, Column(axes, &Axis::window), *conv.mutable_kernel());
  const Shape ones = {1, 1};
  const Shape strides = Column(axes, &Axis::stride);
  const Shape dilations = Column(axes, &Axis::dilation);
  if (strides != ones || dice_.Chance(0.3)) Repeat(dice_, strides, *conv.mutable_stride());
  if (dilations != ones || dice_.Chance(0.3)) Repeat(dice_, dilations, *conv.mutable_dilation());
  return FinishConvolution(layer, conv, axes, padding, inputs);
}

size_t RandomLayers::AddPool(size_t v) {
  const std::vector<size_t> inputs = {v};
  const Value x = values_[v];
  v1::Layer& layer = NewLayer(inputs);
  v1::Padding padding{};
  std::vector<Axis> axes = DrawAxes(dice_, x.shape, true, padding);
  const bool own_stride = dice_.Chance(0.5);
  for (Axis& axis : axes) axis.stride = own_stride ? axis.stride : axis.window;
  const auto write_1d = [&](auto& pool) {
    pool.set_window(axes[0].window);
    if (own_stride) pool.set_stride(axes[0].stride);
    WritePadding(dice_, axes, padding, pool);
  };
  const auto write_2d = [&](auto& pool) {
    Repeat(dice_, Column(axes, &Axis::window), *pool.mutable_window());
    if (own_stride) Repeat(dice_, Column(axes, &Axis::stride), *pool.mutable_stride());
    WritePadding(dice_, axes, padding, pool);
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

size_t RandomLayers::AddGlobalPool(size_t v) {
  const std::vector<size_t> inputs = {v};
  v1::Layer& layer = NewLayer(inputs);
  if (dice_.Chance(0.5)) {
    layer.mutable_global_max_pool();
  } else {
    layer.mutable_global_average_pool();
  }
  return NewValue(layer, inputs, {values_[v].shape.back()}, values_[v].bound);
}

size_t RandomLayers::AddFlatten(size_t v) {
  const std::vector<size_t> inputs = {v};
  v1::Layer& layer = NewLayer(inputs);
  layer.mutable_flatten();
  return NewValue(layer, inputs, {Size(values_[v].shape)}, values_[v].bound);
}

size_t RandomLayers::AddReshape(size_t v) {
  const std::vector<size_t> inputs = {v};
  v1::Layer& layer = NewLayer(inputs);
  Shape shape;
  int64_t left = Size(values_[v].shape);
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
size_t RandomLayers::AddCombination(size_t v) {
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

}  // namespace fnn::core
