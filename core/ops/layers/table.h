// The table of layers that compute a function (core/ops/layers/function.h), and of the activations
// that have parameters of their own or another width than their input.

#ifndef FNN_CORE_OPS_LAYERS_TABLE_H_
#define FNN_CORE_OPS_LAYERS_TABLE_H_

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "core/ops/layers/function.h"
#include "core/ops/layers/windows.h"
#include "core/ops/table.h"

namespace fnn::core {

// What a function is made of.
struct LayerRequest {
  std::vector<Shape> inputs{};
  Arguments arguments{};
  Windows windows{};  // Where the layer has windows.
  int64_t index = 0;  // Of the layer in the network.
  bool frozen = false;
};

struct LayerOp {
  absl::string_view name;
  absl::string_view formula;
  std::span<const Argument> arguments{};
  // The default initialiser of the weights before it, where it is an activation.
  absl::string_view weight_initializer = "xavier";
  bool windows = false;  // Whether it looks through windows.
  bool merges = false;   // Whether it takes several inputs; all others take one.
  // Null, with `fault` telling why, where the shapes do not fit.
  std::unique_ptr<const LayerFunction> (*make)(const LayerRequest&, std::string& fault) = nullptr;
};

std::span<const LayerOp> LayerFunctions();

}  // namespace fnn::core

#endif  // FNN_CORE_OPS_LAYERS_TABLE_H_
