// The least that a step takes: its matrix products and nothing else, each by the fastest of the
// backends.

#ifndef FNN_TESTS_BENCH_GEMM_FLOOR_H_
#define FNN_TESTS_BENCH_GEMM_FLOOR_H_

#include <cstdint>
#include <cstdlib>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tests/bench/gemm/backend.h"
#include "tests/bench/settings.h"
#include "tests/bench/workload.h"

namespace fnn::bench {

class Floor {
 public:
  enum class Products {
    kTraining,  // Forward, dW, and dX but for the first layer.
    kForward,
  };

  // Times every backend on every product, on this thread; only this thread may call Time.
  Floor(const Widths& widths, int64_t batch, Products products, const Settings& settings);

  // Seconds of processor time that the products of one step take, over `steps` steps.
  double Time(int64_t steps) const;
  // The backends chosen, with how many products each has.
  std::string winners() const;

 private:
  struct Free {
    void operator()(float* p) const { std::free(p); }
  };
  using Buffer = std::unique_ptr<float[], Free>;

  float* NewBuffer(int64_t values);
  void Choose(const Gemm& gemm, const Settings& settings);

  std::vector<Buffer> buffers_;
  std::vector<std::function<void()>> chosen_;
  std::vector<const char*> names_;
};

}  // namespace fnn::bench

#endif  // FNN_TESTS_BENCH_GEMM_FLOOR_H_
