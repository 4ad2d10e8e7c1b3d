// libxsmm is column-major: a row-major product is computed as its transpose, cᵀ = op(b)ᵀ op(a)ᵀ.

#include "libxsmm.h"

#include "tests/bench/gemm/backend.h"

namespace fnn::bench {

std::function<void()> PrepareLibxsmm(const Gemm& gemm) {
  return [gemm] {
    const char transpose_a = gemm.transpose_a ? 'T' : 'N';
    const char transpose_b = gemm.transpose_b ? 'T' : 'N';
    const libxsmm_blasint m = gemm.m, n = gemm.n, k = gemm.k;
    const libxsmm_blasint lda = gemm.transpose_a ? m : k, ldb = gemm.transpose_b ? k : n;
    const float one = 1, zero = 0;
    libxsmm_sgemm(&transpose_b, &transpose_a, &n, &m, &k, &one, gemm.b, &ldb, gemm.a, &lda, &zero,
                  gemm.c, &n);
  };
}

std::function<void()> PrepareLibxsmmJit(const Gemm& gemm) {
  const libxsmm_blasint m = gemm.m, n = gemm.n, k = gemm.k;
  const libxsmm_blasint lda = gemm.transpose_a ? m : k, ldb = gemm.transpose_b ? k : n;
  const float one = 1, zero = 0;
  const int flags = (gemm.transpose_b ? LIBXSMM_GEMM_FLAG_TRANS_A : 0) |
                    (gemm.transpose_a ? LIBXSMM_GEMM_FLAG_TRANS_B : 0);
  const libxsmm_smmfunction kernel =
      libxsmm_smmdispatch(n, m, k, &ldb, &lda, &n, &one, &zero, &flags, nullptr);
  if (kernel == nullptr) return nullptr;
  return [kernel, gemm] { kernel(gemm.b, gemm.a, gemm.c); };
}

}  // namespace fnn::bench
