// oneDNN's convolutions, each in the layouts it likes best: the floor of the engine's.

#ifndef FNN_TESTS_BENCH_GEMM_ONEDNN_CONVOLUTION_H_
#define FNN_TESTS_BENCH_GEMM_ONEDNN_CONVOLUTION_H_

#include <cstdint>
#include <functional>

namespace fnn::bench {

// Square, with stride 1 and padding that keeps the size.
struct ConvolutionShape {
  int64_t rows;
  int64_t size;  // Height and width.
  int64_t in;    // Channels.
  int64_t out;
  int64_t kernel;
};

// What carries one out forward, and back for the weights and, where `back_to_input`, for the input.
// On one thread.
std::function<void()> PrepareOneDnnConvolution(const ConvolutionShape& shape, bool back_to_input);

}  // namespace fnn::bench

#endif  // FNN_TESTS_BENCH_GEMM_ONEDNN_CONVOLUTION_H_
