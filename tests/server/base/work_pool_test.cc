#include "server/base/work_pool.h"

#include <atomic>
#include <future>

#include "gtest/gtest.h"

namespace fnn::server {
namespace {

TEST(WorkPoolTest, DoesAllThatWasTakenBeforeItEnds) {
  std::atomic<int> done = 0;
  {
    WorkPool pool(3, 1000);
    for (int i = 0; i < 500; ++i) ASSERT_TRUE(pool.Submit([&] { ++done; }));
  }
  EXPECT_EQ(done, 500);
}

TEST(WorkPoolTest, RefusesWhatIsTooMuch) {
  std::promise<void> started, release;
  WorkPool pool(1, 1);
  ASSERT_TRUE(pool.Submit([&] {
    started.set_value();
    release.get_future().wait();
  }));
  started.get_future().wait();
  EXPECT_TRUE(pool.Submit([] {}));
  EXPECT_FALSE(pool.Submit([] {}));
  release.set_value();
}

}  // namespace
}  // namespace fnn::server
