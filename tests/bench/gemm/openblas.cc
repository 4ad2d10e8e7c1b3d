#include "cblas.h"
#include "tests/bench/gemm/backend.h"

namespace fnn::bench {

std::function<void()> PrepareOpenBlas(const Gemm& gemm) {
  openblas_set_num_threads(1);
  if (gemm.m == 1 && !gemm.transpose_a) {  // A row times a matrix.
    return [gemm] {
      const int64_t rows = gemm.transpose_b ? gemm.n : gemm.k;
      const int64_t columns = gemm.transpose_b ? gemm.k : gemm.n;
      cblas_sgemv(CblasRowMajor, gemm.transpose_b ? CblasNoTrans : CblasTrans,
                  static_cast<int>(rows), static_cast<int>(columns), 1, gemm.b,
                  static_cast<int>(columns), gemm.a, 1, 0, gemm.c, 1);
    };
  }
  return [gemm] {
    cblas_sgemm(CblasRowMajor, gemm.transpose_a ? CblasTrans : CblasNoTrans,
                gemm.transpose_b ? CblasTrans : CblasNoTrans, static_cast<int>(gemm.m),
                static_cast<int>(gemm.n), static_cast<int>(gemm.k), 1, gemm.a,
                static_cast<int>(gemm.transpose_a ? gemm.m : gemm.k), gemm.b,
                static_cast<int>(gemm.transpose_b ? gemm.k : gemm.n), 0, gemm.c,
                static_cast<int>(gemm.n));
  };
}

}  // namespace fnn::bench
