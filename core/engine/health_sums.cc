#include "core/engine/health_sums.h"

#include <algorithm>

#include "core/kernels/layout.h"
#include "core/kernels/targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/engine/health_sums.cc"
#include "hwy/foreach_target.h"
// After it:
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace fnn::core::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

// Vectors of so many doubles at most, AVX-512's, and of as many floats.
constexpr int64_t kBlock = 8;
using DoubleTag = hn::CappedTag<double, kBlock>;
using FloatTag = hn::Rebind<float, DoubleTag>;
using Doubles = hn::Vec<DoubleTag>;
using Floats = hn::Vec<FloatTag>;
constexpr auto kLanes = static_cast<int64_t>(hn::MaxLanes(DoubleTag()));
static_assert(kPadding % kBlock == 0, "columns are read in blocks, the last with its padding");

// a, unless b is greater, or less; so no NaN comes in.
HWY_INLINE Floats Larger(Floats a, Floats b) { return hn::IfThenElse(hn::Lt(a, b), b, a); }
HWY_INLINE Floats Smaller(Floats a, Floats b) { return hn::IfThenElse(hn::Lt(b, a), b, a); }

// kSize values, each summed up by a lane of its own.
template <int64_t kSize>
struct Sums {
  static constexpr int64_t kVectors = kSize / kLanes;

  HWY_INLINE Sums() {
    for (Doubles& v : at) v = hn::Zero(DoubleTag());
  }
  // Adds them up in pairs.
  HWY_INLINE double Total() const {
    HWY_ALIGN double lanes[kSize];
    Store(lanes);
    for (int64_t half = kSize / 2; half > 0; half /= 2) {
      for (int64_t i = 0; i < half; ++i) lanes[i] += lanes[i + half];
    }
    return lanes[0];
  }
  HWY_INLINE void Store(double* to) const {
    for (int64_t v = 0; v < kVectors; ++v) hn::Store(at[v], DoubleTag(), to + v * kLanes);
  }

  Doubles at[kVectors];
};

// The sum of the squares of the floats load(i), i in [0, n).
template <typename Load>
HWY_INLINE double SumOfSquares(int64_t n, Load load) {
  Sums<kPadding> sums;
  for (int64_t i = 0; i < n; i += kPadding) {
    for (int64_t v = 0; v < Sums<kPadding>::kVectors; ++v) {
      const Doubles x = hn::PromoteTo(DoubleTag(), load(i + v * kLanes));
      sums.at[v] = hn::MulAdd(x, x, sums.at[v]);
    }
  }
  return sums.Total();
}

double SquaredSumImpl(int64_t n, const float* x) {
  return SumOfSquares(n, [x](int64_t i) HWY_ATTR { return hn::LoadU(FloatTag(), x + i); });
}

double SquaredDistanceImpl(int64_t n, const float* a, const float* b) {
  return SumOfSquares(n, [a, b](int64_t i) HWY_ATTR {
    return hn::Sub(hn::LoadU(FloatTag(), b + i), hn::LoadU(FloatTag(), a + i));
  });
}

double LargestSizeImpl(int64_t n, const float* x) {
  const FloatTag d;
  Floats largest = hn::Zero(d);
  for (int64_t i = 0; i < n; i += kLanes) {
    largest = Larger(largest, hn::Abs(hn::LoadU(d, x + i)));
  }
  return hn::GetLane(hn::MaxOfLanes(d, largest));
}

// A block of columns from `first` on, those of the padding left out.
template <bool kDetailed>
HWY_INLINE void AddBlock(const Columns& c, int64_t first, ActivityFigures& to) {
  const FloatTag df;
  const DoubleTag dd;
  Sums<kBlock> sums, squares, zeros;
  constexpr int64_t kVectors = Sums<kBlock>::kVectors;
  Floats least[kVectors], most[kVectors];
  for (int64_t v = 0; v < kVectors; ++v) {
    least[v] = hn::Inf(df);
    most[v] = hn::Neg(hn::Inf(df));
  }
  const float* row = c.values + first;
  for (int64_t r = 0; r < c.rows; ++r, row += c.stride) {
    for (int64_t v = 0; v < kVectors; ++v) {
      const Floats x = hn::LoadU(df, row + v * kLanes);
      const Doubles a = hn::PromoteTo(dd, x);
      sums.at[v] = hn::Add(sums.at[v], a);
      squares.at[v] = hn::MulAdd(a, a, squares.at[v]);
      if constexpr (kDetailed) {
        const auto zero = hn::Eq(a, hn::Zero(dd));
        zeros.at[v] = hn::Add(zeros.at[v], hn::IfThenElseZero(zero, hn::Set(dd, 1)));
        least[v] = Smaller(least[v], x);
        most[v] = Larger(most[v], x);
      }
    }
  }
  HWY_ALIGN double sum[kBlock], square[kBlock];
  sums.Store(sum);
  squares.Store(square);
  const int64_t columns = std::min(kBlock, c.columns - first);
  for (int64_t k = 0; k < columns; ++k) {
    to.sum += sum[k];
    to.squares += square[k];
    // In double the square of no float but 0 is 0.
    if (c.alive != nullptr && square[k] != 0) c.alive[first + k] = 1;
  }
  if constexpr (kDetailed) {
    HWY_ALIGN double zero[kBlock];
    HWY_ALIGN float low[kBlock], high[kBlock];
    zeros.Store(zero);
    for (int64_t v = 0; v < kVectors; ++v) {
      hn::Store(least[v], df, low + v * kLanes);
      hn::Store(most[v], df, high + v * kLanes);
    }
    for (int64_t k = 0; k < columns; ++k) {
      to.zeros += static_cast<int64_t>(zero[k]);
      to.min = std::min<double>(to.min, low[k]);
      to.max = std::max<double>(to.max, high[k]);
    }
  }
}

int64_t CountSaturated(const Columns& c) {
  const auto low = static_cast<float>(c.flat.low);
  const auto high = static_cast<float>(c.flat.high);
  int64_t saturated = 0;
  for (int64_t r = 0; r < c.rows; ++r) {
    const float* const row = c.values + r * c.stride;
    int32_t count = 0;
    for (int64_t k = 0; k < c.columns; ++k) {
      count += static_cast<int32_t>(row[k] <= low) | static_cast<int32_t>(row[k] >= high);
    }
    saturated += count;
  }
  return saturated;
}

void AddColumnsImpl(const Columns& c, ActivityFigures& to) {
  to.count += c.rows * c.columns;
  for (int64_t first = 0; first < c.columns; first += kBlock) {
    c.detailed ? AddBlock<true>(c, first, to) : AddBlock<false>(c, first, to);
  }
  if (c.flat.saturates) to.saturated += CountSaturated(c);
}

}  // namespace
}  // namespace fnn::core::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace fnn::core {

HWY_EXPORT(SquaredSumImpl);
HWY_EXPORT(SquaredDistanceImpl);
HWY_EXPORT(LargestSizeImpl);
HWY_EXPORT(AddColumnsImpl);

double SquaredSum(int64_t n, const float* x) { return HWY_DYNAMIC_DISPATCH(SquaredSumImpl)(n, x); }

double SquaredDistance(int64_t n, const float* a, const float* b) {
  return HWY_DYNAMIC_DISPATCH(SquaredDistanceImpl)(n, a, b);
}

double LargestSize(int64_t n, const float* x) {
  return HWY_DYNAMIC_DISPATCH(LargestSizeImpl)(n, x);
}

void AddColumns(const Columns& columns, ActivityFigures& to) {
  HWY_DYNAMIC_DISPATCH(AddColumnsImpl)(columns, to);
}

}  // namespace fnn::core
#endif  // HWY_ONCE
