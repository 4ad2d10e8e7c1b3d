// Whether time grows as it should: with the rows, and with the products as layers grow wider. Each
// is measured once in a row, smallest first; the points go into a CSV file that plot.py draws.

#include <algorithm>
#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/bench/blocks.h"
#include "tests/bench/figure.h"
#include "tests/bench/settings.h"
#include "tests/bench/workload.h"

namespace fnn::bench {
namespace {

void Append(const Settings& settings, const std::string& series, int64_t x, double seconds) {
  if (settings.linearity_csv.empty()) return;
  const bool fresh = !std::ifstream(settings.linearity_csv).good();
  std::ofstream out(settings.linearity_csv, std::ios::app);
  if (fresh) out << "series,x,seconds\n";
  out << series << "," << x << "," << seconds << "\n";
}

// Times `epochs` epochs after the first.
class EpochTimer : public IgnoringObserver {
 public:
  explicit EpochTimer(int epochs) : epochs_(epochs) {}
  void OnEpoch(const v1::EpochReport& report) override {
    if (report.epoch() > 0) seconds.push_back(watch_.Elapsed().processor);
    watch_ = Stopwatch();
  }
  bool ShouldStop() override { return seconds.size() >= static_cast<size_t>(epochs_); }

  std::vector<double> seconds;

 private:
  const int epochs_;
  Stopwatch watch_;
};

void PublishPoint(benchmark::State& state, const std::vector<double>& seconds, double parts) {
  const double one = QuartilesOf(seconds).median / parts;
  state.SetIterationTime(one);
  state.counters["seconds"] = one;
}

void Rows(benchmark::State& state, int64_t rows, const Settings& settings) {
  const Widths widths = {32, 64, 10};
  const core::TrainingJob job = MakeEndlessJob(widths, MakeData(widths, rows), Optimizer::kSgd, 64);
  EpochTimer timer(static_cast<int>(std::clamp<int64_t>(1'000'000 / rows, 1, 101)));
  RunJob(job, timer, 1);
  PublishPoint(state, timer.seconds, static_cast<double>(rows));
  Append(settings, "seconds per sample over rows", rows, state.counters["seconds"]);
}

void Width(benchmark::State& state, int64_t width, const Settings& settings) {
  constexpr int64_t kBatch = 64;
  const Widths widths = {width, width, width, 10};
  const BlockPlan plan = PlanBlocks(widths, kBatch, settings);
  const core::TrainingJob job =
      MakeEndlessJob(widths, MakeData(widths, plan.rows), Optimizer::kSgd, kBatch);
  std::vector<double> seconds;
  BlockObserver observer({plan.steps}, [&](Seconds step) {
    seconds.push_back(step.processor);
    return static_cast<int>(seconds.size()) < settings.pairs;
  });
  RunJob(job, observer, 1);
  PublishPoint(state, seconds, 1);
  state.counters["gflops"] = StepFlops(widths, kBatch) / state.counters["seconds"] * 1e-9;
  Append(settings, "seconds per step over width", width, state.counters["seconds"]);
}

}  // namespace

void RegisterLinearity(const Settings& settings) {
  const int64_t most_rows = settings.quick ? 100'000 : 10'000'000;
  for (int64_t rows = 1000; rows <= most_rows; rows *= 10) {
    Measure(absl::StrCat("linearity/rows:", rows),
            [=, &settings](benchmark::State& state) { Rows(state, rows, settings); });
  }
  const int64_t most_width = settings.quick ? 256 : 2048;
  for (int64_t width = 64; width <= most_width; width *= 2) {
    Measure(absl::StrCat("linearity/width:", width),
            [=, &settings](benchmark::State& state) { Width(state, width, settings); });
  }
}

}  // namespace fnn::bench
