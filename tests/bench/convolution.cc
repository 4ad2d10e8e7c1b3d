// convolution: a training step of a convolutional network over its convolutions alone, each by
// oneDNN in the layouts it likes best.

#include <cmath>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/threads/team.h"
#include "google/protobuf/text_format.h"
#include "tests/bench/blocks.h"
#include "tests/bench/gemm/onednn_convolution.h"
#include "tests/bench/settings.h"

namespace fnn::bench {
namespace {

struct Case {
  int64_t size;  // Of the input, which has `channels.front()` channels.
  std::vector<int64_t> channels;
  int64_t kernel;
  int64_t batch;
};

std::string NameOf(const Case& c) {
  std::string name = absl::StrCat("convolution/", c.size, "x", c.size);
  for (const int64_t n : c.channels) absl::StrAppend(&name, "-", n);
  return absl::StrCat(name, "/kernel:", c.kernel, "/batch:", c.batch);
}

// Convolutions one after the other, then the mean of each channel is a class.
v1::Network NetworkOf(const Case& c) {
  std::string text = absl::StrCat("inputs { shape: ", c.size, " shape: ", c.size,
                                  " shape: ", c.channels.front(), " }");
  for (size_t i = 1; i < c.channels.size(); ++i) {
    absl::StrAppend(&text, "layers { conv2d { channels: ", c.channels[i], " kernel: ", c.kernel,
                    " padding: PADDING_SAME activation { relu {} } } }");
  }
  absl::StrAppend(&text, "layers { global_average_pool {} } outputs { loss { cross_entropy {} } }");
  v1::Network network;
  google::protobuf::TextFormat::ParseFromString(text, &network);
  return network;
}

void Convolution(benchmark::State& state, const Case& c, const Settings& settings) {
  std::vector<std::function<void()>> floor;
  double flops = 0;
  for (size_t i = 1; i < c.channels.size(); ++i) {
    floor.push_back(PrepareOneDnnConvolution(
        {c.batch, c.size, c.channels[i - 1], c.channels[i], c.kernel}, i > 1));
    flops +=
        (i > 1 ? 6.0 : 4.0) * static_cast<double>(c.batch * c.size * c.size * c.channels[i - 1] *
                                                  c.channels[i] * c.kernel * c.kernel);
  }
  const auto bare = [&] {
    const Stopwatch watch;
    for (const auto& convolution : floor) convolution();
    return watch.Elapsed().processor;
  };
  bare();
  const v1::Network network = NetworkOf(c);
  const v1::TrainingOptions options = MakeOptions(Optimizer::kSgd, c.batch, 1'000'000);
  const int64_t rows = 8 * c.batch;
  const auto job = core::TrainingJob::Prepare(
      {.network = network,
       .network_path = core::FieldPath("network"),
       .options = options,
       .options_path = core::FieldPath("options"),
       .data = MakeData({c.size * c.size * c.channels.front(), c.channels.back()}, rows),
       .validation = std::nullopt,
       .max_threads = 1});
  if (!job.ok()) return state.SkipWithError(std::string(job.status().message()).c_str());
  Pairs pairs;
  const auto start = Clock::now();
  BlockObserver observer({1}, [&](Seconds step) {
    pairs.Add(step.processor, bare());
    return pairs.size() < settings.pairs &&
           (pairs.size() < 3 || SecondsSince(start) < settings.most_seconds);
  });
  RunJob(*job, observer, 1);
  Publish(state, pairs);
  state.counters["gflops"] = flops / pairs.measured() * 1e-9;
}

}  // namespace

void RegisterConvolution(const Settings& settings) {
  for (const Case& c : {Case{28, {1, 16, 32}, 3, 64}, Case{14, {16, 32, 64}, 3, 64},
                        Case{8, {64, 128, 128}, 3, 64}, Case{14, {64, 64, 64}, 1, 64}}) {
    Measure(NameOf(c),
            [=, &settings](benchmark::State& state) { Convolution(state, c, settings); });
  }
}

}  // namespace fnn::bench
