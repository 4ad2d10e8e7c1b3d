// Every activation, one line each.

#include "core/ops/table.h"

#include <algorithm>
#include <type_traits>

#include "core/kernels/targets.h"
#include "core/ops/float_kernels.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/ops/activations/table.cc"
#include "hwy/foreach_target.h"
// After it:
#include "core/autodiff/dual-inl.h"
#include "core/ops/activations/identity-inl.h"
#include "core/ops/activations/logistic-inl.h"
#include "core/ops/activations/relu-inl.h"
#include "core/ops/activations/softmax-inl.h"
#include "core/ops/activations/tanh-inl.h"
#include "core/ops/row-inl.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace fnn::core::HWY_NAMESPACE {
namespace {

// For f applied to each element: the slope comes from the formula over dual numbers.
template <typename Op>
struct Elementwise {
  using Formula = Op;
  static constexpr bool kElementwise = true;

  template <typename Row, typename T>
  static void Forward(const Arguments&, int64_t rows, int64_t units, const T* z, T* a) {
    Row(rows * units).Write(a, [&](auto at) HWY_ATTR { return Op{}(at(z)); });
  }
  template <typename Row, typename T>
  static void Backward(const Arguments&, int64_t rows, int64_t units, const T* z, const T* /*a*/,
                       T* delta) {
    const Row row(rows * units);
    const auto one = row.Make(1);
    row.Write(delta, [&](auto at) HWY_ATTR {
      return at(delta) * Op{}(Dual<typename Row::Number>{at(z), one}).d;
    });
  }
};

// For f applied to each row.
template <typename Op>
struct Rowwise {
  using Formula = Op;
  static constexpr bool kElementwise = false;

  template <typename Row, typename T>
  static void Forward(const Arguments&, int64_t rows, int64_t units, const T* z, T* a) {
    if constexpr (std::is_same_v<Row, LanesRow>) {
      if (units <= AcrossRows::kMostNumbers) return ForwardAcross(rows, units, z, a);
    }
    for (int64_t i = 0; i < rows * units; i += units) Op::Forward(Row(units), z + i, a + i);
  }
  template <typename Row, typename T>
  static void Backward(const Arguments&, int64_t rows, int64_t units, const T* /*z*/, const T* a,
                       T* delta) {
    for (int64_t i = 0; i < rows * units; i += units) Op::Backward(Row(units), a + i, delta + i);
  }

 private:
  static void ForwardAcross(int64_t rows, int64_t units, const float* z, float* a) {
    constexpr int64_t kLanes = kVirtualLanes;
    alignas(64) float across[AcrossRows::kMostNumbers * kLanes];
    for (int64_t r = 0; r < rows; r += kLanes) {
      const int64_t count = std::min(kLanes, rows - r);
      AcrossRows::Enter(count, units, z + r * units, across);
      AcrossRows::ForEachVector([&](size_t first) HWY_ATTR {
        Op::Forward(AcrossRows(units), across + first, across + first);
      });
      AcrossRows::Leave(count, units, across, a + r * units);
    }
  }
};

template <typename Kind>
constexpr ActivationOp Entry() {
  using Op = typename Kind::Formula;
  using Row = ScalarRow<double>;
  return {.name = Op::kName,
          .formula = Op::kFormula,
          .arguments = {},
          .weight_initializer = Op::kWeightInitializer,
          .probabilities = Op::kProbabilities,
          .elementwise = Kind::kElementwise,
          .slope_from_activity = Op::kSlopeFromActivity,
          .f64 = {Kind::template Forward<Row, double>, Kind::template Backward<Row, double>}};
}

template <typename... Kinds>
struct Table {
  static constexpr ActivationOp kEntries[] = {Entry<Kinds>()...};
  static constexpr ActivationKernels<float> kKernels[] = {
      {Kinds::template Forward<LanesRow, float>, Kinds::template Backward<LanesRow, float>}...};
};

using All = Table<            //
    Elementwise<IdentityOp>,  //
    Elementwise<LogisticOp>,  //
    Elementwise<TanhOp>,      //
    Elementwise<ReluOp>,      //
    Rowwise<SoftmaxOp>>;

const ActivationKernels<float>* ActivationFloats() { return All::kKernels; }

}  // namespace
}  // namespace fnn::core::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace fnn::core {

HWY_EXPORT(ActivationFloats);

std::span<const ActivationOp> Activations() { return HWY_NAMESPACE::All::kEntries; }

const ActivationKernels<float>& FloatKernels(const ActivationOp& op) {
  return KernelsOfName(Activations(), HWY_DYNAMIC_DISPATCH(ActivationFloats)(), op);
}

}  // namespace fnn::core
#endif  // HWY_ONCE
