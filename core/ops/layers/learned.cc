// The table of activations with learned parameters: the kernels of each that all_learned-inl.h
// lists.

#include "core/ops/layers/learned.h"

#include <array>

#include "core/kernels/targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/ops/layers/learned.cc"
#include "hwy/foreach_target.h"
// After it:
#include "core/autodiff/dual-inl.h"
#include "core/ops/layers/all_learned-inl.h"
#include "core/ops/row-inl.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace fnn::core::HWY_NAMESPACE {
namespace {

template <typename Op>
inline constexpr size_t kCount = std::size(Op::kParameters);

// Calls f with the parameters of a position as numbers.
template <typename Op, typename Row, typename T>
class ParametersOf {
 public:
  using S = typename Row::Number;
  using Numbers = std::array<S, kCount<Op>>;

  HWY_INLINE ParametersOf(const Row& row, const T* const* p) : p_(p) {
    for (size_t i = 0; i < kCount<Op>; ++i) {
      shared_[i] = row.Make(Op::kParameters[i].shared ? static_cast<double>(p[i][0]) : 0);
    }
  }
  template <typename At>
  HWY_INLINE Numbers operator()(At at) const {
    Numbers out = shared_;
    for (size_t i = 0; i < kCount<Op>; ++i) {
      if (!Op::kParameters[i].shared) out[i] = at(p_[i]);
    }
    return out;
  }

 private:
  const T* const* p_;
  Numbers shared_;
};

template <typename Op, typename Row, typename T>
struct Kernels {
  using S = typename Row::Number;
  using Numbers = std::array<S, kCount<Op>>;
  using D = Dual<S>;

  struct Duals {
    const Numbers& p;
    size_t which;  // The one that has a slope.
    S zero, one;
    HWY_INLINE D operator[](size_t i) const { return {p[i], i == which ? one : zero}; }
  };

  // The slope with regard to parameter `which`, or to x where that is no parameter.
  static HWY_INLINE S Slope(S x, const Numbers& p, size_t which, S zero, S one) {
    return Op{}(D{x, which < kCount<Op> ? zero : one}, Duals{p, which, zero, one}).d;
  }

  static void Forward(int64_t rows, int64_t units, const T* const* p, const T* x, T* y) {
    const Row row(units);
    const ParametersOf<Op, Row, T> parameters(row, p);
    for (int64_t r = 0; r < rows; ++r, x += units, y += units) {
      row.Write(y, [&](auto at) HWY_ATTR { return Op{}(at(x), parameters(at)); });
    }
  }

  static void Backward(int64_t rows, int64_t units, const T* const* p, const T* x, const T* delta,
                       bool adds, T* dx) {
    const Row row(units);
    const ParametersOf<Op, Row, T> parameters(row, p);
    const S zero = row.Make(0);
    const S one = row.Make(1);
    for (int64_t r = 0; r < rows; ++r, x += units, delta += units, dx += units) {
      row.Write(dx, [&](auto at) HWY_ATTR {
        const S slope = at(delta) * Slope(at(x), parameters(at), kCount<Op>, zero, one);
        return adds ? at(dx) + slope : slope;
      });
    }
  }

  static void Gradient(int64_t rows, int64_t units, const T* const* p, size_t which, const T* x,
                       const T* delta, T* sums) {
    const Row row(units);
    const ParametersOf<Op, Row, T> parameters(row, p);
    const S zero = row.Make(0);
    const S one = row.Make(1);
    for (int64_t r = 0; r < rows; ++r, x += units, delta += units) {
      row.Write(sums, [&](auto at) HWY_ATTR {
        return at(sums) + at(delta) * Slope(at(x), parameters(at), which, zero, one);
      });
    }
  }

  static constexpr LearnedKernels<T> kAll = {Forward, Backward, Gradient};
};

template <typename Op>
constexpr LearnedOp Entry() {
  static_assert(kCount<Op> <= kMostLearned);
  return {.name = Op::kName,
          .formula = Op::kFormula,
          .arguments = Op::kArguments,
          .parameters = Op::kParameters,
          .weight_initializer = Op::kWeightInitializer,
          .f64 = Kernels<Op, ScalarRow<double>, double>::kAll};
}

template <typename... Ops>
struct Table {
  static constexpr LearnedOp kEntries[] = {Entry<Ops>()...};
  static constexpr LearnedKernels<float> kKernels[] = {Kernels<Ops, LanesRow, float>::kAll...};
};

using All = LearnedActivationsOf<Table>;

const LearnedKernels<float>* LearnedFloats() { return All::kKernels; }

}  // namespace
}  // namespace fnn::core::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace fnn::core {

HWY_EXPORT(LearnedFloats);

std::span<const LearnedOp> LearnedActivations() { return HWY_NAMESPACE::All::kEntries; }

const LearnedKernels<float>* LearnedFloatKernels() { return HWY_DYNAMIC_DISPATCH(LearnedFloats)(); }

}  // namespace fnn::core
#endif  // HWY_ONCE
