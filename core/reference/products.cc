#include "core/reference/products.h"

#include <Eigen/Core>

namespace fnn::core {
namespace {

using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using ConstMap = Eigen::Map<const Matrix>;
using Map = Eigen::Map<Matrix>;
using Row = Eigen::Matrix<double, 1, Eigen::Dynamic>;

}  // namespace

void Affine(int64_t rows, int64_t in, int64_t out, const double* x, const double* w,
            const double* b, double* z) {
  Map result(z, rows, out);
  result.noalias() = ConstMap(x, rows, in) * ConstMap(w, out, in).transpose();
  if (b != nullptr) result.rowwise() += Eigen::Map<const Row>(b, out);
}

void AffineInputGradient(int64_t rows, int64_t in, int64_t out, const double* dz, const double* w,
                         double* dx) {
  Map(dx, rows, in).noalias() = ConstMap(dz, rows, out) * ConstMap(w, out, in);
}

void AffineParameterGradient(int64_t rows, int64_t in, int64_t out, const double* dz,
                             const double* x, double* dw, double* db) {
  const ConstMap delta(dz, rows, out);
  Map(dw, out, in).noalias() = delta.transpose() * ConstMap(x, rows, in);
  if (db != nullptr) Eigen::Map<Row>(db, out) = delta.colwise().sum();
}

}  // namespace fnn::core
