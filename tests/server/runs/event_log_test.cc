#include "server/runs/event_log.h"

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "server/runs/publisher.h"
#include "server/storage/memory_file_system.h"
#include "tests/server/runs/wait.h"
#include "tests/status_matchers.h"

namespace fnn::server {
namespace {

using fnn::testing::IsOk;
using Events = google::protobuf::RepeatedPtrField<v1::RunEvent>;

constexpr Publisher::Options kFast{.interval = std::chrono::milliseconds(1),
                                   .tick = std::chrono::milliseconds(10)};
// Publishes when told only, but for the first batch.
constexpr Publisher::Options kNever{.interval = std::chrono::hours(1),
                                    .tick = std::chrono::hours(1)};

v1::RunEvent Epoch(int64_t epoch) {
  v1::RunEvent event;
  event.mutable_epoch()->set_epoch(epoch);
  return event;
}

v1::RunEvent Finished() {
  v1::RunEvent event;
  event.mutable_finished()->set_state(v1::RUN_STATE_SUCCEEDED);
  return event;
}

// A log of its own, in memory.
std::shared_ptr<EventLog> MakeLog(Publisher* publisher, FileSystem* files) {
  absl::StatusOr<std::unique_ptr<RecordLog>> file =
      RecordLog::Open(files, "log", FileKind::kEventLog);
  EXPECT_THAT(file, IsOk());
  return std::make_shared<EventLog>(publisher, *std::move(file));
}

// Reads everything to the end of the log in pieces of `piece`, as a watcher does.
std::string ReadAll(EventLog& log, int64_t after, int64_t piece) {
  const auto watcher = std::make_shared<TestWatcher>();
  log.Subscribe(watcher);
  std::string all;
  for (bool ended = false; !ended;) {
    Events events;
    EXPECT_THAT(log.Read(after, piece, 1 << 20, &events, &ended), IsOk());
    for (const v1::RunEvent& event : events) {
      EXPECT_EQ(event.sequence(), ++after);
      all += event.SerializeAsString();
    }
    if (events.empty() && !ended) watcher->WaitForWake();
  }
  return all;
}

TEST(EventLogTest, OnlyWhatIsPublishedIsRead) {
  MemoryFileSystem files;
  Publisher publisher(kNever);
  const auto log = MakeLog(&publisher, &files);
  bool ended = true;
  Events events;
  EXPECT_THAT(log->Read(0, 100, 1 << 20, &events, &ended), IsOk());
  EXPECT_TRUE(events.empty());
  EXPECT_FALSE(ended);
  const auto watcher = std::make_shared<TestWatcher>();
  log->Subscribe(watcher);
  log->Append(Epoch(0));  // Goes out at once, as nothing went before; the next in an hour.
  watcher->WaitForWake();
  log->Append(Epoch(1));
  EXPECT_THAT(log->Read(0, 100, 1 << 20, &events, &ended), IsOk());
  EXPECT_EQ(events.size(), 1);
  EXPECT_FALSE(ended);
  EXPECT_EQ(log->last_sequence(), 2);
}

TEST(EventLogTest, MessagesAreBounded) {
  MemoryFileSystem files;
  Publisher publisher(kNever);
  const auto log = MakeLog(&publisher, &files);
  for (int i = 0; i < 100; ++i) log->Append(Epoch(i));
  log->Append(Finished());
  EXPECT_THAT(log->Publish(), IsOk());
  bool ended = true;
  Events some;
  EXPECT_THAT(log->Read(10, 7, 1 << 20, &some, &ended), IsOk());
  EXPECT_EQ(some.size(), 7);
  EXPECT_EQ(some[0].sequence(), 11);
  EXPECT_FALSE(ended);
  Events one;
  EXPECT_THAT(log->Read(0, 100, 1, &one, &ended), IsOk());
  EXPECT_EQ(one.size(), 1);  // Never none, however large it is.
  Events last;
  EXPECT_THAT(log->Read(95, 100, 1 << 20, &last, &ended), IsOk());
  EXPECT_EQ(last.size(), 6);
  EXPECT_TRUE(ended);
}

TEST(EventLogTest, NothingFollowsTheEnd) {
  MemoryFileSystem files;
  Publisher publisher(kNever);
  const auto log = MakeLog(&publisher, &files);
  log->Append(Finished());
  log->Append(Epoch(1));
  EXPECT_EQ(log->last_sequence(), 1);
}

// Readers that start early, late, and read in pieces of any size see the same bytes.
TEST(EventLogTest, ConcurrentReadersSeeTheSame) {
  constexpr int kEvents = 5'000;
  MemoryFileSystem files;
  Publisher publisher(kFast);
  const auto log = MakeLog(&publisher, &files);
  std::vector<std::string> seen(4);
  std::vector<std::thread> readers;
  for (size_t i = 0; i < seen.size(); ++i) {
    readers.emplace_back([&, i] { seen[i] = ReadAll(*log, 0, static_cast<int64_t>(1 + i * 97)); });
  }
  std::thread writer([&] {
    for (int i = 0; i < kEvents; ++i) log->Append(Epoch(i));
    log->Append(Finished());
  });
  writer.join();
  const std::string late = ReadAll(*log, 0, 500);
  for (std::thread& reader : readers) reader.join();
  for (const std::string& one : seen) EXPECT_EQ(one, late);
  EXPECT_TRUE(late.ends_with(ReadAll(*log, kEvents - 10, 3)));
}

TEST(EventLogTest, AWatcherThatIsGoneIsForgotten) {
  MemoryFileSystem files;
  Publisher publisher(kFast);
  const auto log = MakeLog(&publisher, &files);
  log->Subscribe(std::make_shared<TestWatcher>());
  const auto watcher = std::make_shared<TestWatcher>();
  log->Subscribe(watcher);
  log->Append(Epoch(0));
  watcher->WaitForWake();
}

TEST(PublisherTest, TicksWithoutEvents) {
  MemoryFileSystem files;
  Publisher publisher(kFast);
  const auto watcher = std::make_shared<TestWatcher>();
  publisher.AddWatcher(watcher);
  watcher->WaitForWake();
  watcher->WaitForWake();
}

TEST(PublisherTest, TickNowPublishesWhatWaits) {
  MemoryFileSystem files;
  Publisher publisher(kNever);
  const auto log = MakeLog(&publisher, &files);
  log->Append(Epoch(0));  // May go out at once.
  log->Append(Epoch(1));
  log->Append(Finished());
  publisher.TickNow();
  EXPECT_FALSE(ReadAll(*log, 0, 100).empty());
}

TEST(PublisherTest, PublishesWhatIsLeftAtItsEnd) {
  MemoryFileSystem files;
  std::shared_ptr<EventLog> log;
  bool ended = false;
  Events events;
  {
    Publisher publisher(kNever);
    log = MakeLog(&publisher, &files);
    for (int i = 0; i < 10; ++i) log->Append(Epoch(i));
  }
  EXPECT_THAT(log->Read(0, 100, 1 << 20, &events, &ended), IsOk());
  EXPECT_EQ(events.size(), 10);
}

}  // namespace
}  // namespace fnn::server
