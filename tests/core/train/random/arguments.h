// Activations, initialisers and biases at random, and bounds of what they give.

#ifndef FNN_TESTS_CORE_TRAIN_RANDOM_ARGUMENTS_H_
#define FNN_TESTS_CORE_TRAIN_RANDOM_ARGUMENTS_H_

#include <cmath>
#include <cstdint>

#include "core/ops/layers/shape.h"
#include "fnn/v1/activation.pb.h"
#include "fnn/v1/initializer.pb.h"
#include "tests/core/train/random/dice.h"

namespace fnn::core {

struct DrawnActivation {
  double bound;
  bool parameters;  // Whether it has some of its own.
};

// `learns`: whether something before it would learn. `even`: whether units may be halved.
DrawnActivation DrawActivation(Dice& dice, v1::Activation& activation, double x, bool learns,
                               bool even);

// Gives a bound of what it draws; normal draws do not come near 8 standard deviations.
double DrawInitializer(Dice& dice, v1::Initializer& initializer, const Shape& shape, bool bias);

// Draws bias and initialisers of a layer with weights of such a shape. Gives a bound of its net
// input.
template <typename Affine>
double DrawAffine(Dice& dice, Affine& affine, int64_t fan_in, const Shape& weights, double x) {
  double bound = std::sqrt(6.0 / static_cast<double>(fan_in));  // He, the larger of the defaults.
  if (dice.Chance(0.5)) {
    bound = DrawInitializer(dice, *affine.mutable_weight_initializer(), weights, false);
  }
  bound *= x * static_cast<double>(fan_in);
  if (dice.Chance(0.3)) affine.set_use_bias(dice.Chance(0.5));
  if ((!affine.has_use_bias() || affine.use_bias()) && dice.Chance(0.3)) {
    bound += DrawInitializer(dice, *affine.mutable_bias_initializer(), {weights[0]}, true);
  }
  return bound;
}

}  // namespace fnn::core

#endif  // FNN_TESTS_CORE_TRAIN_RANDOM_ARGUMENTS_H_
