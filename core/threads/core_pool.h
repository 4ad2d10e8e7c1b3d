// The cores that trainings share, so that many at once neither fight for them nor leave them idle.
//
// Each training has a team: its own thread, and helper threads of the pool as far as its fair share
// reaches at the moment. All threads that work are never more than the cores.

#ifndef FNN_CORE_THREADS_CORE_POOL_H_
#define FNN_CORE_THREADS_CORE_POOL_H_

#include <memory>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "core/base/mutex.h"
#include "core/threads/helper.h"
#include "core/threads/team.h"

namespace fnn::core {

// Safe from any thread.
//
// Shares are fair in the max-min sense: no team has more cores than another that would use more.
// They are divided anew whenever a team comes or goes, and a team notices at its next Run; a team
// that gains a helper waits for the one that loses it, without stopping meanwhile.
class CorePool {
 public:
  // cores >= 1. Starts cores - 1 threads.
  explicit CorePool(int cores);
  // All teams are gone, and nobody is in Join.
  ~CorePool();

  int cores() const { return cores_; }

  // A team of 1 to min(most, cores()) members for the calling thread alone, which gives back what
  // it has when it is destroyed. Waits, first come, first served, until the calling thread may have
  // a core: where all are taken, until a team gives up a helper or goes. Null once the pool is
  // closed.
  std::unique_ptr<Team> Join(int most);

  // From now on Join returns null, also where it waits. Teams that are there go on.
  void Close();

 private:
  class PoolTeam;

  // What one team is due and has.
  struct Seat {
    PoolTeam* team;
    int most;
    int share = 1;    // Of the cores, by fairness.
    int granted = 0;  // Helpers it is to have from its next Run on; the team's own copy follows.
    int held = 0;     // Helpers it has.

    // The helpers that nobody else may have.
    int taken() const { return granted > held ? granted : held; }
    void Grant(int helpers);
  };

  std::vector<Seat>::iterator SeatOf(const PoolTeam& team) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void DivideShares() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Rebalance() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // The team's thread has come to take or give up what it was granted.
  void Settle(PoolTeam& team);
  void Leave(PoolTeam& team);

  const int cores_;
  std::vector<std::unique_ptr<Helper>> helpers_;
  Mutex mutex_;
  CondVar changed_;  // joined_ or closed_.
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<Helper*> idle_ ABSL_GUARDED_BY(mutex_);
  std::vector<Seat> seats_ ABSL_GUARDED_BY(mutex_);  // In the order in which they came.
  int joined_ ABSL_GUARDED_BY(mutex_) = 0;           // How many of them have a core; the rest wait.
};

}  // namespace fnn::core

#endif  // FNN_CORE_THREADS_CORE_POOL_H_
