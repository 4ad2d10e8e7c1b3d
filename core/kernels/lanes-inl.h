// A SIMD vector of floats as a number type (core/ops/number.h), so that the one formula of an
// operator is its fast kernel.
//
// Included once for each instruction set. Highway's own Exp, Log and their kin give finite numbers
// for NaN and for arguments out of their range; the functions here give NaN for NaN and the right
// infinities. Every operation works lane by lane, so results do not depend on the vector's width.

#if defined(FNN_CORE_KERNELS_LANES_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef FNN_CORE_KERNELS_LANES_INL_H_
#undef FNN_CORE_KERNELS_LANES_INL_H_
#else
#define FNN_CORE_KERNELS_LANES_INL_H_
#endif

#include <iterator>
#include <limits>

#include "hwy/contrib/math/math-inl.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace fnn::core::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// Sums over many floats run over so many partial sums, whatever the vector's width, and blocks of
// so many floats are what the kernels work on.
inline constexpr size_t kVirtualLanes = 16;

// The vectors used: as wide as the machine's, at most kVirtualLanes.
using FloatTag = hn::CappedTag<float, kVirtualLanes>;

struct Lanes {
  using V = hn::Vec<FloatTag>;
  V v;

  static HWY_INLINE Lanes Load(const float* p) { return {hn::LoadU(FloatTag(), p)}; }
  HWY_INLINE void Store(float* p) const { hn::StoreU(v, FloatTag(), p); }
  static HWY_INLINE Lanes Of(float x) { return {hn::Set(FloatTag(), x)}; }

  friend HWY_INLINE Lanes operator+(Lanes a, Lanes b) { return {hn::Add(a.v, b.v)}; }
  friend HWY_INLINE Lanes operator-(Lanes a, Lanes b) { return {hn::Sub(a.v, b.v)}; }
  friend HWY_INLINE Lanes operator*(Lanes a, Lanes b) { return {hn::Mul(a.v, b.v)}; }
  friend HWY_INLINE Lanes operator/(Lanes a, Lanes b) { return {hn::Div(a.v, b.v)}; }
  friend HWY_INLINE Lanes operator-(Lanes a) { return {hn::Neg(a.v)}; }

  friend HWY_INLINE Lanes Const(Lanes /*like*/, double c) { return Of(static_cast<float>(c)); }

  friend HWY_INLINE Lanes Abs(Lanes x) { return {hn::Abs(x.v)}; }
  friend HWY_INLINE Lanes Sqrt(Lanes x) { return {hn::Sqrt(x.v)}; }

  // a > b ? then : otherwise; `a` itself where it is NaN.
  friend HWY_INLINE Lanes IfGreater(Lanes a, Lanes b, Lanes then, Lanes otherwise) {
    const V chosen = hn::IfThenElse(hn::Gt(a.v, b.v), then.v, otherwise.v);
    return {hn::IfThenElse(hn::IsNaN(a.v), a.v, chosen)};
  }

  friend HWY_INLINE Lanes Exp(Lanes x) {
    const FloatTag d;
    // e^89 is infinite already; Highway's exponent arithmetic wraps around further out.
    const V y = hn::Exp(d, hn::Min(x.v, hn::Set(d, 89.0F)));
    return {hn::IfThenElse(hn::IsNaN(x.v), x.v, y)};
  }

  // e^x - 1, as accurate near 0 as elsewhere.
  friend HWY_INLINE Lanes Expm1(Lanes x) {
    const FloatTag d;
    // As for Exp.
    const V y = hn::Expm1(d, hn::Clamp(x.v, hn::Set(d, -104.0F), hn::Set(d, 89.0F)));
    return {hn::IfThenElse(hn::IsNaN(x.v), x.v, y)};
  }

  friend HWY_INLINE Lanes Log(Lanes x) {
    const FloatTag d;
    const V infinity = hn::Inf(d);
    V y = hn::Log(d, x.v);
    y = hn::IfThenElse(hn::Eq(x.v, infinity), infinity, y);
    y = hn::IfThenElse(hn::Eq(x.v, hn::Zero(d)), hn::Neg(infinity), y);
    const auto outside = hn::Or(hn::IsNaN(x.v), hn::Lt(x.v, hn::Zero(d)));
    return {hn::IfThenElse(outside, hn::NaN(d), y)};
  }

  // log(1 + x), as accurate near 0 as elsewhere.
  friend HWY_INLINE Lanes Log1p(Lanes x) {
    const FloatTag d;
    const V infinity = hn::Inf(d);
    const V pole = hn::Set(d, -1.0F);
    V y = hn::Log1p(d, x.v);
    y = hn::IfThenElse(hn::Eq(x.v, infinity), infinity, y);
    y = hn::IfThenElse(hn::Eq(x.v, pole), hn::Neg(infinity), y);
    const auto outside = hn::Or(hn::IsNaN(x.v), hn::Lt(x.v, pole));
    return {hn::IfThenElse(outside, hn::NaN(d), y)};
  }

  // Odd, and as accurate near 0 as elsewhere.
  friend HWY_INLINE Lanes Tanh(Lanes x) {
    const FloatTag d;
    const V a = hn::Min(hn::Abs(x.v), hn::Set(d, 10.0F));  // tanh(10) rounds to 1.
    const V e = hn::Expm1(d, hn::Add(a, a));
    const V y = hn::Div(e, hn::Add(e, hn::Set(d, 2.0F)));
    return {hn::IfThenElse(hn::IsNaN(x.v), x.v, hn::CopySign(y, x.v))};
  }

  // 1 / (1 + e^-x), to full relative accuracy for every x.
  friend HWY_INLINE Lanes Logistic(Lanes x) {
    const Lanes e = Exp(-Abs(x));
    const Lanes one = Of(1.0F);
    const Lanes top = {hn::IfThenElse(hn::Lt(x.v, hn::Zero(FloatTag())), e.v, one.v)};
    return top / (one + e);
  }

  // log(1 + e^x), finite for every finite x.
  friend HWY_INLINE Lanes Softplus(Lanes x) {
    const FloatTag d;
    const Lanes e = Exp(-Abs(x));
    const V tail = hn::Log1p(d, e.v);
    const Lanes sum = {hn::Add(hn::ZeroIfNegative(x.v), tail)};
    return {hn::IfThenElse(hn::IsNaN(x.v), x.v, sum.v)};
  }

  // The complementary error function, to full relative accuracy for every x.
  //
  // For a = |x|, (1 + 2a) e^(a^2) erfc(a) is close to a polynomial of (a - 3) / (a + 3) (Shepherd
  // and Laframboise, Math. Comp. 36, 1981). This one interpolates it at the Chebyshev nodes of 0
  // to 10.25, beyond which erfc is 0 in float, with a relative error of 3e-9; `formulas.py erfc` of
  // the tests' reference computes it. What a^2 loses to rounding is found by splitting a (Dekker,
  // 1971), as no fused operation is there at each instruction set, and put back: e^-(s + r) = e^-s
  // (1 - r).
  friend HWY_INLINE Lanes Erfc(Lanes x) {
    constexpr float kCoefficients[] = {-0.000275922814F, -0.00079446297F, 0.00199730685F,
                                       0.00257853635F,   -0.0237919037F,  0.0682933019F,
                                       -0.119272384F,    0.12964663F,     -0.0475622939F,
                                       -0.135621146F,    1.25300806F};
    const FloatTag d;
    const V one = hn::Set(d, 1.0F);
    const V three = hn::Set(d, 3.0F);
    const V a = hn::Min(hn::Abs(x.v), hn::Set(d, 10.25F));
    const V q = hn::Div(hn::Sub(a, three), hn::Add(a, three));
    V p = hn::Set(d, kCoefficients[0]);
    for (size_t i = 1; i < std::size(kCoefficients); ++i) {
      p = hn::MulAdd(p, q, hn::Set(d, kCoefficients[i]));
    }
    const V high =
        hn::And(a, hn::BitCast(d, hn::Set(hn::RebindToUnsigned<FloatTag>(), 0xFFFFF000)));
    const V low = hn::Sub(a, high);
    const V s = hn::Mul(a, a);
    V r = hn::Sub(hn::Mul(high, high), s);
    r = hn::Add(r, hn::Mul(hn::Add(high, high), low));
    r = hn::Add(r, hn::Mul(low, low));
    const V e = hn::Exp(d, hn::Neg(s));
    const V above = hn::Div(hn::Mul(hn::Sub(e, hn::Mul(e, r)), p), hn::Add(one, hn::Add(a, a)));
    const V y = hn::IfThenElse(hn::Lt(x.v, hn::Zero(d)), hn::Sub(hn::Set(d, 2.0F), above), above);
    return {hn::IfThenElse(hn::IsNaN(x.v), x.v, y)};
  }
};

}  // namespace fnn::core::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // FNN_CORE_KERNELS_LANES_INL_H_
