// Convolutions in double, as their definition has them: a sum over each window.

#ifndef FNN_CORE_REFERENCE_CONVOLUTION_H_
#define FNN_CORE_REFERENCE_CONVOLUTION_H_

#include <cstdint>

#include "core/ops/layers/windows.h"

namespace fnn::core {

// z [rows, positions, out] of x [rows, height, width, channels], w [out, height, width, channels of
// a group] and b [out], which may be null.
void Convolve(const Windows& windows, int64_t rows, int64_t out, const double* x, const double* w,
              const double* b, double* z);

// dx from dz.
void ConvolutionInputGradient(const Windows& windows, int64_t rows, int64_t out, const double* dz,
                              const double* w, double* dx);

// dw and db, which may be null, from dz and x.
void ConvolutionParameterGradient(const Windows& windows, int64_t rows, int64_t out,
                                  const double* dz, const double* x, double* dw, double* db);

}  // namespace fnn::core

#endif  // FNN_CORE_REFERENCE_CONVOLUTION_H_
