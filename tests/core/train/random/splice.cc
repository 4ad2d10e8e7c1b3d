#include "tests/core/train/random/splice.h"

#include <array>
#include <string>

#include "absl/strings/str_cat.h"

namespace fnn::core {

v1::Input& TheInput(RandomNetwork& n) {
  return n.network.inputs().empty() ? *n.network.add_inputs() : *n.network.mutable_inputs(0);
}

v1::Layer& OutputLayer(v1::Network& network) {
  for (v1::Layer& layer : *network.mutable_layers()) {
    if (layer.name() == network.outputs(0).layer()) return layer;
  }
  return *network.mutable_layers(0);
}

v1::Layer& Splice(RandomNetwork& n) {
  v1::Layer& layer = *n.network.add_layers();
  layer.set_name(absl::StrCat("fault_", n.network.layers_size()));
  layer.add_inputs(n.last);
  n.last = layer.name();
  OutputLayer(n.network).set_inputs(0, n.last);
  return layer;
}

void SpliceReshape(RandomNetwork& n, const Shape& shape) {
  Splice(n).mutable_reshape()->mutable_shape()->Add(shape.begin(), shape.end());
}
void SpliceLine(RandomNetwork& n) { SpliceReshape(n, {n.last_width, 1}); }
void SpliceImage(RandomNetwork& n) { SpliceReshape(n, {n.last_width, 1, 1}); }
void SpliceFlatten(RandomNetwork& n) { Splice(n).mutable_flatten(); }

v1::Layer& Beside(RandomNetwork& n) {
  v1::Layer& layer = *n.network.add_layers();
  layer.set_name(absl::StrCat("fault_", n.network.layers_size()));
  layer.add_inputs(n.last);
  return layer;
}

v1::Layer& AnyLayer(Dice& dice, RandomNetwork& n) {
  return *n.network.mutable_layers(static_cast<int>(dice.Between(0, n.network.layers_size() - 1)));
}

int64_t WrongWidth(Dice& dice) {
  static constexpr std::array<int64_t, 6> kWidths = {
      0, -1, (1 << 24) + 1, int64_t{1} << 40, INT64_MAX, INT64_MIN};
  return dice.Pick(kWidths);
}

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

}  // namespace fnn::core
