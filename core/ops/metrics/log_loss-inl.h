// log_loss: the mean over rows of -log of the probability predicted for the row's class, where
// predictions are moved off 0 and 1 by the type's epsilon and divided by their sum (scikit-learn's
// log_loss).

#ifndef FNN_CORE_OPS_METRICS_LOG_LOSS_INL_H_
#define FNN_CORE_OPS_METRICS_LOG_LOSS_INL_H_

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

#include "absl/strings/string_view.h"
#include "core/ops/metrics/class_of.h"
#include "core/ops/table.h"

namespace fnn::core {

template <typename T>
struct LogLossOp {
  static constexpr absl::string_view kName = "log_loss";
  static constexpr bool kNeedsClasses = true;
  static constexpr bool kMoreIsBetter = false;

  static double Row(int64_t outputs, const T* prediction, const T* target) {
    const int64_t actual = ClassOf(outputs, target);
    if (outputs == 1) return -std::log(actual == 1 ? Clip(*prediction) : 1 - Clip(*prediction));
    double sum = 0;
    for (int64_t i = 0; i < outputs; ++i) sum += Clip(prediction[i]);
    return -std::log(Clip(prediction[actual]) / sum);
  }

 private:
  static double Clip(T p) {
    constexpr double kEpsilon = std::numeric_limits<T>::epsilon();
    return std::clamp<double>(p, kEpsilon, 1 - kEpsilon);
  }
};

}  // namespace fnn::core

#endif  // FNN_CORE_OPS_METRICS_LOG_LOSS_INL_H_
