#include "tests/core/train/random/arguments.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include "core/plan/arguments.h"
#include "google/protobuf/descriptor.h"

namespace fnn::core {

DrawnActivation DrawActivation(Dice& dice, v1::Activation& activation, double x, bool learns,
                               bool even) {
  const auto* kinds = v1::Activation::descriptor()->FindOneofByName("kind");
  const double e = std::exp(std::min(x, 20.0));
  do {
    const auto field = dice.Between(0, kinds->field_count() - 1);
    ChooseKind(activation, kinds->field(static_cast<int>(field))->name());
    if (!learns && dice.Chance(0.1)) activation.mutable_step();
    // Not a slope that is missed, an odd number of units halved, a power too high.
  } while ((activation.has_step() && learns) || (activation.has_glu() && !even) ||
           (activation.has_exponential() && x > 5));
  const bool given = dice.Chance(0.5);
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
      if (given) activation.mutable_leaky_relu()->set_gamma(dice.Real(0, 1));
      return {x, false};
    case v1::Activation::kElu:
      if (given) activation.mutable_elu()->set_gamma(dice.Real(0, 1));
      return {std::max(x, 1.0), false};
    case v1::Activation::kSelu:
      return {1.1 * std::max(x, 1.7), false};
    case v1::Activation::kCelu:
      if (given) activation.mutable_celu()->set_alpha(dice.Real(0.1, 2));
      return {std::max(x, 2.0), false};
    case v1::Activation::kSquareplus:
      if (given) activation.mutable_squareplus()->set_b(dice.Real(0.1, 4));
      return {x + 2, false};
    case v1::Activation::kSwish: {
      v1::Swish& swish = *activation.mutable_swish();
      if (given) swish.set_beta(dice.Real(-1, 2));
      swish.set_learned(dice.Chance(0.5));
      swish.set_regularized(swish.learned() && dice.Chance(0.3));
      return {x, swish.learned()};
    }
    case v1::Activation::kGelu:
      if (given) activation.mutable_gelu()->set_mean(dice.Real(-1, 1));
      if (given) activation.mutable_gelu()->set_standard_deviation(dice.Real(0.5, 2));
      return {x, false};
    case v1::Activation::kSoftShrink:
      if (given) activation.mutable_soft_shrink()->set_threshold(dice.Real(0, 1));
      return {x, false};
    case v1::Activation::kHardShrink:
      if (given) activation.mutable_hard_shrink()->set_threshold(dice.Real(0, 1));
      return {x, false};
    case v1::Activation::kThreshold:
      activation.mutable_threshold()->set_threshold(dice.Real(-1, 1));
      activation.mutable_threshold()->set_value(dice.Real(-1, 1));
      return {std::max(x, 1.0), false};
    case v1::Activation::kSoftplus:
    case v1::Activation::kLogSigmoid:
      return {x + 1, false};
    case v1::Activation::kLogSoftmax:
      return {2 * x + 5, false};
    case v1::Activation::kPrelu:
      if (given) activation.mutable_prelu()->set_gamma(dice.Real(-1, 1));
      activation.mutable_prelu()->set_regularized(dice.Chance(0.3));
      return {x, true};
    default:  // Nothing that is more than the identity.
      return {x, false};
  }
}

double DrawInitializer(Dice& dice, v1::Initializer& initializer, const Shape& shape, bool bias) {
  const double fan_in = static_cast<double>(Size(shape)) / static_cast<double>(shape[0]);
  const auto distribution = static_cast<v1::Distribution>(dice.Between(0, 2));
  switch (dice.Between(bias ? 4 : 0, 8)) {
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
      if (dice.Chance(0.5)) initializer.mutable_orthogonal()->set_gain(dice.Real(0.5, 2));
      initializer.mutable_orthogonal();
      return 2;
    case 4:
      initializer.mutable_uniform();
      if (dice.Chance(0.5)) initializer.mutable_uniform()->set_low(dice.Real(-0.5, -0.1));
      return 0.5;
    case 5:
      initializer.mutable_normal();
      if (dice.Chance(0.5)) initializer.mutable_normal()->set_standard_deviation(0.1);
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
      std::vector<float> values(Size(shape));
      for (float& value : values) value = static_cast<float>(dice.Real(-0.5, 0.5));
      tensor.mutable_shape()->Add(shape.begin(), shape.end());
      tensor.set_data_type(v1::DATA_TYPE_FLOAT32);
      tensor.mutable_data()->resize(values.size() * sizeof(float));
      std::memcpy(tensor.mutable_data()->data(), values.data(), values.size() * sizeof(float));
      return 0.5;
    }
  }
}

}  // namespace fnn::core
