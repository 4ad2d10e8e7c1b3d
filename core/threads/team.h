// The threads that a training may use.
//
// The engine makes no threads: it is given a team. What it computes never depends on how many
// members there are, so a team may grow and shrink between two calls of Run.

#ifndef FNN_CORE_THREADS_TEAM_H_
#define FNN_CORE_THREADS_TEAM_H_

#include "absl/functional/function_ref.h"

namespace fnn::core {

// Used by one thread at a time.
class Team {
 public:
  // Called with member, 0 <= member < members.
  using Work = absl::FunctionRef<void(int member, int members)>;

  virtual ~Team() = default;

  // The most members Run ever has, at least 1. Never changes.
  virtual int most() const = 0;

  // Calls `work` once for each of 1 to min(most, most()) members, at the same time, each on a
  // thread of its own (member 0 on the caller's), and returns when all have ended. `work` throws
  // nothing and calls Run of no team.
  virtual void Run(int most, Work work) = 0;
};

// The calling thread alone.
class SoloTeam final : public Team {
 public:
  int most() const override { return 1; }
  void Run(int /*most*/, Work work) override { work(0, 1); }
};

}  // namespace fnn::core

#endif  // FNN_CORE_THREADS_TEAM_H_
