// Every loss, one line each.

#include "core/ops/table.h"
#include "core/autodiff/dual.h"
#include "core/ops/losses/binary_cross_entropy-inl.h"
#include "core/ops/losses/cross_entropy-inl.h"
#include "core/ops/losses/mean_squared_error-inl.h"

namespace fnn::core {
namespace {

// For the mean over outputs of a formula in one output: the slope comes from dual numbers.
template <typename Op, typename T>
struct Elementwise {
  static void Compute(int64_t rows, int64_t outputs, const T* y, const T* t, double* sum,
                      T* delta) {
    for (int64_t r = 0; r < rows; ++r) {
      T row = 0;
      for (int64_t i = r * outputs; i < (r + 1) * outputs; ++i) {
        const Dual<T> loss = Op{}(Dual<T>{y[i], 1}, Dual<T>{t[i], 0});
        row += loss.v;
        if (delta != nullptr) delta[i] = loss.d / static_cast<T>(outputs);
      }
      *sum += static_cast<double>(row / static_cast<T>(outputs));
    }
  }
};

// For a formula over a whole row.
template <typename Op, typename T>
struct Rowwise {
  static void Compute(int64_t rows, int64_t outputs, const T* y, const T* t, double* sum,
                      T* delta) {
    for (int64_t r = 0; r < rows; ++r) {
      const int64_t at = r * outputs;
      *sum += static_cast<double>(
          Op::Row(outputs, y + at, t + at, delta == nullptr ? nullptr : delta + at));
    }
  }
};

template <typename Op, template <typename, typename> typename Kernels>
constexpr LossOp Entry() {
  return {.name = Op::kName,
          .formula = Op::kFormula,
          .link = Op::kLink,
          .probabilities = Op::kProbabilities,
          .targets_in_unit_interval = Op::kTargetsInUnitInterval,
          .targets_sum_to_one = Op::kTargetsSumToOne,
          .min_outputs = Op::kMinOutputs,
          .f32 = {&Kernels<Op, float>::Compute},
          .f64 = {&Kernels<Op, double>::Compute}};
}

constexpr LossOp kLosses[] = {
    Entry<MeanSquaredErrorOp, Elementwise>(),
    Entry<CrossEntropyOp, Rowwise>(),
    Entry<BinaryCrossEntropyOp, Elementwise>(),
};

}  // namespace

std::span<const LossOp> Losses() { return kLosses; }

}  // namespace fnn::core
