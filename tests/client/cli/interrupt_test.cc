#include "client/cli/interrupt.h"

#include <gtest/gtest.h>

#include <csignal>

#include "absl/synchronization/notification.h"

namespace fnn::cli {
namespace {

TEST(InterruptTest, TheFirstCallsBack) {
  absl::Notification called;
  InterruptScope scope("", [&] { called.Notify(); });
  EXPECT_FALSE(scope.interrupted());
  raise(SIGINT);
  called.WaitForNotification();
  EXPECT_TRUE(scope.interrupted());
}

TEST(InterruptTest, WithoutOneNothingIsCalled) {
  bool called = false;
  {
    InterruptScope scope("", [&] { called = true; });
  }
  EXPECT_FALSE(called);
}

TEST(InterruptTest, AScopeCanFollowAnother) {
  for (int i = 0; i < 2; ++i) {
    absl::Notification called;
    InterruptScope scope("", [&] { called.Notify(); });
    raise(SIGINT);
    called.WaitForNotification();
  }
}

TEST(InterruptDeathTest, TheSecondEndsTheProcess) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        InterruptScope scope("a notice\n", [] {});
        raise(SIGINT);
        raise(SIGINT);
      },
      ::testing::ExitedWithCode(130), "a notice");
}

TEST(InterruptDeathTest, OutsideAScopeTheSignalIsAsBefore) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        {
          InterruptScope scope("", [] {});
        }
        raise(SIGINT);
      },
      ::testing::KilledBySignal(SIGINT), "");
}

}  // namespace
}  // namespace fnn::cli
