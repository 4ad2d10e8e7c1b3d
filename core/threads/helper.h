// A thread that works for whoever holds it.

#ifndef FNN_CORE_THREADS_HELPER_H_
#define FNN_CORE_THREADS_HELPER_H_

#include <cstdint>
#include <optional>
#include <thread>

#include "core/threads/team.h"
#include "core/threads/waitable_number.h"

namespace fnn::core {

// Used by one thread at a time, which calls Start and Wait in turns. It treats denormal numbers as
// zero.
class Helper {
 public:
  Helper();
  // Joins its thread.
  ~Helper();

  // Has the helper call `work`, which lives until Wait has returned.
  void Start(Team::Work work, int member, int members);
  // Returns when the work has ended.
  void Wait();

 private:
  static constexpr int kCacheLine = 64;

  void Loop();

  // Written by Start and read by the helper, all in one cache line.
  alignas(kCacheLine) WaitableNumber started_;  // How many works were given.
  uint32_t turn_ = 0;
  int member_ = 0;
  int members_ = 0;
  int caller_processor_ = -1;
  std::optional<Team::Work> work_;  // None: there is no more, the thread ends.
  // Written by the helper and read by Wait.
  alignas(kCacheLine) WaitableNumber ended_;  // How many works have ended.
  alignas(kCacheLine) std::thread thread_;    // Last, as it uses the rest.
};

}  // namespace fnn::core

#endif  // FNN_CORE_THREADS_HELPER_H_
