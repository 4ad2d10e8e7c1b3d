#ifndef FNN_TESTS_BENCH_TABLE_REPORTER_H_
#define FNN_TESTS_BENCH_TABLE_REPORTER_H_

#include <vector>

#include "benchmark/benchmark.h"

namespace fnn::bench {

// One line a figure: what it took, what it is compared with, their ratio with its quartiles, the
// target and whether it was met; then the counters of its own and its label.
class TableReporter : public benchmark::BenchmarkReporter {
 public:
  bool ReportContext(const Context& context) override;
  void ReportRuns(const std::vector<Run>& runs) override;
  // How many targets there were and were missed.
  void Finalize() override;

 private:
  int targets_ = 0;
  int missed_ = 0;
  int failed_ = 0;
};

}  // namespace fnn::bench

#endif  // FNN_TESTS_BENCH_TABLE_REPORTER_H_
