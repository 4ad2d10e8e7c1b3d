// fnn-bench time-epochs: trains an epoch whenever it is told to, so that a script can take turns
// between this engine and others (peers.py).

#ifndef FNN_TESTS_BENCH_TIME_EPOCHS_H_
#define FNN_TESTS_BENCH_TIME_EPOCHS_H_

#include <cstdint>
#include <string>

namespace fnn::bench {

struct TimeEpochsOptions {
  std::string widths;     // 784-256-10
  std::string optimizer;  // sgd or adam
  int64_t batch = 32;
  int64_t rows = 8192;
  int threads = 1;
};

// Prints `ready`, then for each line on stdin the seconds that an epoch took. Gives the exit code.
int TimeEpochs(const TimeEpochsOptions& options);

}  // namespace fnn::bench

#endif  // FNN_TESTS_BENCH_TIME_EPOCHS_H_
