// The table of activations: the kernels of each that all-inl.h lists.

#include "core/ops/table.h"

#include <algorithm>
#include <type_traits>

#include "core/kernels/targets.h"
#include "core/ops/entry.h"
#include "core/ops/float_kernels.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/ops/activations/table.cc"
#include "hwy/foreach_target.h"
// After it:
#include "core/autodiff/dual-inl.h"
#include "core/ops/activations/all-inl.h"
#include "core/ops/row-inl.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace fnn::core::HWY_NAMESPACE {
namespace {

// Whether the operator says that it has no slope to learn by.
template <typename Op>
constexpr bool Differentiable() {
  if constexpr (requires { Op::kDifferentiable; }) {
    return Op::kDifferentiable;
  } else {
    return true;
  }
}

// An operator's formula with its arguments as numbers of the row's kind, made once for all
// elements.
template <typename Op, typename Row>
class FormulaOf {
 public:
  HWY_INLINE FormulaOf(const Row& row, const Arguments& arguments) {
    for (size_t i = 0; i < kCount; ++i) numbers_[i] = row.Make(arguments[i]);
  }

  template <typename S>
  HWY_INLINE S operator()(S x) const {
    if constexpr (kCount == 0) {
      return Op{}(x);
    } else {
      return Op{}(x, numbers_);
    }
  }

 private:
  static constexpr size_t kCount = ArgumentsOf<Op>().size();
  static_assert(kCount <= kMostArguments);
  typename Row::Number numbers_[std::max<size_t>(kCount, 1)];
};

// For f applied to each element: the slope comes from the formula over dual numbers.
template <typename Op>
struct Elementwise {
  using Formula = Op;
  static constexpr bool kElementwise = true;

  template <typename Row, typename T>
  static void Forward(const Arguments& arguments, int64_t rows, int64_t units, const T* z, T* a) {
    const Row row(rows * units);
    const FormulaOf<Op, Row> f(row, arguments);
    row.Write(a, [&](auto at) HWY_ATTR { return f(at(z)); });
  }
  template <typename Row, typename T>
  static void Backward(const Arguments& arguments, int64_t rows, int64_t units, const T* z,
                       const T* /*a*/, T* delta) {
    const Row row(rows * units);
    const FormulaOf<Op, Row> f(row, arguments);
    const auto one = row.Make(1);
    row.Write(delta, [&](auto at) HWY_ATTR {
      return at(delta) * f(Dual<typename Row::Number>{at(z), one}).d;
    });
  }
};

// For f applied to each row. These take no arguments.
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
          .arguments = ArgumentsOf<Op>(),
          .weight_initializer = Op::kWeightInitializer,
          .probabilities = Op::kProbabilities,
          .elementwise = Kind::kElementwise,
          .slope_from_activity = Op::kSlopeFromActivity,
          .differentiable = Differentiable<Op>(),
          .f64 = {Kind::template Forward<Row, double>, Kind::template Backward<Row, double>}};
}

template <typename... Kinds>
struct Table {
  static constexpr ActivationOp kEntries[] = {Entry<Kinds>()...};
  static constexpr ActivationKernels<float> kKernels[] = {
      {Kinds::template Forward<LanesRow, float>, Kinds::template Backward<LanesRow, float>}...};
};

using All = ActivationsOf<Table, Elementwise, Rowwise>;

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
