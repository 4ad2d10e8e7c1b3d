// Matrix products by whoever computes them. A further backend is one file, and one line in
// floor.cc.

#ifndef FNN_TESTS_BENCH_GEMM_BACKEND_H_
#define FNN_TESTS_BENCH_GEMM_BACKEND_H_

#include <cstdint>
#include <functional>

namespace fnn::bench {

// c = op(a) op(b), all row-major and dense: op(a) [m, k], op(b) [k, n], c [m, n].
struct Gemm {
  bool transpose_a = false;  // a is [k, m].
  bool transpose_b = false;  // b is [n, k].
  int64_t m = 0;
  int64_t n = 0;
  int64_t k = 0;
  const float* a = nullptr;
  const float* b = nullptr;
  float* c = nullptr;

  double flops() const { return 2.0 * static_cast<double>(m * n * k); }
};

struct GemmBackend {
  const char* name;
  // What computes `gemm` when it is called, on the calling thread alone; empty where this backend
  // can't. The operands outlive it.
  std::function<void()> (*prepare)(const Gemm& gemm);
};

std::function<void()> PrepareEngine(const Gemm& gemm);
std::function<void()> PrepareOneDnn(const Gemm& gemm);
std::function<void()> PrepareOpenBlas(const Gemm& gemm);
std::function<void()> PrepareLibxsmm(const Gemm& gemm);
std::function<void()> PrepareLibxsmmJit(const Gemm& gemm);

}  // namespace fnn::bench

#endif  // FNN_TESTS_BENCH_GEMM_BACKEND_H_
