// Times trainings in blocks: of consecutive mini-batches, steps as they are in real training, with
// shuffling, gathering, loss, metrics and optimiser, without the ends of epochs; or of whole
// epochs.

#ifndef FNN_TESTS_BENCH_BLOCKS_H_
#define FNN_TESTS_BENCH_BLOCKS_H_

#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "core/train/job.h"
#include "core/train/observer.h"
#include "tests/bench/figure.h"
#include "tests/bench/settings.h"
#include "tests/bench/workload.h"

namespace fnn::bench {

// How long blocks are and on how many rows they run: an epoch is a whole number of blocks.
struct BlockPlan {
  int64_t steps = 1;
  int64_t rows = 1;
};
BlockPlan PlanBlocks(const Widths& widths, int64_t batch, const Settings& settings);

struct Block {
  enum class Unit { kStep, kEpoch };
  int64_t count;
  Unit unit = Unit::kStep;
};

// Calls `after` with what a unit took after each block; false stops the training. What `after`
// does is not counted.
class BlockObserver : public core::TrainingObserver {
 public:
  using After = std::function<bool(Seconds one)>;
  BlockObserver(Block block, After after) : block_(block), after_(std::move(after)) {}

  void OnEpoch(const v1::EpochReport& report) override;
  void OnBatch(int64_t epoch, int64_t batch, int64_t batches, double running_loss) override;
  bool ShouldStop() override { return stop_; }

 private:
  void Begin();
  void Count();

  const Block block_;
  const After after_;
  int64_t done_ = 0;
  bool stop_ = false;
  Stopwatch watch_;
};

// A training that takes part in TrainInTurns.
struct Participant {
  const core::TrainingJob* job;
  int threads;
  int turn;  // From 0. Those with the same turn train at the same time, all others wait.
};

// Trains endless jobs in alternating blocks, a round of turns after the other. Gives what a unit of
// each participant took in each round.
std::vector<std::vector<Seconds>> TrainInTurns(const std::vector<Participant>& participants,
                                               Block block, const Settings& settings);

}  // namespace fnn::bench

#endif  // FNN_TESTS_BENCH_BLOCKS_H_
