#include "tests/bench/workload.h"

#include <cstdlib>
#include <iostream>
#include <memory>
#include <random>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "core/threads/core_pool.h"

namespace fnn::bench {

const char* NameOf(Optimizer optimizer) { return optimizer == Optimizer::kAdam ? "adam" : "sgd"; }

std::string NameOf(const Widths& widths) { return absl::StrJoin(widths, "-"); }

Widths ParseWidths(const std::string& text) {
  Widths widths;
  for (const absl::string_view part : absl::StrSplit(text, '-')) {
    int64_t width = 0;
    if (!absl::SimpleAtoi(part, &width) || width < 1) return {};
    widths.push_back(width);
  }
  return widths.size() < 2 ? Widths() : widths;
}

v1::Network MakeNetwork(const Widths& widths) {
  v1::Network network;
  for (size_t i = 1; i < widths.size(); ++i) {
    v1::Dense& dense = *network.add_layers()->mutable_dense();
    dense.set_units(widths[i]);
    if (i + 1 < widths.size()) dense.mutable_activation()->mutable_relu();
  }
  network.add_outputs()->mutable_loss()->mutable_cross_entropy();
  return network;
}

v1::TrainingOptions MakeOptions(Optimizer optimizer, int64_t batch, int64_t epochs) {
  v1::TrainingOptions options;
  options.set_batch_size(batch);
  options.set_epochs(epochs);
  if (optimizer == Optimizer::kAdam) {
    options.mutable_optimizer()->mutable_adam();
  } else {
    options.mutable_optimizer()->mutable_sgd();
  }
  return options;
}

core::BoundTable MakeData(const Widths& widths, int64_t rows) {
  const int64_t features = widths.front();
  core::BoundTable data;
  std::vector<std::string> names;
  for (int64_t c = 0; c < features; ++c) {
    data.features.push_back(c);
    names.push_back(absl::StrCat("x", c));
  }
  data.targets.push_back(features);
  names.emplace_back("class");
  data.features_path = core::FieldPath("features");
  data.targets_path = core::FieldPath("targets");

  std::mt19937 random(1);  // NOLINT: the same data every time.
  std::vector<float> values(static_cast<size_t>(rows * (features + 1)));
  auto* next = values.data();
  for (int64_t r = 0; r < rows; ++r) {
    for (int64_t c = 0; c < features; ++c) *next++ = static_cast<float>(random() >> 8) * 0x1p-24F;
    *next++ = static_cast<float>(random() % static_cast<uint64_t>(widths.back()));
  }
  data.table = core::Table::Create(std::move(names), std::move(values));
  return data;
}

core::TrainingJob MakeJob(const Widths& widths, const core::BoundTable& data,
                          const v1::TrainingOptions& options) {
  const v1::Network network = MakeNetwork(widths);
  auto job = core::TrainingJob::Prepare({.network = network,
                                         .network_path = core::FieldPath("network"),
                                         .options = options,
                                         .options_path = core::FieldPath("options"),
                                         .data = data,
                                         .validation = std::nullopt});
  if (!job.ok()) {
    std::cerr << job.status() << "\n";
    std::abort();
  }
  return *std::move(job);
}

core::TrainingJob MakeEndlessJob(const Widths& widths, const core::BoundTable& data,
                                 Optimizer optimizer, int64_t batch) {
  return MakeJob(widths, data, MakeOptions(optimizer, batch, 1'000'000'000));
}

core::TrainingResult RunJob(const core::TrainingJob& job, core::TrainingObserver& observer,
                            int threads) {
  core::CorePool pool(threads);
  const std::unique_ptr<core::Team> team = pool.Join(threads);
  return job.Run(observer, *team);
}

core::Network TrainedNetwork(const Widths& widths) {
  IgnoringObserver observer;
  const core::TrainingJob job =
      MakeJob(widths, MakeData(widths, 64), MakeOptions(Optimizer::kSgd, 64, 1));
  return RunJob(job, observer, 1).network.value();
}

double StepFlops(const Widths& widths, int64_t batch) {
  double flops = 0;
  for (size_t i = 1; i < widths.size(); ++i) {
    const double product = 2.0 * static_cast<double>(batch * widths[i - 1] * widths[i]);
    flops += i == 1 ? 2 * product : 3 * product;
  }
  return flops;
}

}  // namespace fnn::bench
