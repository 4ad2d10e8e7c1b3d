#include "core/analysis/facts.h"

#include <string>

#include "core/ops/layers/learned.h"
#include "core/ops/optimizers/lbfgs.h"

namespace fnn::core {
namespace {

v1::TargetValues ToMessage(Targets targets) {
  switch (targets) {
    case Targets::kAny:
      return v1::TARGET_VALUES_ANY;
    case Targets::kNotNegative:
      return v1::TARGET_VALUES_NOT_NEGATIVE;
    case Targets::kUnitInterval:
      return v1::TARGET_VALUES_UNIT_INTERVAL;
    case Targets::kDistribution:
      return v1::TARGET_VALUES_DISTRIBUTION;
    case Targets::kSigns:
      return v1::TARGET_VALUES_SIGNS;
  }
  return v1::TARGET_VALUES_UNSPECIFIED;
}

}  // namespace

void SetFacts(const ActivationOp& op, v1::Operator& out) {
  v1::ActivationFacts& facts = *out.mutable_activation();
  facts.set_differentiable(op.differentiable);
  facts.set_elementwise(op.elementwise);
  facts.set_probabilities(op.probabilities);
  facts.set_default_weight_initializer(std::string(op.weight_initializer));
}

void SetFacts(const LayerOp& op, v1::Operator& out) {
  v1::ActivationFacts& facts = *out.mutable_activation();
  facts.set_differentiable(true);
  facts.set_elementwise(FindOp(LearnedActivations(), op.name) != nullptr);
  facts.set_default_weight_initializer(std::string(op.weight_initializer));
}

void SetFacts(const LossOp& op, v1::Operator& out) {
  v1::LossFacts& facts = *out.mutable_loss();
  facts.set_takes_logits(op.link != "identity");
  facts.set_link(std::string(op.link));
  facts.set_probabilities(op.probabilities);
  facts.set_targets(ToMessage(op.targets));
  facts.set_min_outputs(op.min_outputs);
}

void SetFacts(const OptimizerOp& op, v1::Operator& out) {
  v1::OptimizerFacts& facts = *out.mutable_optimizer();
  facts.set_slots_per_parameter(op.slots);
  if (op.whole_batch) {
    Arguments defaults{};
    for (size_t i = 0; i < op.arguments.size(); ++i) defaults[i] = op.arguments[i].default_value;
    facts.set_slots_per_parameter(Lbfgs<float>::Arrays(defaults) + 1);  // And the gradient.
  }
  facts.set_default_learning_rate(op.learning_rate);
  facts.set_whole_batch(op.whole_batch);
}

void SetFacts(const ScheduleOp& op, v1::Operator& out) {
  out.mutable_schedule()->set_on_plateau(op.on_plateau);
}

void SetFacts(const InitializerOp& op, v1::Operator& out) {
  out.mutable_initializer()->set_weights_only(op.needs_fans);
  out.mutable_initializer()->set_random(op.random);
}

void SetFacts(const MetricOp& op, v1::Operator& out) {
  out.mutable_metric()->set_needs_classes(op.needs_classes);
  out.mutable_metric()->set_more_is_better(op.more_is_better);
}

}  // namespace fnn::core
