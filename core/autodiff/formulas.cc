#include "core/autodiff/formulas.h"

#include <algorithm>
#include <array>
#include <utility>

#include "core/autodiff/tape.h"
#include "core/kernels/targets.h"
#include "core/ops/entry.h"
#include "core/ops/float_kernels.h"
// After it; compiled once, for no instruction set in particular:
#include "core/autodiff/dual.h"
#include "core/ops/activations/all-inl.h"
#include "core/ops/layers/all_learned-inl.h"
#include "core/ops/losses/all-inl.h"
#include "core/ops/row-inl.h"

HWY_BEFORE_NAMESPACE();
namespace fnn::core::HWY_NAMESPACE {
namespace {

template <typename Op>
inline constexpr size_t kArgumentCount = ArgumentsOf<Op>().size();

template <typename S>
struct Activation {
  using Function = void (*)(const Arguments&, int64_t rows, int64_t units, const S* z, S* a);

  template <typename Op>
  struct Elementwise {
    static void Run(const Arguments& arguments, int64_t rows, int64_t units, const S* z, S* a) {
      for (int64_t i = 0; i < rows * units; ++i) {
        if constexpr (kArgumentCount<Op> == 0) {
          a[i] = Op{}(z[i]);
        } else {
          a[i] = Op{}(z[i], arguments);
        }
      }
    }
  };
  template <typename Op>
  struct Rowwise {
    static void Run(const Arguments&, int64_t rows, int64_t units, const S* z, S* a) {
      for (int64_t i = 0; i < rows * units; i += units) {
        Op::Forward(ScalarRow<S>(units), z + i, a + i);
      }
    }
  };
  template <typename... Kinds>
  struct Table {
    static constexpr Function kRun[] = {Kinds::Run...};
  };
  using All = ActivationsOf<Table, Elementwise, Rowwise>;
};

template <typename S>
struct Loss {
  using Function = void (*)(const Arguments&, int64_t rows, int64_t outputs, const S* y, const S* t,
                            S* losses);

  // Calls f with each argument of the operator as a number.
  template <typename Op, typename F, size_t... I>
  static S With(const Arguments& arguments, F f, std::index_sequence<I...>) {
    return f(S(arguments[I])...);
  }
  template <typename Op>
  using Indices = std::make_index_sequence<kArgumentCount<Op>>;

  template <typename Op>
  struct Elementwise {
    static void Run(const Arguments& arguments, int64_t rows, int64_t outputs, const S* y,
                    const S* t, S* losses) {
      for (int64_t r = 0; r < rows; ++r, y += outputs, t += outputs) {
        S sum = 0;
        for (int64_t i = 0; i < outputs; ++i) {
          sum += With<Op>(
              arguments, [&](auto... c) { return Op{}(y[i], t[i], c...); }, Indices<Op>());
        }
        losses[r] = sum / S(static_cast<double>(outputs));
      }
    }
  };
  template <typename Op>
  struct Rowwise {
    static void Run(const Arguments& arguments, int64_t rows, int64_t outputs, const S* y,
                    const S* t, S* losses) {
      const ScalarRow<S> row(outputs);
      S* const no_slope = nullptr;
      for (int64_t r = 0; r < rows; ++r, y += outputs, t += outputs) {
        losses[r] = With<Op>(
            arguments, [&](auto... c) { return Op::Compute(row, y, t, no_slope, c...); },
            Indices<Op>());
      }
    }
  };
  template <typename... Kinds>
  struct Table {
    static constexpr Function kRun[] = {Kinds::Run...};
  };
  using All = LossesOf<Table, Elementwise, Rowwise>;
};

template <typename S>
struct Learned {
  using Function = void (*)(int64_t rows, int64_t units, const S* const* p, const S* x, S* y);

  template <typename Op>
  static void Run(int64_t rows, int64_t units, const S* const* p, const S* x, S* y) {
    constexpr size_t kCount = std::size(Op::kParameters);
    for (int64_t r = 0; r < rows; ++r) {
      for (int64_t u = 0; u < units; ++u, ++x, ++y) {
        std::array<S, kCount> numbers;
        for (size_t k = 0; k < kCount; ++k) numbers[k] = p[k][Op::kParameters[k].shared ? 0 : u];
        *y = Op{}(*x, numbers);
      }
    }
  }
  template <typename... Ops>
  struct Table {
    static constexpr Function kRun[] = {Run<Ops>...};
  };
  using All = LearnedActivationsOf<Table>;
};

}  // namespace
}  // namespace fnn::core::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

namespace fnn::core {

template <typename S>
void ApplyActivation(const ActivationOp& op, const Arguments& arguments, int64_t rows,
                     int64_t units, const S* z, S* a) {
  KernelsOfName(Activations(), HWY_NAMESPACE::Activation<S>::All::kRun, op)(arguments, rows, units,
                                                                            z, a);
}

template <typename S>
void ApplyLoss(const LossOp& op, const Arguments& arguments, int64_t rows, int64_t outputs,
               const S* y, const S* t, S* losses) {
  KernelsOfName(Losses(), HWY_NAMESPACE::Loss<S>::All::kRun, op)(arguments, rows, outputs, y, t,
                                                                 losses);
}

template <typename S>
void ApplyLearned(const LearnedOp& op, int64_t rows, int64_t units, const S* const* p, const S* x,
                  S* y) {
  KernelsOfName(LearnedActivations(), HWY_NAMESPACE::Learned<S>::All::kRun, op)(rows, units, p, x,
                                                                                y);
}

#define FNN_INSTANTIATE(S)                                                                         \
  template void ApplyActivation(const ActivationOp&, const Arguments&, int64_t, int64_t, const S*, \
                                S*);                                                               \
  template void ApplyLoss(const LossOp&, const Arguments&, int64_t, int64_t, const S*, const S*,   \
                          S*);                                                                     \
  template void ApplyLearned(const LearnedOp&, int64_t, int64_t, const S* const*, const S*, S*)
FNN_INSTANTIATE(double);
FNN_INSTANTIATE(Dual<double>);
FNN_INSTANTIATE(Variable);
#undef FNN_INSTANTIATE

}  // namespace fnn::core
