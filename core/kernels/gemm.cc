#include "core/kernels/gemm.h"

#include <Eigen/Core>

namespace fnn::core {
namespace {

template <typename T>
using RowMajor = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
template <typename T>
using ConstMap = Eigen::Map<const RowMajor<T>>;
template <typename T>
using Map = Eigen::Map<RowMajor<T>>;
template <typename T>
using Row = Eigen::Matrix<T, 1, Eigen::Dynamic>;

}  // namespace

template <typename T>
void Affine(int64_t rows, int64_t in, int64_t out, const T* x, const T* w, const T* b, T* z) {
  Map<T> result(z, rows, out);
  result.noalias() = ConstMap<T>(x, rows, in) * ConstMap<T>(w, out, in).transpose();
  if (b != nullptr) result.rowwise() += Eigen::Map<const Row<T>>(b, out);
}

template <typename T>
void AffineInputGradient(int64_t rows, int64_t in, int64_t out, const T* dz, const T* w, T* dx) {
  Map<T>(dx, rows, in).noalias() = ConstMap<T>(dz, rows, out) * ConstMap<T>(w, out, in);
}

template <typename T>
void AffineParameterGradient(int64_t rows, int64_t in, int64_t out, T scale, const T* dz,
                             const T* x, T* dw, T* db) {
  const ConstMap<T> delta(dz, rows, out);
  Map<T>(dw, out, in).noalias() = scale * delta.transpose() * ConstMap<T>(x, rows, in);
  if (db != nullptr) Eigen::Map<Row<T>>(db, out) = scale * delta.colwise().sum();
}

std::string InstructionSet() { return Eigen::SimdInstructionSetsInUse(); }

template void Affine(int64_t, int64_t, int64_t, const float*, const float*, const float*, float*);
template void Affine(int64_t, int64_t, int64_t, const double*, const double*, const double*,
                     double*);
template void AffineInputGradient(int64_t, int64_t, int64_t, const float*, const float*, float*);
template void AffineInputGradient(int64_t, int64_t, int64_t, const double*, const double*, double*);
template void AffineParameterGradient(int64_t, int64_t, int64_t, float, const float*, const float*,
                                      float*, float*);
template void AffineParameterGradient(int64_t, int64_t, int64_t, double, const double*,
                                      const double*, double*, double*);

}  // namespace fnn::core
