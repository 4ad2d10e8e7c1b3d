#include "tests/bench/figure.h"

#include <algorithm>
#include <cmath>
#include <ctime>
#include <utility>

namespace fnn::bench {
namespace {

void SetRatio(benchmark::State& state, const Quartiles& ratio) {
  state.counters["ratio"] = ratio.median;
  state.counters["ratio_q1"] = ratio.q1;
  state.counters["ratio_q3"] = ratio.q3;
}

void SetTarget(benchmark::State& state, const char* name, double value, bool met) {
  state.counters[name] = value;
  state.counters["met"] = met ? 1 : 0;
}

void SetTarget(benchmark::State& state, double ratio, double measured, Target target) {
  switch (target.kind) {
    case Target::Kind::kNone:
      break;
    case Target::Kind::kAtMost:
      return SetTarget(state, "at_most", target.value, ratio <= target.value);
    case Target::Kind::kAtLeast:
      return SetTarget(state, "at_least", target.value, ratio >= target.value);
    case Target::Kind::kWithin:
      return SetTarget(state, "within", target.value, std::abs(ratio - 1) <= target.value);
    case Target::Kind::kSecondsAtMost:
      return SetTarget(state, "seconds_at_most", target.value, measured <= target.value);
  }
}

double ProcessorTime() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

}  // namespace

Stopwatch::Stopwatch() : wall_(Clock::now()), processor_(ProcessorTime()) {}

Seconds Stopwatch::Elapsed() const {
  return {.wall = SecondsSince(wall_), .processor = ProcessorTime() - processor_};
}

double TimeOf(const std::function<void()>& work) {
  const auto start = Clock::now();
  work();
  return SecondsSince(start);
}

Quartiles QuartilesOf(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const auto at = [&values](double share) {  // Linear between the neighbours.
    const double place = share * static_cast<double>(values.size() - 1);
    const auto below = static_cast<size_t>(place);
    const size_t above = std::min(below + 1, values.size() - 1);
    return values[below] + (place - static_cast<double>(below)) * (values[above] - values[below]);
  };
  return {.q1 = at(0.25), .median = at(0.5), .q3 = at(0.75)};
}

void Pairs::Add(double measured, double baseline) {
  measured_.push_back(measured);
  baseline_.push_back(baseline);
  ratios_.push_back(measured / baseline);
}

void Measure(const std::string& name, std::function<void(benchmark::State&)> body) {
  benchmark::RegisterBenchmark(name.c_str(),
                               [body = std::move(body)](benchmark::State& state) {
                                 for (auto _ : state) body(state);
                               })
      ->Iterations(1)
      ->UseManualTime();
}

void Publish(benchmark::State& state, const Pairs& pairs, Target target) {
  if (pairs.size() == 0) return state.SkipWithError("no pair was measured");
  state.SetIterationTime(pairs.measured());
  state.counters["seconds"] = pairs.measured();
  state.counters["baseline_seconds"] = pairs.baseline();
  state.counters["pairs"] = pairs.size();
  SetRatio(state, pairs.ratio());
  SetTarget(state, pairs.ratio().median, pairs.measured(), target);
}

void PublishBytes(benchmark::State& state, double measured, double expected, Target target) {
  state.SetIterationTime(0);
  state.counters["bytes"] = measured;
  state.counters["baseline_bytes"] = expected;
  const double ratio = measured / expected;
  SetRatio(state, {.q1 = ratio, .median = ratio, .q3 = ratio});
  SetTarget(state, ratio, measured, target);
}

}  // namespace fnn::bench
