#include "tests/bench/blocks.h"

#include <sched.h>

#include <algorithm>
#include <cmath>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "core/threads/processor.h"

namespace fnn::bench {
namespace {

// Which turn it is, counted over all rounds.
class Rounds {
 public:
  Rounds(const std::vector<Participant>& participants, const Settings& settings)
      : settings_(settings) {
    for (const Participant& p : participants) {
      members_.resize(std::max(members_.size(), static_cast<size_t>(p.turn) + 1));
      ++members_[p.turn];
    }
  }

  // Waits for `turn` of `round`; false where there is no such round.
  bool Wait(int turn, int64_t round) {
    std::unique_lock lock(mutex_);
    const int64_t wanted = round * static_cast<int64_t>(members_.size()) + turn;
    changed_.wait(lock, [&] { return over_ || now_ == wanted; });
    return !over_;
  }

  // The caller has ended its part of the turn.
  void Done() {
    const std::lock_guard lock(mutex_);
    const auto turns = static_cast<int64_t>(members_.size());
    if (++done_ < members_[now_ % turns]) return;
    done_ = 0;
    if (++now_ % turns == 0) {
      const int64_t rounds = now_ / turns;
      over_ =
          rounds > settings_.pairs || (rounds > 3 && SecondsSince(start_) > settings_.most_seconds);
    }
    changed_.notify_all();
  }

 private:
  const Settings& settings_;
  const Clock::time_point start_ = Clock::now();
  std::vector<int> members_;
  std::mutex mutex_;
  std::condition_variable changed_;
  int64_t now_ = 0;
  int done_ = 0;
  bool over_ = false;
};

// Whether only one thread trains at any time.
bool OneAtATime(const std::vector<Participant>& participants) {
  std::vector<bool> taken(participants.size());
  for (const Participant& p : participants) {
    if (p.threads > 1 || taken[p.turn]) return false;
    taken[p.turn] = true;
  }
  return true;
}

// Keeps the calling thread on `processor`.
void StayOn(int processor) {
  cpu_set_t processors;
  CPU_ZERO(&processors);
  CPU_SET(processor, &processors);
  sched_setaffinity(0, sizeof(processors), &processors);
}

}  // namespace

BlockPlan PlanBlocks(const Widths& widths, int64_t batch, const Settings& settings) {
  constexpr double kFlopsPerSecond = 5e10;
  constexpr double kOverhead = 1e-6;
  const double step = StepFlops(widths, batch) / kFlopsPerSecond + kOverhead;
  BlockPlan plan;
  plan.steps = std::max<int64_t>(1, std::llround(settings.block_seconds / step));
  // Rows beyond the first caches, where small networks have few features.
  const int64_t wanted =
      settings.quick ? 1024 : std::clamp<int64_t>((4 << 20) / (widths.front() + 1), 8192, 65'536);
  const int64_t block_rows = plan.steps * batch;
  plan.rows = (wanted + block_rows - 1) / block_rows * block_rows;
  return plan;
}

void BlockObserver::Begin() {
  done_ = 0;
  watch_ = Stopwatch();
}

void BlockObserver::Count() {
  if (++done_ < block_.count) return;
  stop_ = !after_(watch_.Elapsed() / block_.count);
  Begin();
}

void BlockObserver::OnEpoch(const v1::EpochReport& report) {
  if (block_.unit == Block::Unit::kEpoch && report.epoch() > 0) return Count();
  Begin();
}

void BlockObserver::OnBatch(int64_t /*epoch*/, int64_t /*batch*/, int64_t /*batches*/,
                            double /*running_loss*/) {
  if (block_.unit == Block::Unit::kStep) Count();
}

std::vector<std::vector<Seconds>> TrainInTurns(const std::vector<Participant>& participants,
                                               Block block, const Settings& settings) {
  Rounds rounds(participants, settings);
  std::vector<std::vector<Seconds>> seconds(participants.size());
  std::vector<std::thread> threads;
  // One processor may be half as fast again as its neighbour, whose other half does other work.
  const int processor = OneAtATime(participants) ? core::CurrentProcessor() : -1;
  for (size_t i = 0; i < participants.size(); ++i) {
    threads.emplace_back([&, i] {
      if (processor >= 0) StayOn(processor);
      const Participant& p = participants[i];
      int64_t round = 0;
      BlockObserver observer(block, [&](Seconds one) {
        if (round > 0) seconds[i].push_back(one);  // The first round warms up.
        rounds.Done();
        return rounds.Wait(p.turn, ++round);
      });
      if (rounds.Wait(p.turn, round)) RunJob(*p.job, observer, p.threads);
    });
  }
  for (std::thread& thread : threads) thread.join();
  return seconds;
}

}  // namespace fnn::bench
