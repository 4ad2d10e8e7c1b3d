// The losses of rows, added up by how much each row counts.

#ifndef FNN_CORE_OPS_LOSS_SUM_H_
#define FNN_CORE_OPS_LOSS_SUM_H_

#include <cstdint>

#include "core/base/archive.h"

namespace fnn::core {

struct LossSum {
  double loss = 0;    // sum w L.
  double weight = 0;  // sum w: the number of rows where they have no weights.

  // losses and weights are [rows]; weights may be null. A row of weight 0 has no part, even where
  // its loss is infinite.
  template <typename T>
  void Add(int64_t rows, const T* losses, const T* weights) {
    for (int64_t r = 0; r < rows; ++r) {
      const double w = weights == nullptr ? 1 : static_cast<double>(weights[r]);
      if (w == 0) continue;
      loss += w * static_cast<double>(losses[r]);
      weight += w;
    }
  }
  void Add(const LossSum& other) {
    loss += other.loss;
    weight += other.weight;
  }

  void Visit(Archive& archive) {
    archive.Value(loss);
    archive.Value(weight);
  }

  // 0 where nothing counts.
  double Mean() const { return weight > 0 ? loss / weight : 0; }
};

// Makes slopes [rows, outputs] those of w / total: what each row adds to the gradient of the mean
// loss, which is 0 where it weighs 0, even where its slope is not finite. `total` is sum w over the
// whole batch.
template <typename T>
void WeighSlopes(int64_t rows, int64_t outputs, const T* weights, double total, T* slopes) {
  for (int64_t r = 0; r < rows; ++r, slopes += outputs) {
    const double w = static_cast<double>(weights[r]);
    const T share = w == 0 ? T{0} : static_cast<T>(w / total);
    for (int64_t i = 0; i < outputs; ++i) slopes[i] = share == 0 ? T{0} : slopes[i] * share;
  }
}

}  // namespace fnn::core

#endif  // FNN_CORE_OPS_LOSS_SUM_H_
