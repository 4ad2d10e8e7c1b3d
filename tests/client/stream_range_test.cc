#include "fnn/stream_range.h"

#include <gtest/gtest.h>

#include <iterator>
#include <ranges>
#include <vector>

namespace fnn {
namespace {

static_assert(std::ranges::input_range<StreamRange<int>>);
static_assert(!std::copy_constructible<StreamRange<int>>);
static_assert(std::movable<StreamRange<int>>);

// Counts to a number, then ends with a status.
class Counter final : public StreamSource<int> {
 public:
  Counter(int last, absl::Status end, int* calls, bool* destroyed)
      : last_(last), end_(std::move(end)), calls_(calls), destroyed_(destroyed) {}
  ~Counter() override { *destroyed_ = true; }

  absl::StatusOr<std::optional<int>> Next() override {
    ++*calls_;
    if (cancelled_ || (at_ == last_ && end_.ok())) return std::nullopt;
    if (at_ == last_) return end_;
    return ++at_;
  }
  void Cancel() override { cancelled_ = true; }

 private:
  const int last_;
  const absl::Status end_;
  int* const calls_;
  bool* const destroyed_;
  int at_ = 0;
  bool cancelled_ = false;
};

class StreamRangeTest : public ::testing::Test {
 protected:
  StreamRange<int> Make(int last, absl::Status end = absl::OkStatus()) {
    return StreamRange<int>(std::make_unique<Counter>(last, std::move(end), &calls_, &destroyed_));
  }
  int calls_ = 0;
  bool destroyed_ = false;
};

TEST_F(StreamRangeTest, GivesEveryValueInOrder) {
  std::vector<int> values;
  StreamRange<int> range = Make(3);
  for (absl::StatusOr<int>& value : range) values.push_back(value.value());
  EXPECT_EQ(values, (std::vector<int>{1, 2, 3}));
  EXPECT_TRUE(range.begin() == range.end());
  EXPECT_EQ(calls_, 4);  // The end is asked for once.
}

TEST_F(StreamRangeTest, EmptyRangeHasNoElement) {
  StreamRange<int> range = Make(0);
  EXPECT_TRUE(range.begin() == range.end());
  StreamRange<int> without_source;
  EXPECT_TRUE(without_source.begin() == without_source.end());
}

TEST_F(StreamRangeTest, AnErrorIsTheLastElement) {
  StreamRange<int> range = Make(1, absl::DataLossError("lost"));
  std::vector<absl::Status> statuses;
  for (absl::StatusOr<int>& value : range) statuses.push_back(value.status());
  ASSERT_EQ(statuses.size(), 2u);
  EXPECT_TRUE(statuses[0].ok());
  EXPECT_EQ(statuses[1].code(), absl::StatusCode::kDataLoss);
}

TEST_F(StreamRangeTest, ReadsNoFurtherThanIterated) {
  StreamRange<int> range = Make(3);
  EXPECT_EQ(calls_, 0);
  for (absl::StatusOr<int>& value : range) {
    EXPECT_EQ(value.value(), 1);
    break;
  }
  EXPECT_EQ(calls_, 1);
  EXPECT_EQ(range.begin()->value(), 1);  // Still there.
  EXPECT_EQ(calls_, 1);
}

TEST_F(StreamRangeTest, DestroyingTheRangeDestroysTheSource) {
  { StreamRange<int> range = Make(3); }
  EXPECT_TRUE(destroyed_);
}

TEST_F(StreamRangeTest, CancelEndsWithoutAnError) {
  StreamRange<int> range = Make(100);
  int count = 0;
  for (absl::StatusOr<int>& value : range) {
    EXPECT_TRUE(value.ok());
    if (++count == 2) range.Cancel();
  }
  EXPECT_EQ(count, 2);
}

}  // namespace
}  // namespace fnn
