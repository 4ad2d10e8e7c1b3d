// What is said of a layer where it is not built but described: its formula and the ranges of its
// arguments, from the tables that the plan takes them from.

#ifndef FNN_CORE_PLAN_LAYER_FORMS_H_
#define FNN_CORE_PLAN_LAYER_FORMS_H_

#include <vector>

#include "absl/strings/string_view.h"
#include "core/ops/layers/table.h"
#include "core/ops/table.h"
#include "fnn/v1/activation.pb.h"

namespace fnn::core {

struct LayerForm {
  absl::string_view formula;
  // A default that is NaN is that of the comment in the contract, or there is none.
  std::vector<Argument> arguments{};
};

// Of the layer whose field in fnn.v1.Layer is called `name`.
LayerForm LayerFormOf(absl::string_view name);

// The function that computes an activation, or null where an entry of Activations() does, or
// nothing: swish is in both tables.
const LayerOp* ActivationFunction(const v1::Activation& activation);

}  // namespace fnn::core

#endif  // FNN_CORE_PLAN_LAYER_FORMS_H_
