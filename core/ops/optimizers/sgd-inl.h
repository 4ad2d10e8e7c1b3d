// sgd: w <- w - learning_rate g.

#ifndef FNN_CORE_OPS_OPTIMIZERS_SGD_INL_H_
#define FNN_CORE_OPS_OPTIMIZERS_SGD_INL_H_

#include <array>

#include "absl/strings/string_view.h"
#include "core/ops/table.h"

namespace fnn::core {

template <typename T>
struct SgdOp {
  static constexpr absl::string_view kName = "sgd";
  static constexpr absl::string_view kFormula = "w - learning_rate g";
  static constexpr std::array<Argument, 0> kArguments{};
  static constexpr int kSlots = 0;
  static constexpr double kLearningRate = 0.01;

  SgdOp(const Arguments&, double learning_rate, int64_t /*t*/)
      : learning_rate(static_cast<T>(learning_rate)) {}

  void operator()(T g, T& w, std::array<T*, kSlots> /*slots*/) const { w -= learning_rate * g; }

  T learning_rate;
};

}  // namespace fnn::core

#endif  // FNN_CORE_OPS_OPTIMIZERS_SGD_INL_H_
