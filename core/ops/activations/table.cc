// Every activation, one line each.

#include "core/ops/table.h"
#include "core/autodiff/dual.h"
#include "core/ops/activations/identity-inl.h"
#include "core/ops/activations/logistic-inl.h"
#include "core/ops/activations/relu-inl.h"
#include "core/ops/activations/softmax-inl.h"
#include "core/ops/activations/tanh-inl.h"

namespace fnn::core {
namespace {

// For f applied to each element: the slope comes from the formula over dual numbers.
template <typename Op, typename T>
constexpr ActivationKernels<T> ElementwiseKernels() {
  return {[](const Arguments&, int64_t rows, int64_t units, const T* z, T* a) {
            for (int64_t i = 0; i < rows * units; ++i) a[i] = Op{}(z[i]);
          },
          [](const Arguments&, int64_t rows, int64_t units, const T* z, const T*, T* delta) {
            for (int64_t i = 0; i < rows * units; ++i) delta[i] *= Op{}(Dual<T>{z[i], 1}).d;
          }};
}

// For f applied to each row.
template <typename Op, typename T>
constexpr ActivationKernels<T> RowwiseKernels() {
  return {[](const Arguments&, int64_t rows, int64_t units, const T* z, T* a) {
            for (int64_t r = 0; r < rows; ++r) Op::Forward(units, z + r * units, a + r * units);
          },
          [](const Arguments&, int64_t rows, int64_t units, const T*, const T* a, T* delta) {
            for (int64_t r = 0; r < rows; ++r)
              Op::Backward(units, a + r * units, delta + r * units);
          }};
}

template <typename Op>
constexpr ActivationOp Elementwise() {
  return {Op::kName,
          Op::kFormula,
          {},
          Op::kWeightInitializer,
          Op::kProbabilities,
          ElementwiseKernels<Op, float>(),
          ElementwiseKernels<Op, double>()};
}

template <typename Op>
constexpr ActivationOp Rowwise() {
  return {Op::kName,
          Op::kFormula,
          {},
          Op::kWeightInitializer,
          Op::kProbabilities,
          RowwiseKernels<Op, float>(),
          RowwiseKernels<Op, double>()};
}

constexpr ActivationOp kActivations[] = {
    Elementwise<IdentityOp>(), Elementwise<LogisticOp>(), Elementwise<TanhOp>(),
    Elementwise<ReluOp>(),     Rowwise<SoftmaxOp>(),
};

}  // namespace

std::span<const ActivationOp> Activations() { return kActivations; }

}  // namespace fnn::core
