#include "core/kernels/gemm.h"

#include <cmath>
#include <limits>
#include <vector>

#include "core/kernels/denormals.h"
#include "gtest/gtest.h"

namespace fnn::core {
namespace {

std::vector<double> Values(int64_t n, int64_t salt) {
  std::vector<double> out(n);
  for (int64_t i = 0; i < n; ++i) {
    out[i] = static_cast<double>((i * 7919 + salt * 104729) % 257 - 128) / 64;
  }
  return out;
}

// Sums of fractions of powers of two are exact in any order, so the products must be equal.
template <typename T>
void ExpectExact(int64_t rows, int64_t in, int64_t out) {
  const auto cast = [](const std::vector<double>& v) { return std::vector<T>(v.begin(), v.end()); };
  const std::vector<T> x = cast(Values(rows * in, 1));
  const std::vector<T> w = cast(Values(out * in, 2));
  const std::vector<T> b = cast(Values(out, 3));
  const std::vector<T> dz = cast(Values(rows * out, 4));
  const T nan = std::numeric_limits<T>::quiet_NaN();  // What is not written shows.
  std::vector<T> z(rows * out, nan);
  std::vector<T> z_without(rows * out, nan);
  std::vector<T> dx(rows * in, nan);
  std::vector<T> dw(out * in, nan);
  std::vector<T> db(out, nan);
  Affine<T>(rows, in, out, x.data(), w.data(), b.data(), z.data());
  Affine<T>(rows, in, out, x.data(), w.data(), nullptr, z_without.data());
  AffineInputGradient<T>(rows, in, out, dz.data(), w.data(), dx.data());
  AffineParameterGradient<T>(rows, in, out, T{0.5}, dz.data(), x.data(), dw.data(), db.data());
  for (int64_t r = 0; r < rows; ++r) {
    for (int64_t o = 0; o < out; ++o) {
      T sum = 0;
      for (int64_t i = 0; i < in; ++i) sum += x[r * in + i] * w[o * in + i];
      ASSERT_EQ(z_without[r * out + o], sum);
      ASSERT_EQ(z[r * out + o], sum + b[o]);
    }
    for (int64_t i = 0; i < in; ++i) {
      T sum = 0;
      for (int64_t o = 0; o < out; ++o) sum += dz[r * out + o] * w[o * in + i];
      ASSERT_EQ(dx[r * in + i], sum);
    }
  }
  for (int64_t o = 0; o < out; ++o) {
    T bias = 0;
    for (int64_t r = 0; r < rows; ++r) bias += dz[r * out + o];
    ASSERT_EQ(db[o], bias / 2);
    for (int64_t i = 0; i < in; ++i) {
      T sum = 0;
      for (int64_t r = 0; r < rows; ++r) sum += dz[r * out + o] * x[r * in + i];
      ASSERT_EQ(dw[o * in + i], sum / 2);
    }
  }
  std::vector<T> dw_alone(out * in, nan);
  AffineParameterGradient<T>(rows, in, out, T{0.5}, dz.data(), x.data(), dw_alone.data(), nullptr);
  EXPECT_EQ(dw_alone, dw);
}

TEST(GemmTest, EqualsThreeLoops) {
  for (const int64_t rows : {1, 2, 7, 33}) {
    for (const int64_t in : {1, 3, 16, 65}) {
      for (const int64_t out : {1, 5, 64}) {
        ExpectExact<float>(rows, in, out);
        ExpectExact<double>(rows, in, out);
      }
    }
  }
}

TEST(DenormalsTest, AreFlushedOnlyInside) {
#if defined(__SSE__) || defined(__aarch64__)
  volatile float tiny = std::numeric_limits<float>::min();
  volatile float half = 0.5F;
  {
    const ScopedFlushDenormals outer;
    {
      const ScopedFlushDenormals inner;
      EXPECT_EQ(tiny * half, 0.0F);
    }
    EXPECT_EQ(tiny * half, 0.0F);
  }
  EXPECT_GT(tiny * half, 0.0F);
#endif
}

}  // namespace
}  // namespace fnn::core
