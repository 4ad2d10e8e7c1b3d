#include "core/reference/products.h"

#include <cmath>
#include <limits>
#include <vector>

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
void ExpectExact(int64_t rows, int64_t in, int64_t out) {
  const std::vector<double> x = Values(rows * in, 1);
  const std::vector<double> w = Values(out * in, 2);
  const std::vector<double> b = Values(out, 3);
  const std::vector<double> dz = Values(rows * out, 4);
  const double nan = std::numeric_limits<double>::quiet_NaN();  // What is not written shows.
  std::vector<double> z(rows * out, nan);
  std::vector<double> z_without(rows * out, nan);
  std::vector<double> dx(rows * in, nan);
  std::vector<double> dw(out * in, nan);
  std::vector<double> db(out, nan);
  Affine(rows, in, out, x.data(), w.data(), b.data(), z.data());
  Affine(rows, in, out, x.data(), w.data(), nullptr, z_without.data());
  AffineInputGradient(rows, in, out, dz.data(), w.data(), dx.data());
  AffineParameterGradient(rows, in, out, dz.data(), x.data(), dw.data(), db.data());
  for (int64_t r = 0; r < rows; ++r) {
    for (int64_t o = 0; o < out; ++o) {
      double sum = 0;
      for (int64_t i = 0; i < in; ++i) sum += x[r * in + i] * w[o * in + i];
      ASSERT_EQ(z_without[r * out + o], sum);
      ASSERT_EQ(z[r * out + o], sum + b[o]);
    }
    for (int64_t i = 0; i < in; ++i) {
      double sum = 0;
      for (int64_t o = 0; o < out; ++o) sum += dz[r * out + o] * w[o * in + i];
      ASSERT_EQ(dx[r * in + i], sum);
    }
  }
  for (int64_t o = 0; o < out; ++o) {
    double bias = 0;
    for (int64_t r = 0; r < rows; ++r) bias += dz[r * out + o];
    ASSERT_EQ(db[o], bias);
    for (int64_t i = 0; i < in; ++i) {
      double sum = 0;
      for (int64_t r = 0; r < rows; ++r) sum += dz[r * out + o] * x[r * in + i];
      ASSERT_EQ(dw[o * in + i], sum);
    }
  }
  std::vector<double> dw_alone(out * in, nan);
  AffineParameterGradient(rows, in, out, dz.data(), x.data(), dw_alone.data(), nullptr);
  EXPECT_EQ(dw_alone, dw);
}

TEST(ProductsTest, EqualsThreeLoops) {
  for (const int64_t rows : {1, 2, 7, 33}) {
    for (const int64_t in : {1, 3, 16, 65}) {
      for (const int64_t out : {1, 5, 64}) {
        ExpectExact(rows, in, out);
      }
    }
  }
}

}  // namespace
}  // namespace fnn::core
