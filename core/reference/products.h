// The matrix products of a dense layer by Eigen, in double: the plain way, which the engine is held
// against. All matrices are row-major and dense.

#ifndef FNN_CORE_REFERENCE_PRODUCTS_H_
#define FNN_CORE_REFERENCE_PRODUCTS_H_

#include <cstdint>

namespace fnn::core {

// z = x wᵀ + b: x [rows, in], w [out, in], b [out] or null for none, z [rows, out].
void Affine(int64_t rows, int64_t in, int64_t out, const double* x, const double* w,
            const double* b, double* z);

// dx = dz w: dz [rows, out], w [out, in], dx [rows, in].
void AffineInputGradient(int64_t rows, int64_t in, int64_t out, const double* dz, const double* w,
                         double* dx);

// dw = dzᵀ x and db = the column sums of dz (db null for none): dz [rows, out], x [rows, in],
// dw [out, in], db [out].
void AffineParameterGradient(int64_t rows, int64_t in, int64_t out, const double* dz,
                             const double* x, double* dw, double* db);

}  // namespace fnn::core

#endif  // FNN_CORE_REFERENCE_PRODUCTS_H_
