#include "client/src/run_event_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <thread>
#include <vector>

#include "google/rpc/error_details.pb.h"
#include "tests/client/fake_waiter.h"
#include "tests/client/mock_connection.h"

namespace fnn::internal {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

v1::RunUpdate Events(std::vector<int> sequences) {
  v1::RunUpdate update;
  for (const int sequence : sequences) update.add_events()->set_sequence(sequence);
  if (!sequences.empty()) update.set_last_sequence(sequences.back());
  return update;
}

const absl::Status kLost = absl::UnavailableError("connection reset");

class RunEventSourceTest : public ::testing::Test {
 protected:
  // Each time a stream is opened it is the next of `streams`; then there is no server any more.
  RunEventSource Make(std::vector<std::unique_ptr<UpdateStream>> streams, int64_t after = 0) {
    streams_ = std::move(streams);
    auto open = [this](int64_t sequence) -> std::unique_ptr<UpdateStream> {
      opened_after_.push_back(sequence);
      const size_t index = opened_after_.size() - 1;
      if (index < streams_.size()) return std::move(streams_[index]);
      return Script<v1::RunUpdate>({}, absl::UnavailableError("no server"));
    };
    return RunEventSource(open, nullptr, after, options_, std::make_unique<FakeWaiter>(&waits_));
  }

  // The sequences until the end, and the status there.
  std::vector<int64_t> Drain(RunEventSource& source) {
    std::vector<int64_t> sequences;
    while (true) {
      auto event = source.Next();
      status_ = event.status();
      if (!event.ok() || !event->has_value()) return sequences;
      sequences.push_back((*event)->sequence());
    }
  }

  template <typename... Streams>
  static std::vector<std::unique_ptr<UpdateStream>> List(Streams... streams) {
    std::vector<std::unique_ptr<UpdateStream>> list;
    (list.push_back(std::move(streams)), ...);
    return list;
  }

  RunStreamOptions options_;
  std::vector<std::unique_ptr<UpdateStream>> streams_;
  std::vector<int64_t> opened_after_;
  std::vector<absl::Duration> waits_;
  absl::Status status_;
};

TEST_F(RunEventSourceTest, GivesEventsOfManyMessages) {
  RunEventSource source =
      Make(List(Script<v1::RunUpdate>({Events({1, 2}), Events({}), Events({3})})));
  EXPECT_THAT(Drain(source), ElementsAre(1, 2, 3));
  EXPECT_TRUE(status_.ok());
  EXPECT_THAT(opened_after_, ElementsAre(0));
}

TEST_F(RunEventSourceTest, StartsAfterTheCursor) {
  RunEventSource source = Make(List(Script<v1::RunUpdate>({Events({6, 7})})), 5);
  EXPECT_THAT(Drain(source), ElementsAre(6, 7));
  EXPECT_THAT(opened_after_, ElementsAre(5));
}

TEST_F(RunEventSourceTest, ComesBackAfterTheLastEventItGave) {
  RunEventSource source =
      Make(List(Script<v1::RunUpdate>({Events({1, 2})}, kLost), Script<v1::RunUpdate>({}, kLost),
                Script<v1::RunUpdate>({Events({3}), Events({4})}, kLost),
                Script<v1::RunUpdate>({Events({5})})));
  EXPECT_THAT(Drain(source), ElementsAre(1, 2, 3, 4, 5));
  EXPECT_TRUE(status_.ok());
  EXPECT_THAT(opened_after_, ElementsAre(0, 2, 2, 4));
}

TEST_F(RunEventSourceTest, DropsWhatComesTwice) {
  RunEventSource source = Make(List(Script<v1::RunUpdate>({Events({1, 2})}, kLost),
                                    Script<v1::RunUpdate>({Events({1, 2, 3}), Events({3, 4})})));
  EXPECT_THAT(Drain(source), ElementsAre(1, 2, 3, 4));
}

TEST_F(RunEventSourceTest, AGapIsDataLoss) {
  RunEventSource source = Make(List(Script<v1::RunUpdate>({Events({1}), Events({3})})));
  EXPECT_THAT(Drain(source), ElementsAre(1));
  EXPECT_EQ(status_.code(), absl::StatusCode::kDataLoss);
}

TEST_F(RunEventSourceTest, OtherErrorsAreTheEnd) {
  for (const absl::StatusCode code :
       {absl::StatusCode::kNotFound, absl::StatusCode::kInternal, absl::StatusCode::kCancelled,
        absl::StatusCode::kDeadlineExceeded, absl::StatusCode::kResourceExhausted}) {
    opened_after_.clear();
    RunEventSource source =
        Make(List(Script<v1::RunUpdate>({Events({1})}, absl::Status(code, "no"))));
    EXPECT_THAT(Drain(source), ElementsAre(1));
    EXPECT_EQ(status_.code(), code);
    EXPECT_THAT(opened_after_, ElementsAre(0));
  }
}

TEST_F(RunEventSourceTest, GivesUpWhenTheTimeIsOver) {
  options_.reconnect_for = absl::Seconds(10);
  RunEventSource source = Make(List(Script<v1::RunUpdate>({Events({1})}, kLost)));
  EXPECT_THAT(Drain(source), ElementsAre(1));
  EXPECT_EQ(status_.code(), absl::StatusCode::kUnavailable);
  absl::Duration waited;
  for (const absl::Duration wait : waits_) waited += wait;
  EXPECT_EQ(waited, absl::Seconds(10));  // The last attempt is made at the very end.
}

TEST_F(RunEventSourceTest, WithNoTimeItDoesNotComeBack) {
  options_.reconnect_for = absl::ZeroDuration();
  RunEventSource source = Make(List(Script<v1::RunUpdate>({Events({1})}, kLost)));
  EXPECT_THAT(Drain(source), ElementsAre(1));
  EXPECT_EQ(status_.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(opened_after_, ElementsAre(0));
}

TEST_F(RunEventSourceTest, EachOutageHasItsOwnTimeAndStartsWithTheFirstDelay) {
  options_.reconnect_for = absl::Milliseconds(120);
  std::vector<std::unique_ptr<UpdateStream>> streams;
  std::vector<int64_t> expected;
  for (int i = 1; i <= 50; ++i) {
    streams.push_back(Script<v1::RunUpdate>({Events({i})}, i == 50 ? absl::OkStatus() : kLost));
    expected.push_back(i);
  }
  RunEventSource source = Make(std::move(streams));
  EXPECT_EQ(Drain(source), expected);
  EXPECT_TRUE(status_.ok()) << status_;
  EXPECT_EQ(waits_.size(), 49u);
  EXPECT_THAT(waits_, Each(::testing::Le(absl::Milliseconds(100))));
}

TEST_F(RunEventSourceTest, WaitsAsLongAsTheServerAsks) {
  google::rpc::RetryInfo retry;
  retry.mutable_retry_delay()->set_seconds(7);
  absl::Status draining = absl::UnavailableError("draining");
  draining.SetPayload("type.googleapis.com/google.rpc.RetryInfo",
                      absl::Cord(retry.SerializeAsString()));
  RunEventSource source =
      Make(List(Script<v1::RunUpdate>({}, draining), Script<v1::RunUpdate>({Events({1})})));
  EXPECT_THAT(Drain(source), ElementsAre(1));
  EXPECT_THAT(waits_, ElementsAre(absl::Seconds(7)));
}

TEST_F(RunEventSourceTest, TellsOfProgressAndOutages) {
  std::vector<int64_t> batches;
  int outages = 0;
  options_.on_progress = [&](const v1::RunProgress& p) { batches.push_back(p.batch()); };
  options_.on_reconnect = [&](const ReconnectWait& wait) {
    outages += wait.reason == kLost;
    EXPECT_LE(wait.delay, absl::Milliseconds(100));
    EXPECT_EQ(wait.left, absl::Minutes(2));
  };
  v1::RunUpdate hint;
  hint.mutable_progress()->set_batch(9);
  RunEventSource source =
      Make(List(Script<v1::RunUpdate>({hint}, kLost), Script<v1::RunUpdate>({Events({1}), hint})));
  EXPECT_THAT(Drain(source), ElementsAre(1));
  EXPECT_THAT(batches, ElementsAre(9, 9));
  EXPECT_EQ(outages, 1);
}

TEST_F(RunEventSourceTest, CancelWakesAReader) {
  absl::Notification reading;
  RunEventSource source = Make(List(
      std::unique_ptr<UpdateStream>(std::make_unique<BlockingStream<v1::RunUpdate>>(&reading))));
  std::thread canceller([&] {
    reading.WaitForNotification();
    source.Cancel();
  });
  EXPECT_THAT(Drain(source), IsEmpty());
  canceller.join();
  EXPECT_TRUE(status_.ok()) << status_;
  EXPECT_THAT(opened_after_, ElementsAre(0));
}

TEST_F(RunEventSourceTest, CancelWakesTheRealWaiter) {
  SystemWaiter waiter;
  absl::Notification started;
  std::thread canceller([&] {
    started.WaitForNotification();
    waiter.Cancel();
  });
  started.Notify();
  EXPECT_FALSE(waiter.Wait(absl::InfiniteDuration()));
  canceller.join();
}

TEST(BackoffTest, GrowsToItsBoundWithJitter) {
  Backoff backoff({absl::Milliseconds(100), absl::Seconds(1), 2});
  for (const int bound : {100, 200, 400, 800, 1000, 1000}) {
    const absl::Duration delay = backoff.Next();
    EXPECT_GE(delay, absl::Milliseconds(bound) / 2);
    EXPECT_LE(delay, absl::Milliseconds(bound));
  }
  backoff.Reset();
  EXPECT_LE(backoff.Next(), absl::Milliseconds(100));
}

}  // namespace
}  // namespace fnn::internal
