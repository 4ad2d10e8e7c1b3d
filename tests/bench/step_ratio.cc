// step_ratio: the time of a training step over the time of its matrix products alone.

#include <string>

#include "absl/strings/str_cat.h"
#include "tests/bench/blocks.h"
#include "tests/bench/gemm/floor.h"
#include "tests/bench/settings.h"

namespace fnn::bench {
namespace {

struct Case {
  Widths widths;
  int64_t batch;
  Optimizer optimizer;
};

// The seconds are for a core of 100 GFLOP/s.
Target TargetOf(const Case& c) {
  if (c.optimizer != Optimizer::kSgd) return {};
  const std::string name = NameOf(c.widths);
  if (c.batch == 32 && name == "20-64-64-3") return SecondsAtMost(12e-6);
  if (c.batch == 10 && name == "2-16-16-2") return SecondsAtMost(2e-6);
  if (c.batch == 64 && (name == "784-256-128-10" || name == "512-256-128-64-32-10")) {
    return AtMost(1.0);
  }
  if (c.batch == 256 && name == "784-1024-1024-10") return AtMost(1.05);
  return {};
}

void StepRatio(benchmark::State& state, const Case& c, const Settings& settings) {
  const BlockPlan plan = PlanBlocks(c.widths, c.batch, settings);
  const core::TrainingJob job =
      MakeEndlessJob(c.widths, MakeData(c.widths, plan.rows), c.optimizer, c.batch);
  const Floor floor(c.widths, c.batch, Floor::Products::kTraining, settings);
  Pairs pairs;
  bool warm = false;
  const auto start = Clock::now();
  BlockObserver observer({plan.steps}, [&](Seconds step) {
    const double bare = floor.Time(plan.steps);
    if (warm) pairs.Add(step.processor, bare);
    warm = true;
    return pairs.size() < settings.pairs &&
           (pairs.size() < 3 || SecondsSince(start) < settings.most_seconds);
  });
  RunJob(job, observer, 1);
  Publish(state, pairs, TargetOf(c));
  state.counters["gflops"] = StepFlops(c.widths, c.batch) / pairs.measured() * 1e-9;
  state.SetLabel(floor.winners());
}

}  // namespace

void RegisterStepRatios(const Settings& settings) {
  const auto add = [&settings](const std::string& widths, std::initializer_list<int64_t> batches) {
    for (const int64_t batch : batches) {
      for (const Optimizer optimizer : {Optimizer::kSgd, Optimizer::kAdam}) {
        Measure(absl::StrCat("step_ratio/", widths, "/batch:", batch, "/", NameOf(optimizer)),
                [=](benchmark::State& state) {
                  StepRatio(state, {ParseWidths(widths), batch, optimizer}, settings);
                });
      }
    }
  };
  if (settings.all) {
    for (const char* widths : {"784-256-128-10", "512-256-128-64-32-10", "784-1024-1024-10",
                               "20-64-64-3", "2-16-16-2", "784-2048-2048-10"}) {
      add(widths, {1, 10, 32, 64, 128, 256, 1024});
    }
  } else {
    add("784-256-128-10", {1, 64, 128, 256});
    add("512-256-128-64-32-10", {64, 256});
    add("784-1024-1024-10", {64, 256});
    add("20-64-64-3", {32, 256});
    add("2-16-16-2", {10, 256});
  }
}

}  // namespace fnn::bench
