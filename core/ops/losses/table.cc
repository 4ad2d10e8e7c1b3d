// The table of losses: the kernels of each that all-inl.h lists.

#include "core/ops/table.h"

#include <algorithm>
#include <span>
#include <type_traits>
#include <utility>

#include "core/kernels/targets.h"
#include "core/ops/entry.h"
#include "core/ops/float_kernels.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/ops/losses/table.cc"
#include "hwy/foreach_target.h"
// After it:
#include "core/autodiff/dual-inl.h"
#include "core/ops/losses/all-inl.h"
#include "core/ops/row-inl.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace fnn::core::HWY_NAMESPACE {
namespace {

// The resolved arguments as numbers, made once a call.
template <typename Number>
struct Constants {
  Number at[kMostArguments];

  template <typename Row>
  static HWY_INLINE Constants Make(const Row& row, const Arguments& arguments) {
    Constants out;
    for (int i = 0; i < kMostArguments; ++i) out.at[i] = row.Make(arguments[i]);
    return out;
  }
};

template <typename Op>
using ArgumentIndices = std::make_index_sequence<ArgumentsOf<Op>().size()>;

// For the mean over outputs of a formula in one output: the slope comes from dual numbers.
// Arguments are constants, and stay what they are.
template <typename Op>
struct Elementwise {
  using Formula = Op;

  template <typename Row, typename T, size_t... I>
  static HWY_INLINE auto Compute(const Row& row,
                                 [[maybe_unused]] const Constants<typename Row::Number>& constants,
                                 const T* y, const T* t, T* delta, std::index_sequence<I...>) {
    using D = Dual<typename Row::Number>;
    const auto one = row.Make(1);
    const auto zero = row.Make(0);
    const auto count = row.Make(static_cast<double>(row.size()));
    const auto loss =
        row.Sum([&](auto at) HWY_ATTR { return Op{}(at(y), at(t), constants.at[I]...); }) / count;
    if (delta != nullptr) {
      row.Write(delta, [&](auto at) HWY_ATTR {
        return Op{}(D{at(y), one}, D{at(t), zero}, constants.at[I]...).d / count;
      });
    }
    return loss;
  }
};

// For a formula over a whole row.
template <typename Op>
struct Rowwise {
  using Formula = Op;

  template <typename Row, typename T, size_t... I>
  static HWY_INLINE auto Compute(const Row& row,
                                 [[maybe_unused]] const Constants<typename Row::Number>& constants,
                                 const T* y, const T* t, T* delta, std::index_sequence<I...>) {
    return Op::Compute(row, y, t, delta, constants.at[I]...);
  }
};

template <typename Kind>
void ComputeAcross(const Arguments& arguments, int64_t rows, int64_t outputs, const float* y,
                   const float* t, float* losses, float* delta) {
  constexpr int64_t kLanes = kVirtualLanes;
  alignas(64) float y_across[AcrossRows::kMostNumbers * kLanes];
  alignas(64) float t_across[AcrossRows::kMostNumbers * kLanes];
  alignas(64) float loss[kLanes];
  const AcrossRows row(outputs);
  const auto constants = Constants<Lanes>::Make(row, arguments);
  for (int64_t r = 0; r < rows; r += kLanes) {
    const int64_t count = std::min(kLanes, rows - r);
    AcrossRows::Enter(count, outputs, y + r * outputs, y_across);
    AcrossRows::Enter(count, outputs, t + r * outputs, t_across);
    AcrossRows::ForEachVector([&](size_t first) HWY_ATTR {
      float* const place = y_across + first;  // The slope takes the place of y.
      Kind::Compute(row, constants, place, t_across + first, delta == nullptr ? nullptr : place,
                    ArgumentIndices<typename Kind::Formula>())
          .Store(loss + first);
    });
    std::copy(loss, loss + count, losses + r);
    if (delta != nullptr) AcrossRows::Leave(count, outputs, y_across, delta + r * outputs);
  }
}

template <typename Kind, typename Row, typename T>
void Compute(const Arguments& arguments, int64_t rows, int64_t outputs, const T* y, const T* t,
             T* losses, T* delta) {
  if constexpr (std::is_same_v<Row, LanesRow>) {
    if (outputs <= AcrossRows::kMostNumbers) {
      return ComputeAcross<Kind>(arguments, rows, outputs, y, t, losses, delta);
    }
  }
  const Row row(outputs);
  const auto constants = Constants<typename Row::Number>::Make(row, arguments);
  for (int64_t r = 0; r < rows; ++r) {
    const int64_t at = r * outputs;
    losses[r] = Row::First(Kind::Compute(row, constants, y + at, t + at,
                                         delta == nullptr ? nullptr : delta + at,
                                         ArgumentIndices<typename Kind::Formula>()));
  }
}

template <typename Kind>
constexpr LossOp Entry() {
  using Op = typename Kind::Formula;
  return {.name = Op::kName,
          .formula = Op::kFormula,
          .arguments = ArgumentsOf<Op>(),
          .link = Op::kLink,
          .probabilities = Op::kProbabilities,
          .targets = Op::kTargets,
          .min_outputs = Op::kMinOutputs,
          .f64 = {Compute<Kind, ScalarRow<double>, double>}};
}

template <typename... Kinds>
struct Table {
  static constexpr LossOp kEntries[] = {Entry<Kinds>()...};
  static constexpr LossKernels<float> kKernels[] = {{Compute<Kinds, LanesRow, float>}...};
};

using All = LossesOf<Table, Elementwise, Rowwise>;

const LossKernels<float>* LossFloats() { return All::kKernels; }

}  // namespace
}  // namespace fnn::core::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace fnn::core {

HWY_EXPORT(LossFloats);

std::span<const LossOp> Losses() { return HWY_NAMESPACE::All::kEntries; }

const LossKernels<float>& FloatKernels(const LossOp& op) {
  return KernelsOfName(Losses(), HWY_DYNAMIC_DISPATCH(LossFloats)(), op);
}

}  // namespace fnn::core
#endif  // HWY_ONCE
