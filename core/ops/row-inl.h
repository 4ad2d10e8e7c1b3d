// A row of numbers as formulas over a whole row see it: softmax, cross-entropy.
//
// A formula asks for the Max or the Sum of something over the row's positions, or Writes it:
//
//   const auto top = row.Max([&](auto at) HWY_ATTR { return at(z); });
//   const auto sum = row.Sum([&](auto at) HWY_ATTR { return Exp(at(z) - top); });
//   row.Write(a, [&](auto at) HWY_ATTR { return Exp(at(z) - top) / sum; });
//
// where at(p) is the number of the array p at the position. ScalarRow goes through one number after
// the other, LanesRow through vectors of them, AcrossRows through vectors of rows. Included once
// for each instruction set.

#if defined(FNN_CORE_OPS_ROW_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef FNN_CORE_OPS_ROW_INL_H_
#undef FNN_CORE_OPS_ROW_INL_H_
#else
#define FNN_CORE_OPS_ROW_INL_H_
#endif

#include <array>
#include <cstdint>
#include <limits>

#include "core/kernels/lanes-inl.h"
#include "core/kernels/targets.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace fnn::core::HWY_NAMESPACE {

template <typename T>
class ScalarRow {
 public:
  using Number = T;

  explicit ScalarRow(int64_t n) : n_(n) {}
  int64_t size() const { return n_; }

  Number Make(double c) const { return static_cast<T>(c); }

  template <typename F>
  Number Max(F f) const {
    T out = f(At{0});
    for (int64_t i = 1; i < n_; ++i) {
      const T x = f(At{i});
      if (out < x) out = x;
    }
    return out;
  }

  template <typename F>
  Number Sum(F f) const {
    T out = 0;
    ForEach([&](At at) { out += f(at); });
    return out;
  }

  template <typename F>
  void Write(T* out, F f) const {
    ForEach([&](At at) { at.Store(f(at), out); });
  }

  // f(at) at every position; there, at.Store(number, p) writes to the array p.
  template <typename F>
  void ForEach(F f) const {
    for (int64_t i = 0; i < n_; ++i) f(At{i});
  }

  // The number itself.
  static T First(Number x) { return x; }

 private:
  struct At {
    int64_t i;
    Number operator()(const T* p) const { return p[i]; }
    void Store(Number x, T* p) const { p[i] = x; }
  };

  int64_t n_;
};

// Reads and writes only the row's n floats. Sums run over kVirtualLanes partial sums, which are
// added as a tree: the same bits for every width of vector.
class LanesRow {
 public:
  using Number = Lanes;

  explicit LanesRow(int64_t n) : n_(static_cast<size_t>(n)) {}
  int64_t size() const { return static_cast<int64_t>(n_); }

  HWY_INLINE Lanes Make(double c) const { return Lanes::Of(static_cast<float>(c)); }

  template <typename F>
  HWY_INLINE Lanes Max(F f) const {
    const FloatTag d;
    auto top = hn::Set(d, -std::numeric_limits<float>::infinity());
    ForEach([&](auto at) HWY_ATTR { top = hn::Max(top, at.Masked(f(at), top)); });
    return {hn::MaxOfLanes(d, top)};
  }

  template <typename F>
  HWY_INLINE Lanes Sum(F f) const {
    const FloatTag d;
    const auto zero = hn::Zero(d);
    alignas(64) float sums[kVirtualLanes];
    if (hn::Lanes(d) == kVirtualLanes) {
      auto sum = zero;
      ForEach([&](auto at) HWY_ATTR { sum = hn::Add(sum, at.Masked(f(at), zero)); });
      hn::Store(sum, d, sums);
    } else {
      for (size_t i = 0; i < kVirtualLanes; i += hn::Lanes(d)) hn::Store(zero, d, sums + i);
      ForEach([&](auto at) HWY_ATTR {
        float* const part = sums + at.i % kVirtualLanes;
        hn::Store(hn::Add(hn::Load(d, part), at.Masked(f(at), zero)), d, part);
      });
    }
    return Lanes::Of(AddUp(sums));
  }

  template <typename F>
  HWY_INLINE void Write(float* out, F f) const {
    ForEach([&](auto at) HWY_ATTR { at.Store(f(at), out); });
  }

  template <typename F>
  HWY_INLINE void ForEach(F f) const {
    const size_t lanes = hn::Lanes(FloatTag());
    size_t i = 0;
    for (; i + lanes <= n_; i += lanes) f(WholeAt{i});
    if (i < n_) f(PartAt{i, n_ - i});
  }

  // A number that is the same in every lane.
  static HWY_INLINE float First(Lanes x) { return hn::GetLane(x.v); }

 private:
  struct WholeAt {
    size_t i;
    HWY_INLINE Lanes operator()(const float* p) const { return Lanes::Load(p + i); }
    HWY_INLINE void Store(Lanes x, float* p) const { x.Store(p + i); }
    HWY_INLINE Lanes::V Masked(Lanes x, Lanes::V /*otherwise*/) const { return x.v; }
  };
  // The last positions, fewer than a vector has lanes.
  struct PartAt {
    size_t i;
    size_t count;
    HWY_INLINE Lanes operator()(const float* p) const {
      const FloatTag d;
      return {hn::MaskedLoad(hn::FirstN(d, count), d, p + i)};
    }
    HWY_INLINE void Store(Lanes x, float* p) const {
      const FloatTag d;
      hn::BlendedStore(x.v, hn::FirstN(d, count), d, p + i);
    }
    HWY_INLINE Lanes::V Masked(Lanes x, Lanes::V otherwise) const {
      return hn::IfThenElse(hn::FirstN(FloatTag(), count), x.v, otherwise);
    }
  };

  static HWY_INLINE float AddUp(const float* sums) {
    std::array<float, 4> quarter;
    for (size_t i = 0; i < 4; ++i) {
      quarter[i] = (sums[i] + sums[i + 8]) + (sums[i + 4] + sums[i + 12]);
    }
    return (quarter[0] + quarter[2]) + (quarter[1] + quarter[3]);
  }

  size_t n_;
};

// kVirtualLanes short rows at a time, each in a lane of its own: nothing has to be added across
// lanes, and none lies idle. Arrays are [n, kVirtualLanes], the rows side by side.
class AcrossRows {
 public:
  using Number = Lanes;
  // Rows longer than this are better gone through one by one.
  static constexpr int64_t kMostNumbers = kVirtualLanes;

  explicit AcrossRows(int64_t n) : n_(n) {}
  int64_t size() const { return n_; }

  HWY_INLINE Lanes Make(double c) const { return Lanes::Of(static_cast<float>(c)); }

  template <typename F>
  HWY_INLINE Lanes Max(F f) const {
    Lanes top = f(At{0});
    for (int64_t i = 1; i < n_; ++i) top = {hn::Max(top.v, f(At{i}).v)};
    return top;
  }

  template <typename F>
  HWY_INLINE Lanes Sum(F f) const {
    Lanes sum = f(At{0});
    for (int64_t i = 1; i < n_; ++i) sum = sum + f(At{i});
    return sum;
  }

  template <typename F>
  HWY_INLINE void Write(float* out, F f) const {
    for (int64_t i = 0; i < n_; ++i) f(At{i}).Store(out + At{i}.offset());
  }

  // Calls f(first) for each vector of rows: the formula then runs on the arrays from `first` on.
  template <typename F>
  static HWY_INLINE void ForEachVector(F f) {
    for (size_t i = 0; i < kVirtualLanes; i += hn::Lanes(FloatTag())) f(i);
  }

  // [rows, n] to [n, kVirtualLanes], rows <= kVirtualLanes; lanes without a row become 0.
  static HWY_INLINE void Enter(int64_t rows, int64_t n, const float* in, float* out) {
    for (int64_t r = 0; r < static_cast<int64_t>(kVirtualLanes); ++r) {
      for (int64_t i = 0; i < n; ++i) out[i * kVirtualLanes + r] = r < rows ? in[r * n + i] : 0;
    }
  }
  static HWY_INLINE void Leave(int64_t rows, int64_t n, const float* in, float* out) {
    for (int64_t r = 0; r < rows; ++r) {
      for (int64_t i = 0; i < n; ++i) out[r * n + i] = in[i * kVirtualLanes + r];
    }
  }

 private:
  struct At {
    int64_t i;
    HWY_INLINE int64_t offset() const { return i * static_cast<int64_t>(kVirtualLanes); }
    HWY_INLINE Lanes operator()(const float* p) const { return Lanes::Load(p + offset()); }
  };

  int64_t n_;
};

}  // namespace fnn::core::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // FNN_CORE_OPS_ROW_INL_H_
