// The micro-kernel: a tile of a few rows times up to 64 columns is summed over all of k in
// registers. Four 16-lane vectors times six rows fill the 32 registers of AVX-512; where vectors or
// registers are fewer, tiles are 16 columns wide.

#include "core/kernels/gemm.h"

#include <algorithm>
#include <cstddef>

#include "core/kernels/layout.h"
#include "core/kernels/targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/kernels/gemm.cc"
#include "hwy/foreach_target.h"
// After it:
#include "core/kernels/lanes-inl.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace fnn::core::HWY_NAMESPACE {
namespace {

using Vector = hn::Vec<FloatTag>;

// kRows rows times kVectors vectors at x, w and c.
template <int kRows, int kVectors, bool kTransposed>
HWY_INLINE void Tile(const Product& p, const float* HWY_RESTRICT x, const float* HWY_RESTRICT w,
                     const float* start, float* HWY_RESTRICT c) {
  const FloatTag d;
  const size_t lanes = hn::Lanes(d);
  const ptrdiff_t row_stride = kTransposed ? 1 : p.x_row_stride;
  const ptrdiff_t k_stride = kTransposed ? p.x_row_stride : 1;
  Vector sum[kRows][kVectors];
  for (int r = 0; r < kRows; ++r) {
    for (int v = 0; v < kVectors; ++v) {
      sum[r][v] = p.accumulate       ? hn::Load(d, c + r * p.c_stride + v * lanes)
                  : start != nullptr ? hn::Load(d, start + v * lanes)
                                     : hn::Zero(d);
    }
  }
  for (int64_t left = p.depth; left > 0; left -= kPanelColumns, x += p.x_block_stride) {
    const int64_t depth = kTransposed ? left : std::min(left, kPanelColumns);
    const float* HWY_RESTRICT at = x;
    for (int64_t k = 0; k < depth; ++k, at += k_stride, w += p.w_stride) {
      Vector weights[kVectors];
      for (int v = 0; v < kVectors; ++v) weights[v] = hn::Load(d, w + v * lanes);
      for (int r = 0; r < kRows; ++r) {
        const Vector scale = hn::Set(d, at[r * row_stride]);
        for (int v = 0; v < kVectors; ++v) sum[r][v] = hn::MulAdd(scale, weights[v], sum[r][v]);
      }
    }
    if (kTransposed) break;
  }
  for (int r = 0; r < kRows; ++r) {
    for (int v = 0; v < kVectors; ++v) hn::Store(sum[r][v], d, c + r * p.c_stride + v * lanes);
  }
}

// All rows of a strip of kVectors vectors: as many at once as registers allow, then 4, 2, 1.
template <int kRows, int kVectors, bool kTransposed>
void Strip(const Product& p, const float* w, const float* start, float* c) {
  const ptrdiff_t row_stride = kTransposed ? 1 : p.x_row_stride;
  int64_t r = 0;
  const auto rows = [&](auto count) HWY_ATTR {
    constexpr int kCount = decltype(count)::value;
    for (; r + kCount <= p.rows; r += kCount) {
      Tile<kCount, kVectors, kTransposed>(p, p.x + r * row_stride, w, start, c + r * p.c_stride);
    }
  };
  rows(std::integral_constant<int, kRows>());
  if constexpr (kRows > 4) rows(std::integral_constant<int, 4>());
  if constexpr (kRows > 2) rows(std::integral_constant<int, 2>());
  if constexpr (kRows > 1) rows(std::integral_constant<int, 1>());
}

template <bool kTransposed>
void Columns(const Product& p) {
  const auto strip = [&](auto rows, auto vectors, int64_t column) HWY_ATTR {
    Strip<decltype(rows)::value, decltype(vectors)::value, kTransposed>(
        p, p.w + column, p.start == nullptr ? nullptr : p.start + column, p.c + column);
  };
  constexpr int kParts = kVirtualLanes / HWY_LANES(float);  // Vectors in 16 columns.
  if constexpr (HWY_LANES(float) >= kVirtualLanes) {
    switch (p.columns / kPadding) {
      case 1:
        return strip(std::integral_constant<int, 12>(), std::integral_constant<int, 1>(), 0);
      case 2:
        return strip(std::integral_constant<int, 10>(), std::integral_constant<int, 2>(), 0);
      case 3:
        return strip(std::integral_constant<int, 8>(), std::integral_constant<int, 3>(), 0);
      default:
        return strip(std::integral_constant<int, 6>(), std::integral_constant<int, 4>(), 0);
    }
  } else {
    // Twelve sums in 16 registers, 24 in 32.
    constexpr int kRows = kParts <= 2 ? 6 : HWY_ARCH_ARM ? 6 : 1;
    for (int64_t column = 0; column < p.columns; column += kPadding) {
      strip(std::integral_constant<int, kRows>(), std::integral_constant<int, kParts>(), column);
    }
  }
}

void MultiplyImpl(const Product& p) {
  if (p.transposed) {
    Columns<true>(p);
  } else {
    Columns<false>(p);
  }
}

#if HWY_TARGET != HWY_SCALAR
// 4 x 4 numbers: rows of `in` become columns of `out`.
HWY_INLINE void Transpose4(const float* in, int64_t in_stride, float* out) {
  const hn::FixedTag<float, 4> d;
  const auto a = hn::Load(d, in);
  const auto b = hn::Load(d, in + in_stride);
  const auto c = hn::Load(d, in + 2 * in_stride);
  const auto e = hn::Load(d, in + 3 * in_stride);
  const auto ac_low = hn::InterleaveLower(d, a, c);  // a0 c0 a1 c1
  const auto ac_high = hn::InterleaveUpper(d, a, c);
  const auto be_low = hn::InterleaveLower(d, b, e);
  const auto be_high = hn::InterleaveUpper(d, b, e);
  hn::Store(hn::InterleaveLower(d, ac_low, be_low), d, out);  // a0 b0 c0 e0
  hn::Store(hn::InterleaveUpper(d, ac_low, be_low), d, out + kPanelColumns);
  hn::Store(hn::InterleaveLower(d, ac_high, be_high), d, out + 2 * kPanelColumns);
  hn::Store(hn::InterleaveUpper(d, ac_high, be_high), d, out + 3 * kPanelColumns);
}
#endif

void TransposeImpl(int64_t rows, int64_t columns, const float* w, int64_t w_stride, float* out) {
  int64_t r = 0;
#if HWY_TARGET != HWY_SCALAR
  for (; r + 4 <= rows; r += 4) {
    for (int64_t c = 0; c < columns; c += 4) {
      Transpose4(w + r * w_stride + c, w_stride, out + c * kPanelColumns + r);
    }
  }
#endif
  for (; r < rows; ++r) {
    for (int64_t c = 0; c < columns; ++c) out[c * kPanelColumns + r] = w[r * w_stride + c];
  }
  for (; r % kPadding != 0; ++r) {
    for (int64_t c = 0; c < columns; ++c) out[c * kPanelColumns + r] = 0;
  }
}

void SumRowsImpl(int64_t rows, int64_t columns, const float* x, int64_t stride, bool accumulate,
                 float* sums) {
  const FloatTag d;
  for (int64_t c = 0; c < columns; c += static_cast<int64_t>(hn::Lanes(d))) {
    auto sum = accumulate ? hn::Load(d, sums + c) : hn::Zero(d);
    for (int64_t r = 0; r < rows; ++r) sum = hn::Add(sum, hn::Load(d, x + r * stride + c));
    hn::Store(sum, d, sums + c);
  }
}

// Handed out as pointers, so that a caller looks them up once.
MultiplyFunction GetMultiply() { return MultiplyImpl; }
TransposeFunction GetTranspose() { return TransposeImpl; }
SumRowsFunction GetSumRows() { return SumRowsImpl; }

}  // namespace
}  // namespace fnn::core::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace fnn::core {

HWY_EXPORT(GetMultiply);
HWY_EXPORT(GetTranspose);
HWY_EXPORT(GetSumRows);

MultiplyFunction Multiply() { return HWY_DYNAMIC_DISPATCH(GetMultiply)(); }
TransposeFunction Transpose() { return HWY_DYNAMIC_DISPATCH(GetTranspose)(); }
SumRowsFunction SumRows() { return HWY_DYNAMIC_DISPATCH(GetSumRows)(); }

}  // namespace fnn::core
#endif  // HWY_ONCE
