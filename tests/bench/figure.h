// Figures are ratios: two things are timed side by side, again and again, and the median of the
// pairs' ratios is what is told. The machine's speed and most of its noise cancel out.

#ifndef FNN_TESTS_BENCH_FIGURE_H_
#define FNN_TESTS_BENCH_FIGURE_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "benchmark/benchmark.h"

namespace fnn::bench {

using Clock = std::chrono::steady_clock;
inline double SecondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}
// Seconds that `work` takes.
double TimeOf(const std::function<void()>& work);

// How long something takes: by the clock on the wall, and of this thread's processor time, which
// does not count what else the machine does meanwhile. What runs on one thread is measured by the
// latter.
struct Seconds {
  double wall = 0;
  double processor = 0;

  Seconds operator/(int64_t parts) const {
    return {wall / static_cast<double>(parts), processor / static_cast<double>(parts)};
  }
};
class Stopwatch {
 public:
  Stopwatch();
  // Since it was made, on the thread that made it.
  Seconds Elapsed() const;

 private:
  Clock::time_point wall_;
  double processor_;
};

struct Quartiles {
  double q1 = 0;
  double median = 0;
  double q3 = 0;
};
// `values` is not empty.
Quartiles QuartilesOf(std::vector<double> values);

// What was measured and what it is compared with, pair by pair.
class Pairs {
 public:
  void Add(double measured, double baseline);
  int size() const { return static_cast<int>(measured_.size()); }
  double measured() const { return QuartilesOf(measured_).median; }
  double baseline() const { return QuartilesOf(baseline_).median; }
  // Of measured / baseline. There is at least one pair.
  Quartiles ratio() const { return QuartilesOf(ratios_); }

 private:
  std::vector<double> measured_, baseline_, ratios_;
};

// What the median ratio, or the median of the seconds measured, should be.
struct Target {
  enum class Kind { kNone, kAtMost, kAtLeast, kWithin, kSecondsAtMost };
  Kind kind = Kind::kNone;
  double value = 0;
};
inline Target AtMost(double value) { return {Target::Kind::kAtMost, value}; }
inline Target AtLeast(double value) { return {Target::Kind::kAtLeast, value}; }
// No further from 1 than this.
inline Target Within(double value) { return {Target::Kind::kWithin, value}; }
inline Target SecondsAtMost(double value) { return {Target::Kind::kSecondsAtMost, value}; }

// Registers a benchmark whose body runs once and ends in one of the two below.
void Measure(const std::string& name, std::function<void(benchmark::State&)> body);

// Sets the counters that the table (table_reporter.h) and the JSON show. Times are in seconds.
void Publish(benchmark::State& state, const Pairs& pairs, Target target = {});
// The same for bytes, measured once.
void PublishBytes(benchmark::State& state, double measured, double expected, Target target);

}  // namespace fnn::bench

#endif  // FNN_TESTS_BENCH_FIGURE_H_
