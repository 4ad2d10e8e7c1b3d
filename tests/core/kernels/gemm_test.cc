#include "core/kernels/gemm.h"

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "core/base/aligned.h"
#include "core/engine/panels.h"
#include "gtest/gtest.h"
#include "tests/core/kernels/instruction_sets.h"

namespace fnn::core {
namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

// Small multiples of 1/64: sums of their products are exact in any order.
AlignedFloats Exact(int64_t n, int64_t salt) {
  AlignedFloats out(static_cast<size_t>(n));
  for (int64_t i = 0; i < n; ++i) {
    out[i] = static_cast<float>((i * 7919 + salt * 104729) % 257 - 128) / 64;
  }
  return out;
}

// Numbers whose sums round differently in every order.
AlignedFloats Rough(int64_t n, double salt) {
  AlignedFloats out(static_cast<size_t>(n));
  for (int64_t i = 0; i < n; ++i) {
    out[i] = static_cast<float>(std::sin(1.7 * static_cast<double>(i) + salt));
  }
  return out;
}

struct Shape {
  int64_t rows, columns, depth;
  bool transposed;
};

std::vector<Shape> Shapes() {
  std::vector<Shape> out;
  for (const int64_t rows : {1, 2, 3, 5, 6, 7, 13, 64}) {
    for (const int64_t columns : {16, 32, 48, 64}) {
      for (const int64_t depth : {1, 5, 63, 64, 65, 130}) {
        for (const bool transposed : {false, true}) {
          out.push_back({rows, columns, depth, transposed});
        }
      }
    }
  }
  return out;
}

// x(r, k) of the product.
float At(const Product& p, int64_t r, int64_t k) {
  if (p.transposed) return p.x[k * p.x_row_stride + r];
  return p.x[k / kPanelColumns * p.x_block_stride + r * p.x_row_stride + k % kPanelColumns];
}

Product Make(const Shape& shape, const AlignedFloats& x, const AlignedFloats& w, AlignedFloats& c) {
  return {.rows = shape.rows,
          .columns = shape.columns,
          .depth = shape.depth,
          .x = x.data(),
          .x_row_stride = 64,
          .x_block_stride = 64 * shape.rows,
          .transposed = shape.transposed,
          .w = w.data(),
          .w_stride = 64,
          .c = c.data(),
          .c_stride = 64};
}

constexpr int64_t kFloats = 64 * 256;

TEST(GemmTest, EqualsThreeLoops) {
  const AlignedFloats x = Exact(kFloats, 1);
  const AlignedFloats w = Exact(kFloats, 2);
  const AlignedFloats start = Exact(64, 3);
  AtEachInstructionSet([&](const std::string&) {
    for (const Shape& shape : Shapes()) {
      AlignedFloats c(64 * 64, kNan);  // What is not written shows.
      Product product = Make(shape, x, w, c);
      for (const bool started : {false, true}) {
        product.start = started ? start.data() : nullptr;
        Multiply()(product);
        for (int64_t r = 0; r < shape.rows; ++r) {
          for (int64_t j = 0; j < 64; ++j) {
            float sum = started ? start[j] : 0;
            for (int64_t k = 0; k < shape.depth; ++k) sum += At(product, r, k) * w[k * 64 + j];
            if (j < shape.columns) {
              ASSERT_EQ(c[r * 64 + j], sum) << shape.rows << " " << shape.columns << " "
                                            << shape.depth << " " << shape.transposed;
            } else {
              ASSERT_TRUE(std::isnan(c[r * 64 + j]));
            }
          }
        }
      }
    }
  });
}

// Every instruction set with fused multiply-add gives the same bits; and so does going on from
// where a product over the first k ended.
TEST(GemmTest, SameBitsAtEveryWidthAndInParts) {
  const AlignedFloats x = Rough(kFloats, 0.3);
  const AlignedFloats w = Rough(kFloats, 0.7);
  std::vector<AlignedFloats> expected;
  AtEachInstructionSet([&](const std::string& name) {
    if (name == "baseline") return;
    std::vector<AlignedFloats> got;
    for (const Shape& shape : Shapes()) {
      AlignedFloats c(64 * 64, 0);
      Multiply()(Make(shape, x, w, c));
      if (shape.transposed && shape.depth > 1) {
        AlignedFloats parts(64 * 64, 0);
        const int64_t first = shape.depth / 2;
        Product part = Make(shape, x, w, parts);
        part.depth = first;
        Multiply()(part);
        part.depth = shape.depth - first;
        part.x += first * part.x_row_stride;
        part.w += first * part.w_stride;
        part.accumulate = true;
        Multiply()(part);
        ASSERT_EQ(parts, c);
      }
      got.push_back(std::move(c));
    }
    if (expected.empty()) expected = got;
    ASSERT_EQ(got, expected);
  });
}

TEST(GemmTest, NanAndInfinityShow) {
  AtEachInstructionSet([&](const std::string&) {
    AlignedFloats x(64, 1);
    AlignedFloats w(64 * 64, 1);
    AlignedFloats c(64);
    Shape shape{1, 16, 3, false};
    x[1] = kNan;
    Multiply()(Make(shape, x, w, c));
    EXPECT_TRUE(std::isnan(c[0]));
    x[1] = std::numeric_limits<float>::infinity();
    Multiply()(Make(shape, x, w, c));
    EXPECT_EQ(c[15], std::numeric_limits<float>::infinity());
    w[64 + 3] = 0;
    Multiply()(Make(shape, x, w, c));
    EXPECT_TRUE(std::isnan(c[3]));
  });
}

TEST(TransposeTest, TurnsRowsIntoColumns) {
  const AlignedFloats w = Exact(64 * 64, 5);
  AtEachInstructionSet([&](const std::string&) {
    for (const int64_t rows : {1, 3, 4, 15, 16, 17, 63, 64}) {
      for (const int64_t columns : {16, 48, 64}) {
        AlignedFloats out(64 * 64, kNan);
        Transpose()(rows, columns, w.data(), 64, out.data());
        for (int64_t c = 0; c < 64; ++c) {
          for (int64_t r = 0; r < 64; ++r) {
            const float got = out[c * 64 + r];
            if (c >= columns || r >= (rows + 15) / 16 * 16) {
              ASSERT_TRUE(std::isnan(got));
            } else {
              ASSERT_EQ(got, r < rows ? w[r * 64 + c] : 0);
            }
          }
        }
      }
    }
  });
}

TEST(SumRowsTest, AddsInOrder) {
  const AlignedFloats x = Rough(64 * 33, 0.1);
  AtEachInstructionSet([&](const std::string&) {
    AlignedFloats sums(64, 5);
    SumRows()(33, 48, x.data(), 64, /*accumulate=*/false, sums.data());
    AlignedFloats parts(64, 5);
    SumRows()(10, 48, x.data(), 64, /*accumulate=*/false, parts.data());
    SumRows()(23, 48, x.data() + 640, 64, /*accumulate=*/true, parts.data());
    EXPECT_EQ(parts, sums);
    for (int64_t c = 0; c < 64; ++c) {
      float sum = 0;
      for (int64_t r = 0; r < 33; ++r) sum += x[r * 64 + c];
      EXPECT_EQ(sums[c], c < 48 ? sum : 5);
    }
  });
}

}  // namespace
}  // namespace fnn::core
