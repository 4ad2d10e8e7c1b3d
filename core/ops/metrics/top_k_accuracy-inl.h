// top_k_accuracy: the share of rows whose class is among the k largest outputs, where of equal
// outputs the later counts as larger (scikit-learn's top_k_accuracy_score).

#ifndef FNN_CORE_OPS_METRICS_TOP_K_ACCURACY_INL_H_
#define FNN_CORE_OPS_METRICS_TOP_K_ACCURACY_INL_H_

#include <cstdint>

#include "absl/strings/string_view.h"
#include "core/ops/metrics/class_of.h"
#include "core/ops/table.h"

namespace fnn::core {

template <typename T>
struct TopKAccuracyOp {
  static constexpr absl::string_view kName = "top_k_accuracy";
  static constexpr Argument kArguments[] = {
      {.name = "k", .default_value = 5, .min = 1, .max = 1 << 24}};
  static constexpr bool kNeedsClasses = true;
  static constexpr bool kMoreIsBetter = true;

  static double Row(const Arguments& arguments, int64_t outputs, const T* prediction,
                    const T* target) {
    const int64_t actual = ClassOf(outputs, target);
    if (outputs == 1) {
      return arguments[0] > 1 || (prediction[0] > T{0.5}) == (actual == 1) ? 1 : 0;
    }
    int64_t larger = 0;
    for (int64_t i = 0; i < outputs; ++i) {
      if (prediction[i] > prediction[actual] ||
          (prediction[i] == prediction[actual] && i > actual)) {
        ++larger;
      }
    }
    return static_cast<double>(larger) < arguments[0] ? 1 : 0;
  }
};

}  // namespace fnn::core

#endif  // FNN_CORE_OPS_METRICS_TOP_K_ACCURACY_INL_H_
