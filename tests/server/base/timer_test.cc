#include "server/base/timer.h"

#include <future>
#include <vector>

#include "gtest/gtest.h"

namespace fnn::server {
namespace {

TEST(TimerTest, CallsInOrderOfTime) {
  std::vector<int> order;
  std::promise<void> done;
  Timer timer;
  const Timer::Clock::time_point now = Timer::Clock::now();
  // On the timer's own thread, which does not look before both are there.
  timer.CallAt(now, [&] {
    timer.CallAt(now + std::chrono::milliseconds(2), [&] {
      order.push_back(2);
      done.set_value();
    });
    timer.CallAt(now + std::chrono::milliseconds(1), [&] { order.push_back(1); });
  });
  done.get_future().wait();
  EXPECT_EQ(order, (std::vector<int>{1, 2}));
}

TEST(TimerTest, DropsWhatWaitsWhenDestroyed) {
  bool called = false;
  {
    Timer timer;
    timer.CallAt(Timer::Clock::now() + std::chrono::hours(1), [&] { called = true; });
  }
  EXPECT_FALSE(called);
}

TEST(TimerTest, AFunctionMayAskForAnotherCall) {
  std::promise<void> done;
  Timer timer;
  timer.CallAt(Timer::Clock::now(),
               [&] { timer.CallAt(Timer::Clock::now(), [&] { done.set_value(); }); });
  done.get_future().wait();
}

}  // namespace
}  // namespace fnn::server
