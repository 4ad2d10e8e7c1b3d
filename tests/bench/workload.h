// Networks, data and trainings to measure.

#ifndef FNN_TESTS_BENCH_WORKLOAD_H_
#define FNN_TESTS_BENCH_WORKLOAD_H_

#include <cstdint>
#include <string>
#include <vector>

#include "core/data/binding.h"
#include "core/network.h"
#include "core/train/job.h"
#include "core/train/observer.h"
#include "fnn/v1/network.pb.h"
#include "fnn/v1/training.pb.h"

namespace fnn::bench {

enum class Optimizer { kSgd, kAdam };
const char* NameOf(Optimizer optimizer);

// The widths of a network from the input on.
using Widths = std::vector<int64_t>;
// `784-256-10`; Parse gives nothing where that is not what the text is.
std::string NameOf(const Widths& widths);
Widths ParseWidths(const std::string& text);

// Dense layers, relu between them, cross-entropy at the end.
v1::Network MakeNetwork(const Widths& widths);
v1::TrainingOptions MakeOptions(Optimizer optimizer, int64_t batch, int64_t epochs);

// `rows` of numbers in [0, 1) and a class, all of them random.
core::BoundTable MakeData(const Widths& widths, int64_t rows);

// Ends the program where the job can't be had.
core::TrainingJob MakeJob(const Widths& widths, const core::BoundTable& data,
                          const v1::TrainingOptions& options);
// So many epochs that an observer has to end it.
core::TrainingJob MakeEndlessJob(const Widths& widths, const core::BoundTable& data,
                                 Optimizer optimizer, int64_t batch);

// Watches nothing, stops nothing.
class IgnoringObserver : public core::TrainingObserver {
 public:
  void OnEpoch(const v1::EpochReport& /*report*/) override {}
  void OnBatch(int64_t /*epoch*/, int64_t /*batch*/, int64_t /*batches*/,
               double /*running_loss*/) override {}
  bool ShouldStop() override { return false; }
};

// Trains, with `threads` threads.
core::TrainingResult RunJob(const core::TrainingJob& job, core::TrainingObserver& observer,
                            int threads);

// What an epoch on a few rows gives.
core::Network TrainedNetwork(const Widths& widths);

// The floating-point operations of the products of one training step.
double StepFlops(const Widths& widths, int64_t batch);

}  // namespace fnn::bench

#endif  // FNN_TESTS_BENCH_WORKLOAD_H_
