#include "server/runs/run_state.h"

#include <set>
#include <utility>

#include "gtest/gtest.h"

namespace fnn::server {
namespace {

TEST(RunStateTest, OnlyTheDocumentedTransitionsAreAllowed) {
  const std::set<std::pair<v1::RunState, v1::RunState>> documented = {
      {v1::RUN_STATE_UNSPECIFIED, v1::RUN_STATE_QUEUED},
      {v1::RUN_STATE_QUEUED, v1::RUN_STATE_RUNNING},
      {v1::RUN_STATE_QUEUED, v1::RUN_STATE_PAUSED},
      {v1::RUN_STATE_QUEUED, v1::RUN_STATE_CANCELLED},
      {v1::RUN_STATE_QUEUED, v1::RUN_STATE_FAILED},
      {v1::RUN_STATE_RUNNING, v1::RUN_STATE_QUEUED},
      {v1::RUN_STATE_RUNNING, v1::RUN_STATE_PAUSING},
      {v1::RUN_STATE_RUNNING, v1::RUN_STATE_CANCELLING},
      {v1::RUN_STATE_RUNNING, v1::RUN_STATE_SUCCEEDED},
      {v1::RUN_STATE_RUNNING, v1::RUN_STATE_FAILED},
      {v1::RUN_STATE_RUNNING, v1::RUN_STATE_DIVERGED},
      {v1::RUN_STATE_PAUSING, v1::RUN_STATE_PAUSED},
      {v1::RUN_STATE_PAUSING, v1::RUN_STATE_RUNNING},
      {v1::RUN_STATE_PAUSING, v1::RUN_STATE_CANCELLING},
      {v1::RUN_STATE_PAUSING, v1::RUN_STATE_SUCCEEDED},
      {v1::RUN_STATE_PAUSING, v1::RUN_STATE_FAILED},
      {v1::RUN_STATE_PAUSING, v1::RUN_STATE_DIVERGED},
      {v1::RUN_STATE_PAUSED, v1::RUN_STATE_QUEUED},
      {v1::RUN_STATE_PAUSED, v1::RUN_STATE_CANCELLED},
      {v1::RUN_STATE_PAUSED, v1::RUN_STATE_FAILED},
      {v1::RUN_STATE_CANCELLING, v1::RUN_STATE_CANCELLED},
  };
  for (int from = v1::RunState_MIN; from <= v1::RunState_MAX; ++from) {
    for (int to = v1::RunState_MIN; to <= v1::RunState_MAX; ++to) {
      const std::pair transition(static_cast<v1::RunState>(from), static_cast<v1::RunState>(to));
      EXPECT_EQ(IsAllowed(transition.first, transition.second), documented.contains(transition))
          << v1::RunState_Name(transition.first) << " to " << v1::RunState_Name(transition.second);
    }
  }
}

TEST(RunStateTest, FinalStatesAreThoseThatNothingFollows) {
  for (int from = v1::RunState_MIN; from <= v1::RunState_MAX; ++from) {
    const auto state = static_cast<v1::RunState>(from);
    bool left = false;
    for (int to = v1::RunState_MIN; to <= v1::RunState_MAX; ++to) {
      left = left || IsAllowed(state, static_cast<v1::RunState>(to));
    }
    EXPECT_EQ(IsFinal(state), !left) << v1::RunState_Name(state);
  }
}

}  // namespace
}  // namespace fnn::server
