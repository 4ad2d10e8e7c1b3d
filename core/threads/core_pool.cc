#include "core/threads/core_pool.h"

#include <algorithm>
#include <atomic>

namespace fnn::core {

class CorePool::PoolTeam final : public Team {
 public:
  PoolTeam(CorePool* pool, int most) : pool_(pool), most_(most) {
    helpers_.reserve(static_cast<size_t>(most - 1));
  }
  ~PoolTeam() override { pool_->Leave(*this); }

  int most() const override { return most_; }

  void Run(int most, Work work) override {
    if (granted_.load(std::memory_order_relaxed) != static_cast<int>(helpers_.size())) {
      pool_->Settle(*this);
    }
    const int members = std::clamp(most, 1, static_cast<int>(helpers_.size()) + 1);
    for (int i = 1; i < members; ++i) helpers_[static_cast<size_t>(i - 1)]->Start(work, i, members);
    work(0, members);
    for (int i = 1; i < members; ++i) helpers_[static_cast<size_t>(i - 1)]->Wait();
  }

 private:
  friend class CorePool;

  CorePool* const pool_;
  const int most_;
  std::vector<Helper*> helpers_;  // The team's thread alone.
  std::atomic<int> granted_{0};   // Written under the pool's lock; a hint outside of it.
};

namespace {

void MoveLast(std::vector<Helper*>& from, std::vector<Helper*>& to) {
  to.push_back(from.back());
  from.pop_back();
}

}  // namespace

CorePool::CorePool(int cores) : cores_(cores) {
  for (int i = 1; i < cores; ++i) {
    helpers_.push_back(std::make_unique<Helper>());
    idle_.push_back(helpers_.back().get());
  }
}

CorePool::~CorePool() = default;

std::unique_ptr<Team> CorePool::Join(int most) {
  auto team = std::make_unique<PoolTeam>(this, std::clamp(most, 1, cores_));
  MutexLock lock(mutex_);
  seats_.push_back({.team = team.get(), .most = team->most()});
  Rebalance();
  while (!closed_ && SeatOf(*team) - seats_.begin() >= joined_) changed_.Wait(mutex_);
  // One that goes without a core gives up its place in the line when it is destroyed.
  return closed_ ? nullptr : std::move(team);
}

void CorePool::Close() {
  {
    MutexLock lock(mutex_);
    closed_ = true;
  }
  changed_.NotifyAll();
}

void CorePool::Seat::Grant(int helpers) {
  granted = helpers;
  team->granted_.store(helpers, std::memory_order_relaxed);
}

std::vector<CorePool::Seat>::iterator CorePool::SeatOf(const PoolTeam& team) {
  return std::find_if(seats_.begin(), seats_.end(),
                      [&team](const Seat& seat) { return seat.team == &team; });
}

// Deals the cores one by one, in rounds, to those that would use another.
void CorePool::DivideShares() {
  const size_t counted = std::min(seats_.size(), static_cast<size_t>(cores_));
  int left = cores_;
  for (Seat& seat : seats_) seat.share = 0;
  for (bool dealt = true; dealt;) {
    dealt = false;
    for (size_t i = 0; i < counted && left > 0; ++i) {
      if (seats_[i].share == seats_[i].most) continue;
      ++seats_[i].share;
      --left;
      dealt = true;
    }
  }
}

// What is to be given up counts as taken until its team has settled.
void CorePool::Rebalance() {
  DivideShares();
  int free = cores_;
  for (int i = 0; i < joined_; ++i) {
    Seat& seat = seats_[static_cast<size_t>(i)];
    seat.Grant(std::min(seat.share - 1, seat.taken()));
    free -= 1 + seat.taken();
  }
  // A core for one that has none comes before a helper for one that has some.
  for (; free > 0 && joined_ < static_cast<int>(seats_.size()); --free) ++joined_;
  for (int i = 0; i < joined_; ++i) {
    Seat& seat = seats_[static_cast<size_t>(i)];
    const int more = std::min(seat.share - 1 - seat.taken(), free);
    if (more <= 0) continue;
    seat.Grant(seat.taken() + more);
    free -= more;
  }
  changed_.NotifyAll();
}

void CorePool::Settle(PoolTeam& team) {
  MutexLock lock(mutex_);
  Seat& seat = *SeatOf(team);
  for (int held = seat.held; held > seat.granted; --held) MoveLast(team.helpers_, idle_);
  for (int held = seat.held; held < seat.granted; ++held) MoveLast(idle_, team.helpers_);
  const bool freed = seat.granted < seat.held;
  seat.held = seat.granted;
  if (freed) Rebalance();
}

void CorePool::Leave(PoolTeam& team) {
  MutexLock lock(mutex_);
  const auto seat = SeatOf(team);
  if (seat == seats_.end()) return;  // There was no memory to take one.
  while (!team.helpers_.empty()) MoveLast(team.helpers_, idle_);
  if (seat - seats_.begin() < joined_) --joined_;
  seats_.erase(seat);
  Rebalance();
}

}  // namespace fnn::core
