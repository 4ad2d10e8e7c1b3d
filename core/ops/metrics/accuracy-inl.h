// accuracy: the share of rows whose class is predicted. The class of a row is its largest value,
// the first of equals; of a single output, whether it is at least one half.

#ifndef FNN_CORE_OPS_METRICS_ACCURACY_INL_H_
#define FNN_CORE_OPS_METRICS_ACCURACY_INL_H_

#include "absl/strings/string_view.h"
#include "core/ops/metrics/class_of.h"
#include "core/ops/table.h"

namespace fnn::core {

template <typename T>
struct AccuracyOp {
  static constexpr absl::string_view kName = "accuracy";
  static constexpr bool kNeedsClasses = true;
  static constexpr bool kMoreIsBetter = true;

  static double Row(int64_t outputs, const T* prediction, const T* target) {
    return ClassOf(outputs, prediction) == ClassOf(outputs, target) ? 1 : 0;
  }
};

}  // namespace fnn::core

#endif  // FNN_CORE_OPS_METRICS_ACCURACY_INL_H_
