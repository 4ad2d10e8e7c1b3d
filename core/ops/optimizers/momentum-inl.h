// momentum: v <- momentum v + g; w <- w - learning_rate v (PyTorch's SGD with dampening 0).

#ifndef FNN_CORE_OPS_OPTIMIZERS_MOMENTUM_INL_H_
#define FNN_CORE_OPS_OPTIMIZERS_MOMENTUM_INL_H_

#include <array>

#include "absl/strings/string_view.h"
#include "core/ops/table.h"

namespace fnn::core {

template <typename T>
struct MomentumOp {
  static constexpr absl::string_view kName = "momentum";
  static constexpr absl::string_view kFormula = "v = momentum v + g; w - learning_rate v";
  static constexpr std::array<Argument, 1> kArguments{
      {{.name = "momentum", .default_value = 0.9, .min = 0, .max = 1, .max_excluded = true}}};
  static constexpr int kSlots = 1;
  static constexpr double kLearningRate = 0.01;

  MomentumOp(const Arguments& arguments, double learning_rate, int64_t /*t*/)
      : learning_rate(static_cast<T>(learning_rate)), momentum(static_cast<T>(arguments[0])) {}

  void operator()(T g, T& w, std::array<T*, kSlots> slots) const {
    T& v = *slots[0];
    v = momentum * v + g;
    w -= learning_rate * v;
  }

  T learning_rate;
  T momentum;
};

}  // namespace fnn::core

#endif  // FNN_CORE_OPS_OPTIMIZERS_MOMENTUM_INL_H_
