#include "tests/bench/gemm/floor.h"

#include <algorithm>
#include <array>
#include <iostream>
#include <limits>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tests/bench/figure.h"

namespace fnn::bench {
namespace {

constexpr std::array kBackends = {
    GemmBackend{"engine", PrepareEngine},          GemmBackend{"oneDNN", PrepareOneDnn},
    GemmBackend{"OpenBLAS", PrepareOpenBlas},      GemmBackend{"libxsmm", PrepareLibxsmm},
    GemmBackend{"libxsmm-jit", PrepareLibxsmmJit},
};

// Some kernels leave the upper halves of the vector registers dirty, which slows SSE code down.
void CleanRegisters() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx")) asm volatile("vzeroupper" ::: "memory");
#endif
}

double SecondsOfOne(const std::function<void()>& product, int64_t repeats) {
  const Stopwatch watch;
  for (int64_t i = 0; i < repeats; ++i) product();
  return (watch.Elapsed() / repeats).processor;
}

}  // namespace

Floor::Floor(const Widths& widths, int64_t batch, Products products, const Settings& settings) {
  const size_t layers = widths.size() - 1;
  std::vector<float*> activity, delta, weight, gradient;
  for (const int64_t width : widths) {
    activity.push_back(NewBuffer(batch * width));
    delta.push_back(NewBuffer(batch * width));
  }
  for (size_t l = 0; l < layers; ++l) {  // [in, out]
    weight.push_back(NewBuffer(widths[l] * widths[l + 1]));
    gradient.push_back(NewBuffer(widths[l] * widths[l + 1]));
  }
  for (size_t l = 0; l < layers; ++l) {
    Choose({.m = batch,
            .n = widths[l + 1],
            .k = widths[l],
            .a = activity[l],
            .b = weight[l],
            .c = activity[l + 1]},
           settings);
  }
  if (products == Products::kForward) return;
  for (size_t l = layers; l-- > 0;) {
    Choose({.transpose_a = true,
            .m = widths[l],
            .n = widths[l + 1],
            .k = batch,
            .a = activity[l],
            .b = delta[l + 1],
            .c = gradient[l]},
           settings);
    if (l == 0) continue;
    Choose({.transpose_b = true,
            .m = batch,
            .n = widths[l],
            .k = widths[l + 1],
            .a = delta[l + 1],
            .b = weight[l],
            .c = delta[l]},
           settings);
  }
}

float* Floor::NewBuffer(int64_t values) {
  constexpr size_t kPage = 4096;
  const size_t bytes = (static_cast<size_t>(values) * sizeof(float) + kPage) / kPage * kPage;
  Buffer& buffer = buffers_.emplace_back(static_cast<float*>(std::aligned_alloc(kPage, bytes)));
  for (int64_t i = 0; i < values; ++i) {
    buffer[i] = static_cast<float>(i * 7919 % 1021) / 1021 - 0.5F;
  }
  return buffer.get();
}

void Floor::Choose(const Gemm& gemm, const Settings& settings) {
  constexpr int kRounds = 9;
  const auto repeats = std::clamp<int64_t>(static_cast<int64_t>(1e8 / gemm.flops()), 1, 2000);
  std::array<std::function<void()>, kBackends.size()> products;
  std::array<double, kBackends.size()> best;
  best.fill(std::numeric_limits<double>::infinity());
  for (size_t i = 0; i < kBackends.size(); ++i) products[i] = kBackends[i].prepare(gemm);
  for (int round = 0; round < kRounds; ++round) {
    for (size_t i = 0; i < kBackends.size(); ++i) {
      if (products[i] == nullptr) continue;
      products[i]();
      best[i] = std::min(best[i], SecondsOfOne(products[i], repeats));
    }
  }
  CleanRegisters();
  const auto winner =
      static_cast<size_t>(std::min_element(best.begin(), best.end()) - best.begin());
  chosen_.push_back(std::move(products[winner]));
  names_.push_back(kBackends[winner].name);
  if (!settings.verbose) return;
  std::string line =
      absl::StrFormat("floor %c%c %5d x %5d x %5d: %s wins;", gemm.transpose_a ? 'T' : 'N',
                      gemm.transpose_b ? 'T' : 'N', gemm.m, gemm.n, gemm.k, kBackends[winner].name);
  for (size_t i = 0; i < kBackends.size(); ++i) {
    absl::StrAppendFormat(&line, " %s %.2f us (%.0f GFLOP/s)", kBackends[i].name, best[i] * 1e6,
                          gemm.flops() / best[i] * 1e-9);
  }
  std::cerr << line << "\n";
}

double Floor::Time(int64_t steps) const {
  const Stopwatch watch;
  for (int64_t i = 0; i < steps; ++i) {
    for (const auto& product : chosen_) product();
  }
  const Seconds step = watch.Elapsed() / steps;
  CleanRegisters();
  return step.processor;
}

std::string Floor::winners() const {
  std::map<std::string, int> counts;
  for (const char* name : names_) ++counts[name];
  std::string out;
  for (const auto& [name, count] : counts) {
    absl::StrAppend(&out, out.empty() ? "" : " ", name, ":", count);
  }
  return out;
}

}  // namespace fnn::bench
