// Activations with parameters that are learned: f(x; p) for each element, p one number per unit or
// one for the layer. Their slopes with regard to x and to each p come from the one formula.

#ifndef FNN_CORE_OPS_LAYERS_LEARNED_H_
#define FNN_CORE_OPS_LAYERS_LEARNED_H_

#include <cstdint>
#include <span>

#include "absl/strings/string_view.h"
#include "core/ops/layers/table.h"

namespace fnn::core {

inline constexpr int kMostLearned = 3;

struct LearnedParameter {
  absl::string_view name;
  double start = 0;
  bool starts_at_argument = false;  // At the first argument, instead of at `start`.
  bool shared = false;              // One for the layer.
  bool may_be_regularized = true;
};

// On [rows, units] side by side.
template <typename T>
struct LearnedKernels {
  void (*forward)(int64_t rows, int64_t units, const T* const* p, const T* x, T* y);
  // dx = delta df/dx, or added to dx.
  void (*backward)(int64_t rows, int64_t units, const T* const* p, const T* x, const T* delta,
                   bool adds, T* dx);
  // sums[u] += the sum over rows, in order, of delta df/dp[which].
  void (*gradient)(int64_t rows, int64_t units, const T* const* p, size_t which, const T* x,
                   const T* delta, T* sums);
};

struct LearnedOp {
  absl::string_view name;
  absl::string_view formula;
  std::span<const Argument> arguments;
  std::span<const LearnedParameter> parameters;
  absl::string_view weight_initializer;  // The default before it.
  LearnedKernels<double> f64;
};

// Each in the order of LearnedActivations().
std::span<const LearnedOp> LearnedActivations();
const LearnedKernels<float>* LearnedFloatKernels();

}  // namespace fnn::core

#endif  // FNN_CORE_OPS_LAYERS_LEARNED_H_
