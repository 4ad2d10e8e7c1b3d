// The only door to matrix products. All matrices are row-major and dense.

#ifndef FNN_CORE_KERNELS_GEMM_H_
#define FNN_CORE_KERNELS_GEMM_H_

#include <cstdint>
#include <string>

namespace fnn::core {

// z = x wᵀ + b: x [rows, in], w [out, in], b [out] or null for none, z [rows, out].
template <typename T>
void Affine(int64_t rows, int64_t in, int64_t out, const T* x, const T* w, const T* b, T* z);

// dx = dz w: dz [rows, out], w [out, in], dx [rows, in].
template <typename T>
void AffineInputGradient(int64_t rows, int64_t in, int64_t out, const T* dz, const T* w, T* dx);

// dw = scale dzᵀ x and db = scale times the column sums of dz (db null for none): dz [rows, out],
// x [rows, in], dw [out, in], db [out].
template <typename T>
void AffineParameterGradient(int64_t rows, int64_t in, int64_t out, T scale, const T* dz,
                             const T* x, T* dw, T* db);

// The instruction sets the products are compiled for, such as `SSE, SSE2`.
std::string InstructionSet();

}  // namespace fnn::core

#endif  // FNN_CORE_KERNELS_GEMM_H_
