#ifndef FNN_TESTS_BENCH_SETTINGS_H_
#define FNN_TESTS_BENCH_SETTINGS_H_

#include <string>

namespace fnn::bench {

// What is measured, and for how long.
struct Settings {
  bool all = false;             // Every network at every batch size.
  bool quick = false;           // Small sizes and few pairs: whether it works, not how fast it is.
  bool verbose = false;         // The time of each product of each floor, on stderr.
  int pairs = 41;               // Pairs for one figure.
  double block_seconds = 4e-3;  // About what one half of a pair takes.
  double most_seconds = 15;     // After which a figure makes do with the pairs there are.
  std::string linearity_csv;    // Where the linearity figures go; may be empty.
};

// Each registers the benchmarks of one file; `settings` outlives them.
void RegisterStepRatios(const Settings& settings);
void RegisterAdamOverSgd(const Settings& settings);
void RegisterTwoThreads(const Settings& settings);
void RegisterForward(const Settings& settings);
void RegisterConvolution(const Settings& settings);
void RegisterMemory(const Settings& settings);
void RegisterGrpcTraining(const Settings& settings);
void RegisterGrpcPredict(const Settings& settings);
void RegisterWatchers(const Settings& settings);
void RegisterLinearity(const Settings& settings);
void RegisterHealth(const Settings& settings);

}  // namespace fnn::bench

#endif  // FNN_TESTS_BENCH_SETTINGS_H_
