// Network::Predict over the products of a forward pass alone.

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/bench/figure.h"
#include "tests/bench/gemm/floor.h"
#include "tests/bench/settings.h"
#include "tests/bench/workload.h"

namespace fnn::bench {
namespace {

void Forward(benchmark::State& state, const Widths& widths, int64_t rows,
             const Settings& settings) {
  const core::Network network = TrainedNetwork(widths);
  const Floor floor(widths, rows, Floor::Products::kForward, settings);
  const std::vector<float> x(rows * widths.front(), 0.5F);
  const auto predict = [&] { benchmark::DoNotOptimize(network.Predict(x)); };
  predict();
  const int64_t calls = std::max<int64_t>(1, std::llround(settings.block_seconds / floor.Time(1)));
  Pairs pairs;
  const auto start = Clock::now();
  while (pairs.size() < settings.pairs &&
         (pairs.size() < 3 || SecondsSince(start) < settings.most_seconds)) {
    const Stopwatch watch;
    for (int64_t i = 0; i < calls; ++i) predict();
    const Seconds call = watch.Elapsed() / calls;
    pairs.Add(call.processor, floor.Time(calls));
  }
  Publish(state, pairs);
  state.counters["rows_per_second"] = std::round(static_cast<double>(rows) / pairs.measured());
  state.SetLabel(floor.winners());
}

}  // namespace

void RegisterForward(const Settings& settings) {
  for (const char* widths : {"64-64-10", "784-256-128-10", "784-1024-1024-10"}) {
    for (const int64_t rows : {1, 64, 1024}) {
      Measure(absl::StrCat("forward/", widths, "/rows:", rows),
              [=, &settings](benchmark::State& state) {
                Forward(state, ParseWidths(widths), rows, settings);
              });
    }
  }
}

}  // namespace fnn::bench
