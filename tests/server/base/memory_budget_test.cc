#include "server/base/memory_budget.h"

#include <utility>

#include "gtest/gtest.h"
#include "tests/status_matchers.h"

namespace fnn::server {
namespace {

using fnn::testing::IsOk;
using fnn::testing::StatusIs;

TEST(MemoryBudgetTest, ReservationsGiveBackWhatTheyHold) {
  MemoryBudget budget(100);
  {
    absl::StatusOr<Reservation> first = budget.Reserve(60);
    ASSERT_THAT(first, IsOk());
    EXPECT_EQ(budget.free(), 40);
    Reservation moved = *std::move(first);
    EXPECT_THAT(moved.Resize(90), IsOk());
    EXPECT_EQ(budget.free(), 10);
    EXPECT_THAT(moved.Resize(20), IsOk());
    EXPECT_EQ(budget.free(), 80);
  }
  EXPECT_EQ(budget.free(), 100);
}

TEST(MemoryBudgetTest, RefusesWithBothNumbersAndChangesNothing) {
  MemoryBudget budget(100);
  absl::StatusOr<Reservation> first = budget.Reserve(60);
  ASSERT_THAT(first, IsOk());
  const absl::StatusOr<Reservation> second = budget.Reserve(41);
  EXPECT_THAT(second, StatusIs(absl::StatusCode::kResourceExhausted));
  const auto info = fnn::testing::DetailOf<google::rpc::ErrorInfo>(second);
  ASSERT_TRUE(info.has_value());
  EXPECT_EQ(info->metadata().at("needed"), "41");
  EXPECT_EQ(info->metadata().at("available"), "40");
  EXPECT_THAT(first->Resize(101), StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_EQ(first->bytes(), 60);
  EXPECT_EQ(budget.free(), 40);
}

TEST(MemoryBudgetTest, AnEmptyReservationCannotGrow) {
  Reservation none;
  EXPECT_THAT(none.Resize(0), IsOk());
  EXPECT_THAT(none.Resize(1), StatusIs(absl::StatusCode::kInternal));
}

}  // namespace
}  // namespace fnn::server
