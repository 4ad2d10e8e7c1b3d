// Faults of arguments: of reshapes, activations, initialisers.

#include <array>
#include <cstdint>
#include <string>

#include "tests/core/train/random/faults.h"
#include "tests/core/train/random/splice.h"

namespace fnn::core {
namespace {

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
    {"a reshape to nothing", [](Dice& /*dice*/, RandomNetwork& n) { Splice(n).mutable_reshape(); }},
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

std::span<const NetworkFault> ArgumentFaults() { return kFaults; }

}  // namespace fnn::core
