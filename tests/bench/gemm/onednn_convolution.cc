#include "tests/bench/gemm/onednn_convolution.h"

#include <memory>
#include <unordered_map>
#include <utility>
#include <vector>

#include "dnnl.hpp"
#include "omp.h"

namespace fnn::bench {
namespace {

using dnnl::memory;
using Arguments = std::unordered_map<int, memory>;

memory::desc Any(const memory::dims& dims) {
  return {dims, memory::data_type::f32, memory::format_tag::any};
}

}  // namespace

std::function<void()> PrepareOneDnnConvolution(const ConvolutionShape& shape, bool back_to_input) {
  omp_set_num_threads(1);
  const dnnl::engine engine(dnnl::engine::kind::cpu, 0);
  const auto stream = std::make_shared<dnnl::stream>(engine);
  const memory::dims x{shape.rows, shape.in, shape.size, shape.size};
  const memory::dims w{shape.out, shape.in, shape.kernel, shape.kernel};
  const memory::dims b{shape.out};
  const memory::dims z{shape.rows, shape.out, shape.size, shape.size};
  const memory::dims stride{1, 1};
  const memory::dims before{(shape.kernel - 1) / 2, (shape.kernel - 1) / 2};
  const memory::dims after{shape.kernel / 2, shape.kernel / 2};
  const auto algorithm = dnnl::algorithm::convolution_direct;
  const dnnl::convolution_forward::primitive_desc forward(
      {dnnl::prop_kind::forward_training, algorithm, Any(x), Any(w), Any(b), Any(z), stride, before,
       after},
      engine);
  auto work = std::make_shared<std::vector<std::pair<dnnl::primitive, Arguments>>>();
  work->push_back({dnnl::convolution_forward(forward),
                   {{DNNL_ARG_SRC, memory(forward.src_desc(), engine)},
                    {DNNL_ARG_WEIGHTS, memory(forward.weights_desc(), engine)},
                    {DNNL_ARG_BIAS, memory(forward.bias_desc(), engine)},
                    {DNNL_ARG_DST, memory(forward.dst_desc(), engine)}}});
  const dnnl::convolution_backward_weights::primitive_desc weights(
      {algorithm, Any(x), Any(w), Any(b), Any(z), stride, before, after}, engine, forward);
  work->push_back({dnnl::convolution_backward_weights(weights),
                   {{DNNL_ARG_SRC, memory(weights.src_desc(), engine)},
                    {DNNL_ARG_DIFF_WEIGHTS, memory(weights.diff_weights_desc(), engine)},
                    {DNNL_ARG_DIFF_BIAS, memory(weights.diff_bias_desc(), engine)},
                    {DNNL_ARG_DIFF_DST, memory(weights.diff_dst_desc(), engine)}}});
  if (back_to_input) {
    const dnnl::convolution_backward_data::primitive_desc data(
        {algorithm, Any(x), Any(w), Any(z), stride, before, after}, engine, forward);
    work->push_back({dnnl::convolution_backward_data(data),
                     {{DNNL_ARG_DIFF_SRC, memory(data.diff_src_desc(), engine)},
                      {DNNL_ARG_WEIGHTS, memory(data.weights_desc(), engine)},
                      {DNNL_ARG_DIFF_DST, memory(data.diff_dst_desc(), engine)}}});
  }
  return [stream, work] {
    for (auto& [primitive, arguments] : *work) primitive.execute(*stream, arguments);
    stream->wait();
  };
}

}  // namespace fnn::bench
