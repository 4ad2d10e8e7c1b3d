// What looking at the health of layers costs: a whole epoch with it, as it is by default, over one
// without it. It is looked at in one step of an epoch, so that it shows in short epochs.

#include <algorithm>
#include <cmath>
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/bench/blocks.h"

namespace fnn::bench {
namespace {

struct Case {
  const char* widths;
  int64_t batch;
  int64_t rows;
};

// The rows of XOR with noise, iris, optdigits, and MNIST's test and training sets.
constexpr Case kCases[] = {{"2-16-16-2", 10, 1000},        {"4-16-3", 32, 150},
                           {"64-64-10", 32, 3823},         {"784-256-128-10", 64, 10'000},
                           {"784-256-128-10", 64, 60'000}, {"784-1024-1024-10", 256, 10'000}};

core::TrainingJob MakeWatchedJob(const Widths& widths, const core::BoundTable& data,
                                 const Case& shape, v1::HealthLevel level) {
  v1::TrainingOptions options = MakeOptions(Optimizer::kSgd, shape.batch, 1'000'000'000);
  options.mutable_health()->set_level(level);
  return MakeJob(widths, data, options);
}

void Health(benchmark::State& state, const Case& shape, v1::HealthLevel level,
            const Settings& settings) {
  const Widths widths = ParseWidths(shape.widths);
  const core::BoundTable data = MakeData(widths, shape.rows);
  const core::TrainingJob with = MakeWatchedJob(widths, data, shape, level);
  const core::TrainingJob without = MakeWatchedJob(widths, data, shape, v1::HEALTH_LEVEL_OFF);
  const int64_t steps = (shape.rows + shape.batch - 1) / shape.batch;
  const int64_t epochs =
      std::max<int64_t>(1, PlanBlocks(widths, shape.batch, settings).steps / steps);
  const auto seconds = TrainInTurns(
      {{.job = &with, .threads = 1, .turn = 0}, {.job = &without, .threads = 1, .turn = 1}},
      {epochs, Block::Unit::kEpoch}, settings);
  Pairs pairs;
  for (size_t i = 0; i < seconds[1].size(); ++i) {
    pairs.Add(seconds[0][i].processor, seconds[1][i].processor);
  }
  Publish(state, pairs, AtMost(level == v1::HEALTH_LEVEL_BASIC ? 1.03 : 1.1));
}

}  // namespace

void RegisterHealth(const Settings& settings) {
  for (const Case& shape : kCases) {
    for (const v1::HealthLevel level : {v1::HEALTH_LEVEL_BASIC, v1::HEALTH_LEVEL_DETAILED}) {
      Measure(absl::StrCat("health/", shape.widths, "/rows:", shape.rows,
                           level == v1::HEALTH_LEVEL_BASIC ? "/basic" : "/detailed"),
              [=, &settings](benchmark::State& state) { Health(state, shape, level, settings); });
    }
  }
}

}  // namespace fnn::bench
