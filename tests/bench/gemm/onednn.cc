#include "dnnl.h"
#include "omp.h"
#include "tests/bench/gemm/backend.h"

namespace fnn::bench {

std::function<void()> PrepareOneDnn(const Gemm& gemm) {
  omp_set_num_threads(1);  // Of what this thread calls.
  return [gemm] {
    dnnl_sgemm(gemm.transpose_a ? 'T' : 'N', gemm.transpose_b ? 'T' : 'N', gemm.m, gemm.n, gemm.k,
               1, gemm.a, gemm.transpose_a ? gemm.m : gemm.k, gemm.b,
               gemm.transpose_b ? gemm.k : gemm.n, 0, gemm.c, gemm.n);
  };
}

}  // namespace fnn::bench
