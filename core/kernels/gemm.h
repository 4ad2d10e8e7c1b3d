// The only door to matrix products in float.
//
// Each element of a product is summed over k in order, by fused multiply-add where the processor
// has it, whatever the width of its vectors: every instruction set with FMA gives the same bits.
// How a product is cut into calls does not matter either, as long as k is not.

#ifndef FNN_CORE_KERNELS_GEMM_H_
#define FNN_CORE_KERNELS_GEMM_H_

#include <cstdint>

namespace fnn::core {

// c[r][j] = start[j] + sum over k of x(r, k) w[k][j], for r < rows and j < columns.
struct Product {
  int64_t rows = 0;
  int64_t columns = 0;  // A multiple of 16, at most 64.
  int64_t depth = 0;    // How many k there are.

  // k runs over blocks of 64 (batch-reduce): block b of x begins at x + b x_block_stride. There,
  // x(r, k) is x[r x_row_stride + k], or where `transposed`, x[k x_row_stride + r]; then there is
  // one block of any depth.
  const float* x = nullptr;
  int64_t x_row_stride = 0;
  int64_t x_block_stride = 0;
  bool transposed = false;

  const float* w = nullptr;  // Aligned to 64 bytes, as are w_stride floats.
  int64_t w_stride = 0;

  const float* start = nullptr;  // [columns], aligned to 64 bytes; null for zero.

  float* c = nullptr;  // Aligned as w. Neither x nor w.
  int64_t c_stride = 0;
  bool accumulate = false;  // c is added to, in place of `start`.
};

// The product for the instruction set in use; whoever needs many keeps the pointer.
using MultiplyFunction = void (*)(const Product&);
MultiplyFunction Multiply();

// out [columns, 64]: the transpose of w [rows, w_stride], rows <= 64, columns a multiple of 4; what
// lies beyond `rows` up to a multiple of 16 is set to zero. Both aligned to 64 bytes.
using TransposeFunction = void (*)(int64_t rows, int64_t columns, const float* w, int64_t w_stride,
                                   float* out);
TransposeFunction Transpose();

// sums[j] = sum over r, in order, of x [rows, stride], for j < columns, a multiple of 16; added to
// sums where `accumulate`. Both aligned to 64 bytes.
using SumRowsFunction = void (*)(int64_t rows, int64_t columns, const float* x, int64_t stride,
                                 bool accumulate, float* sums);
SumRowsFunction SumRows();

}  // namespace fnn::core

#endif  // FNN_CORE_KERNELS_GEMM_H_
