// What Adam costs: its step over gradient descent's.

#include <map>
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/bench/blocks.h"

namespace fnn::bench {
namespace {

void AdamOverSgd(benchmark::State& state, const Widths& widths, int64_t batch,
                 const Settings& settings) {
  const BlockPlan plan = PlanBlocks(widths, batch, settings);
  const core::BoundTable data = MakeData(widths, plan.rows);
  const core::TrainingJob adam = MakeEndlessJob(widths, data, Optimizer::kAdam, batch);
  const core::TrainingJob sgd = MakeEndlessJob(widths, data, Optimizer::kSgd, batch);
  const auto seconds = TrainInTurns(
      {{.job = &adam, .threads = 1, .turn = 0}, {.job = &sgd, .threads = 1, .turn = 1}},
      {plan.steps}, settings);
  Pairs pairs;
  for (size_t i = 0; i < seconds[1].size(); ++i)
    pairs.Add(seconds[0][i].processor, seconds[1][i].processor);
  const std::map<int64_t, double> most = {{64, 1.30}, {128, 1.15}, {256, 1.10}};
  Publish(state, pairs, AtMost(most.at(batch)));
}

}  // namespace

void RegisterAdamOverSgd(const Settings& settings) {
  for (const char* widths : {"784-256-128-10", "784-1024-1024-10"}) {
    for (const int64_t batch : {64, 128, 256}) {
      Measure(absl::StrCat("adam_over_sgd/", widths, "/batch:", batch),
              [=, &settings](benchmark::State& state) {
                AdamOverSgd(state, ParseWidths(widths), batch, settings);
              });
    }
  }
}

}  // namespace fnn::bench
