// Runs a plan on batches in double, layer by layer: forward, and for training backward by
// back-propagation (Rumelhart, Hinton and Williams, 1986). Plain on purpose: it is what the engine
// (core/engine) is held against. Owns the activations' memory, allocated once.

#ifndef FNN_CORE_REFERENCE_EXECUTOR_H_
#define FNN_CORE_REFERENCE_EXECUTOR_H_

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/saturating.h"
#include "core/plan/plan.h"

namespace fnn::core {

// kInference keeps no layer's activity longer than the next layer needs it.
enum class ExecutorMode { kInference, kTraining };

// Not thread-safe; the plan must outlive it. Arrays are row-major [rows, width], rows at most
// `batch`; parameters and gradients are in the plan's logical order.
class Executor {
 public:
  Executor(const Plan& plan, int64_t batch, ExecutorMode mode);

  // What one allocates, as a number of doubles.
  static SaturatingSize Values(const Plan& plan, int64_t batch, ExecutorMode mode);

  // The last layer's activity [rows, outputs] for x [rows, inputs]; what the loss takes. Valid
  // until the next call.
  const double* Forward(const double* parameters, const double* x, int64_t rows);

  // Where the slope of the loss with regard to Forward's result goes, [rows, outputs]. kTraining.
  double* output_delta() { return delta_.data(); }

  // Writes `scale` times the gradient of the rows' summed loss to `gradient`. Follows Forward with
  // the same arguments; uses up output_delta(). kTraining.
  void Backward(const double* parameters, const double* x, int64_t rows, double scale,
                double* gradient);

  // The first layer whose last activity is not finite, or empty. kTraining, after Forward.
  std::string FirstLayerNotFinite(int64_t rows) const;

 private:
  struct Buffers {
    std::vector<double> z_values;  // The net input; empty where the layer has no weights.
    std::vector<double> a_values;  // The activity; empty where it is the net input.
    const double* a = nullptr;     // Where the activity of the last batch lies.
  };

  const Plan& plan_;
  const bool training_;
  std::vector<Buffers> layers_;
  std::vector<double> delta_, next_delta_;  // [batch, widest]
};

}  // namespace fnn::core

#endif  // FNN_CORE_REFERENCE_EXECUTOR_H_
