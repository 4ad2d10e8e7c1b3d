// What a second thread brings, next to what the machine has to give: the speed-up of one training
// with two threads over that of two independent trainings with one thread each.

#include <string>

#include "absl/strings/str_cat.h"
#include "tests/bench/blocks.h"

namespace fnn::bench {
namespace {

void TwoThreads(benchmark::State& state, const Widths& widths, int64_t batch, Optimizer optimizer,
                const Settings& settings) {
  const BlockPlan plan = PlanBlocks(widths, batch, settings);
  const core::BoundTable data = MakeData(widths, plan.rows);
  const core::TrainingJob job = MakeEndlessJob(widths, data, optimizer, batch);
  const auto seconds = TrainInTurns({{.job = &job, .threads = 1, .turn = 0},
                                     {.job = &job, .threads = 2, .turn = 1},
                                     {.job = &job, .threads = 1, .turn = 2},
                                     {.job = &job, .threads = 1, .turn = 2}},
                                    {plan.steps}, settings);
  Pairs pairs, with_two, copies;
  for (size_t i = 0; i < seconds[3].size(); ++i) {
    const double one = seconds[0][i].wall;
    const double two = seconds[1][i].wall;
    const double copy =
        (seconds[2][i].wall + seconds[3][i].wall) / 2 / 2;  // Two steps come out of it.
    pairs.Add(copy, two);
    with_two.Add(one, two);
    copies.Add(one, copy);
  }
  Publish(state, pairs, AtLeast(0.85));
  if (pairs.size() == 0) return;
  state.counters["speed_up"] = with_two.ratio().median;
  state.counters["speed_up_of_copies"] = copies.ratio().median;
}

}  // namespace

void RegisterTwoThreads(const Settings& settings) {
  for (const char* widths : {"784-256-128-10", "784-1024-1024-10"}) {
    for (const int64_t batch : {128, 256}) {
      for (const Optimizer optimizer : {Optimizer::kSgd, Optimizer::kAdam}) {
        Measure(absl::StrCat("two_threads/", widths, "/batch:", batch, "/", NameOf(optimizer)),
                [=, &settings](benchmark::State& state) {
                  TwoThreads(state, ParseWidths(widths), batch, optimizer, settings);
                });
      }
    }
  }
}

}  // namespace fnn::bench
