#include "tests/bench/time_epochs.h"

#include <iomanip>
#include <iostream>

#include "tests/bench/figure.h"
#include "tests/bench/workload.h"

namespace fnn::bench {
namespace {

class Prompter : public IgnoringObserver {
 public:
  void OnEpoch(const v1::EpochReport& report) override {
    if (report.epoch() == 0) {
      std::cout << "ready" << std::endl;
    } else {
      std::cout << std::setprecision(9) << SecondsSince(start_) << std::endl;
    }
    std::string line;
    stop_ = !std::getline(std::cin, line);
    start_ = Clock::now();
  }
  bool ShouldStop() override { return stop_; }

 private:
  bool stop_ = false;
  Clock::time_point start_;
};

}  // namespace

int TimeEpochs(const TimeEpochsOptions& options) {
  const Widths widths = ParseWidths(options.widths);
  if (widths.empty()) {
    std::cerr << "not a network: " << options.widths << "; an example is 784-256-10\n";
    return 2;
  }
  const Optimizer optimizer = options.optimizer == "adam" ? Optimizer::kAdam : Optimizer::kSgd;
  const core::TrainingJob job =
      MakeEndlessJob(widths, MakeData(widths, options.rows), optimizer, options.batch);
  Prompter prompter;
  RunJob(job, prompter, options.threads);
  return 0;
}

}  // namespace fnn::bench
