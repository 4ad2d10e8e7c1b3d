#include "core/threads/waitable_number.h"

#include <cstdint>
#include <thread>
#include <vector>

#include "gtest/gtest.h"

namespace fnn::core {
namespace {

TEST(WaitableNumberTest, WhatWasSetIsNotWaitedFor) {
  WaitableNumber number;
  number.Await(0);
  number.Set(7);
  number.Await(7);
  number.Set(UINT32_MAX);
  number.Await(UINT32_MAX >> 1);  // Modulo 2^31.
}

// More pairs than processors, so that many a waiter falls asleep.
TEST(WaitableNumberTest, NoWakeUpIsLost) {
  constexpr int kPairs = 8;
  constexpr uint32_t kTurns = 2000;
  struct Pair {
    WaitableNumber there;
    WaitableNumber back;
    uint32_t ball = 0;  // Whose turn it is may touch it.
  };
  std::vector<Pair> pairs(kPairs);
  std::vector<std::thread> threads;
  for (Pair& pair : pairs) {
    threads.emplace_back([&pair] {
      for (uint32_t turn = 1; turn <= kTurns; ++turn) {
        ++pair.ball;
        pair.there.Set(turn);
        pair.back.Await(turn);
      }
    });
    threads.emplace_back([&pair] {
      for (uint32_t turn = 1; turn <= kTurns; ++turn) {
        pair.there.Await(turn);
        ++pair.ball;
        pair.back.Set(turn);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const Pair& pair : pairs) EXPECT_EQ(pair.ball, 2 * kTurns);
}

}  // namespace
}  // namespace fnn::core
