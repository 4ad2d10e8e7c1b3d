#include "core/threads/core_pool.h"

#include <atomic>
#include <barrier>
#include <chrono>
#include <future>
#include <limits>
#include <memory>
#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace fnn::core {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsNull;

constexpr int kAll = 1000;  // More than any pool has.

// How many members the team's next Run has.
int Members(Team& team, int most = kAll) {
  std::atomic<int> calls = 0;
  int seen = 0;
  team.Run(most, [&](int member, int members) {
    ++calls;
    if (member == 0) seen = members;
  });
  EXPECT_EQ(calls, seen);
  return seen;
}

// A thread's Join, under way.
std::future<std::unique_ptr<Team>> JoinElsewhere(CorePool& pool, int most) {
  return std::async(std::launch::async, [&pool, most] { return pool.Join(most); });
}

bool Ready(const std::future<std::unique_ptr<Team>>& joining) {
  return joining.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
}

TEST(CorePoolTest, EachMemberIsCalledOnceAndAllAtTheSameTime) {
  CorePool pool(4);
  const std::unique_ptr<Team> team = pool.Join(kAll);
  EXPECT_EQ(team->most(), 4);
  std::barrier together(4);
  std::vector<int> calls(4);
  std::vector<std::thread::id> threads(4);
  for (int i = 0; i < 100; ++i) {
    team->Run(4, [&](int member, int members) {
      EXPECT_EQ(members, 4);
      ++calls[static_cast<size_t>(member)];
      threads[static_cast<size_t>(member)] = std::this_thread::get_id();
      together.arrive_and_wait();
    });
  }
  EXPECT_THAT(calls, Each(100));
  EXPECT_EQ(threads[0], std::this_thread::get_id());
}

TEST(CorePoolTest, WhatMembersWriteIsSeenAfterRun) {
  CorePool pool(3);
  const std::unique_ptr<Team> team = pool.Join(3);
  std::vector<int64_t> sums(3);
  int64_t total = 0;
  for (int64_t i = 0; i < 2'000; ++i) {
    team->Run(3, [&](int member, int) { sums[static_cast<size_t>(member)] += i + member; });
    total += sums[0] + sums[1] + sums[2] - 3 * i - 3;
    if (i % 100 == 0) std::this_thread::yield();
  }
  for (int64_t member = 0; member < 3; ++member) {
    EXPECT_EQ(sums[static_cast<size_t>(member)], 2'000 * 1'999 / 2 + 2'000 * member);
  }
  EXPECT_GT(total, 0);
}

TEST(CorePoolTest, RunTakesNoMoreThanItIsToldTo) {
  CorePool pool(4);
  const std::unique_ptr<Team> team = pool.Join(3);
  EXPECT_EQ(team->most(), 3);
  EXPECT_EQ(Members(*team), 3);
  EXPECT_EQ(Members(*team, 2), 2);
  EXPECT_EQ(Members(*team, 1), 1);
  EXPECT_EQ(Members(*team, 0), 1);
  EXPECT_EQ(Members(*team, 3), 3);
  EXPECT_EQ(Members(*CorePool(1).Join(kAll)), 1);
}

// ---- Shares -------------------------------------------------------------------------------------

// What teams with these `most` have at first, on four cores.
std::vector<int> Shares(const std::vector<int>& most) {
  CorePool pool(4);
  std::vector<std::unique_ptr<Team>> teams;
  for (const int each : most) teams.push_back(pool.Join(each));
  std::vector<int> shares;
  for (const auto& team : teams) shares.push_back(Members(*team));
  return shares;
}

TEST(CorePoolTest, SharesAreFair) {
  EXPECT_THAT(Shares({kAll}), ElementsAre(4));
  EXPECT_THAT(Shares({kAll, kAll}), ElementsAre(2, 2));
  EXPECT_THAT(Shares({kAll, kAll, kAll}), ElementsAre(2, 1, 1));
  EXPECT_THAT(Shares({kAll, kAll, kAll, kAll}), ElementsAre(1, 1, 1, 1));
  EXPECT_THAT(Shares({1, kAll}), ElementsAre(1, 3));
  EXPECT_THAT(Shares({kAll, 1, 1}), ElementsAre(2, 1, 1));
  EXPECT_THAT(Shares({1, 1, kAll}), ElementsAre(1, 1, 2));
  EXPECT_THAT(Shares({1, 2}), ElementsAre(1, 2));
}

TEST(CorePoolTest, WhoGoesLeavesItsShareToTheOthers) {
  CorePool pool(4);
  const std::unique_ptr<Team> first = pool.Join(kAll);
  std::unique_ptr<Team> second = pool.Join(kAll);
  EXPECT_EQ(Members(*first), 2);
  EXPECT_EQ(Members(*second), 2);
  second.reset();
  EXPECT_EQ(Members(*first), 4);
}

TEST(CorePoolTest, WhoComesTakesFromTheGreedyAtItsNextRun) {
  CorePool pool(4);
  const std::unique_ptr<Team> greedy = pool.Join(kAll);
  std::future<std::unique_ptr<Team>> joining;
  greedy->Run(4, [&](int member, int members) {
    EXPECT_EQ(members, 4);
    if (member != 0) return;
    joining = JoinElsewhere(pool, kAll);
    EXPECT_FALSE(Ready(joining));
  });
  while (Members(*greedy) == 4) std::this_thread::yield();
  const std::unique_ptr<Team> other = joining.get();
  EXPECT_EQ(Members(*greedy), 2);
  EXPECT_EQ(Members(*other), 2);
}

TEST(CorePoolTest, WhoComesWaitsForACore) {
  CorePool pool(2);
  std::unique_ptr<Team> first = pool.Join(1);
  const std::unique_ptr<Team> second = pool.Join(1);
  std::future<std::unique_ptr<Team>> joining = JoinElsewhere(pool, 2);
  EXPECT_FALSE(Ready(joining));
  first.reset();
  EXPECT_EQ(Members(*joining.get()), 1);
}

TEST(CorePoolTest, NoMoreThreadsWorkThanThereAreCores) {
  constexpr int kCores = 3;
  CorePool pool(kCores);
  std::atomic<int> working = 0;
  std::atomic<int> most_working = 0;
  std::atomic<int> runs = 0;
  const auto begin = [&] {
    const int now = ++working;
    int seen = most_working;
    while (seen < now && !most_working.compare_exchange_weak(seen, now)) {
    }
  };
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 8; ++thread) {
    threads.emplace_back([&, thread] {
      for (int i = 0; i < 50; ++i) {
        const std::unique_ptr<Team> team = pool.Join(1 + (thread + i) % 4);
        begin();
        for (int run = 0; run < 10; ++run) {
          team->Run(kAll, [&](int member, int) {
            if (member == 0) {
              ++runs;
              return;
            }
            begin();
            std::this_thread::yield();
            --working;
          });
        }
        --working;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(runs, 8 * 50 * 10);
  EXPECT_LE(most_working, kCores);
  EXPECT_EQ(Members(*pool.Join(kAll)), kCores);  // Nothing was lost.
}

// ---- Ends ---------------------------------------------------------------------------------------

TEST(CorePoolTest, CloseEndsTheWaitAndLeavesTeamsAlone) {
  CorePool pool(2);
  const std::unique_ptr<Team> team = pool.Join(kAll);
  EXPECT_EQ(Members(*team), 2);
  std::future<std::unique_ptr<Team>> joining = JoinElsewhere(pool, 1);
  pool.Close();
  EXPECT_THAT(joining.get(), IsNull());
  EXPECT_THAT(pool.Join(1), IsNull());
  EXPECT_EQ(Members(*team), 2);
}

TEST(CorePoolTest, PoolsComeAndGo) {
  for (int i = 0; i < 50; ++i) {
    CorePool pool(4);
    if (i % 2 == 0) {
      EXPECT_EQ(Members(*pool.Join(kAll)), 4);
    }
  }
}

#if defined(__SSE__) || defined(__aarch64__)
TEST(CorePoolTest, HelpersTreatDenormalsAsZero) {
  CorePool pool(2);
  volatile float smallest = std::numeric_limits<float>::min();
  float half = 1;
  pool.Join(2)->Run(2, [&](int member, int members) {
    EXPECT_EQ(members, 2);
    if (member == 1) half = smallest / 2;
  });
  EXPECT_EQ(half, 0);
}
#endif

}  // namespace
}  // namespace fnn::core
