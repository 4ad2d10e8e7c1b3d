#include "server/storage/record_log.h"

#include <algorithm>
#include <cerrno>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/server/storage/power_loss_file_system.h"
#include "tests/status_matchers.h"

namespace fnn::server {
namespace {

using fnn::testing::HasReason;
using fnn::testing::IsOk;
using fnn::testing::IsOkAndHolds;
using fnn::testing::PowerLossDisk;
using fnn::testing::PowerLossFileSystem;
using fnn::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr int64_t kAll = int64_t{1} << 40;

class RecordLogTest : public ::testing::Test {
 protected:
  std::unique_ptr<RecordLog> Open(int64_t known = 0) {
    auto log = RecordLog::Open(&fs_, "log", FileKind::kEventLog, known);
    EXPECT_THAT(log, IsOk());
    return log.ok() ? *std::move(log) : nullptr;
  }
  absl::Status OpenError(int64_t known = 0) {
    return RecordLog::Open(&fs_, "log", FileKind::kEventLog, known).status();
  }
  // Appends records named from `first` to `last` and syncs them.
  static void Add(RecordLog& log, int first, int last) {
    for (int i = first; i <= last; ++i) ASSERT_THAT(log.Append(Record(i)), IsOk());
    ASSERT_THAT(log.Sync(), IsOk());
  }
  static std::string Record(int i) { return absl::StrCat("record ", i); }
  static std::vector<std::string> Records(int first, int last) {
    std::vector<std::string> records;
    for (int i = first; i <= last; ++i) records.push_back(Record(i));
    return records;
  }

  PowerLossDisk disk_;
  PowerLossFileSystem fs_{&disk_};
};

TEST_F(RecordLogTest, ShowsOnlyWhatIsDurable) {
  const auto log = Open();
  EXPECT_EQ(log->size(), 0);
  EXPECT_EQ(log->size_bytes(), 0);
  EXPECT_THAT(log->ReadRange(0, 10, kAll), IsOkAndHolds(IsEmpty()));
  ASSERT_THAT(log->Append("a"), IsOk());
  ASSERT_THAT(log->Append(""), IsOk());
  EXPECT_EQ(log->unsynced(), 2);
  EXPECT_THAT(log->ReadRange(0, 10, kAll), IsOkAndHolds(IsEmpty()));
  EXPECT_THAT(fs_.List(""), IsOkAndHolds(IsEmpty()));
  ASSERT_THAT(log->Sync(), IsOk());
  ASSERT_THAT(log->Sync(), IsOk());
  EXPECT_EQ(log->size(), 2);
  EXPECT_EQ(log->unsynced(), 0);
  EXPECT_THAT(log->ReadRange(0, 10, kAll), IsOkAndHolds(ElementsAre("a", "")));
  EXPECT_EQ(log->size_bytes(), static_cast<int64_t>(disk_.Contents("log").size()));
  EXPECT_THAT(fs_.List(""), IsOkAndHolds(ElementsAre("log")));
}

TEST_F(RecordLogTest, ReadsAnyRange) {
  Add(*Open(), 0, 299);
  const auto log = Open(300);
  EXPECT_EQ(log->size(), 300);
  for (const int first : {0, 1, 63, 64, 65, 127, 128, 298, 299}) {
    const int last = std::min(first + 69, 299);
    EXPECT_THAT(log->ReadRange(first, 70, kAll), IsOkAndHolds(Records(first, last)));
  }
  EXPECT_THAT(log->ReadRange(300, 1, kAll), IsOkAndHolds(IsEmpty()));
  EXPECT_THAT(log->ReadRange(999, 1, kAll), IsOkAndHolds(IsEmpty()));
  EXPECT_THAT(log->ReadRange(5, 0, kAll), IsOkAndHolds(IsEmpty()));
  EXPECT_THAT(log->ReadRange(-1, 2, kAll), IsOkAndHolds(Records(0, 1)));
  EXPECT_THAT(log->ReadRange(0, kAll, kAll), IsOkAndHolds(Records(0, 299)));
  // Bytes: at least one record, and none once there are enough.
  EXPECT_THAT(log->ReadRange(3, 10, 1), IsOkAndHolds(Records(3, 3)));
  EXPECT_THAT(log->ReadRange(3, 10, 9), IsOkAndHolds(Records(3, 4)));
}

TEST_F(RecordLogTest, GoesOnWhereItWas) {
  Add(*Open(), 0, 9);
  Add(*Open(), 10, 99);
  const auto log = Open(100);
  Add(*log, 100, 100);
  EXPECT_THAT(log->ReadRange(0, kAll, kAll), IsOkAndHolds(Records(0, 100)));
  EXPECT_THAT(Open(101)->ReadRange(0, kAll, kAll), IsOkAndHolds(Records(0, 100)));
}

TEST_F(RecordLogTest, LargeRecordsCrossBuffers) {
  const std::string large(300'000, 'x'), middle(70'000, 'y');
  {
    const auto log = Open();
    for (const std::string& record : {large, std::string("a"), middle, middle}) {
      ASSERT_THAT(log->Append(record), IsOk());
    }
    ASSERT_THAT(log->Sync(), IsOk());
  }
  EXPECT_THAT(Open()->ReadRange(0, kAll, kAll),
              IsOkAndHolds(ElementsAre(large, "a", middle, middle)));
}

TEST_F(RecordLogTest, RefusesWhatIsTooLarge) {
  const auto log = Open();
  const std::string most(RecordLog::kMostRecordBytes, 'x');
  EXPECT_THAT(log->Append(most + "x"), HasReason("RECORD_TOO_LARGE"));
  for (size_t i = 0; i < RecordLog::kMostUnsyncedBytes / most.size(); ++i) {
    ASSERT_THAT(log->Append(most), IsOk());
  }
  EXPECT_THAT(log->Append("x"), HasReason("LOG_BACKLOG_FULL"));
}

TEST_F(RecordLogTest, ATailThatWasNotSyncedMayBeTornAnywhere) {
  Add(*Open(), 0, 4);
  const size_t synced = disk_.Contents("log").size();
  Add(*Open(), 5, 7);
  const std::string whole = disk_.Contents("log");
  for (size_t size = synced; size < whole.size(); ++size) {
    disk_.SetContents("log", whole.substr(0, size));
    const auto log = Open(5);
    ASSERT_NE(log, nullptr);
    EXPECT_LT(log->size(), 8);
    EXPECT_EQ(log->torn_bytes(), static_cast<int64_t>(size) - log->size_bytes());
    EXPECT_EQ(static_cast<int64_t>(disk_.Contents("log").size()), log->size_bytes());
    const int kept = static_cast<int>(log->size());
    Add(*log, kept, 9);
    EXPECT_THAT(Open(10)->ReadRange(0, kAll, kAll), IsOkAndHolds(Records(0, 9)));
  }
  // A hole in the middle of the tail, with good records behind it.
  std::string hole = whole;
  std::fill_n(hole.begin() + static_cast<ptrdiff_t>(synced), 10, '\0');
  disk_.SetContents("log", hole);
  EXPECT_EQ(Open(5)->size(), 5);
}

TEST_F(RecordLogTest, DamageBeforeTheTailIsDataLoss) {
  Add(*Open(), 0, 4);
  const size_t synced = disk_.Contents("log").size();
  Add(*Open(), 5, 5);
  const std::string good = disk_.Contents("log");
  for (size_t bit = 0; bit < 8 * good.size(); ++bit) {
    std::string bad = good;
    bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ 1 << (bit % 8));
    disk_.SetContents("log", bad);
    // The last record proves the others; that it should be there only the caller knows.
    ASSERT_THAT(OpenError(6), StatusIs(absl::StatusCode::kDataLoss)) << "bit " << bit;
    if (bit / 8 < synced) {
      ASSERT_THAT(OpenError(), StatusIs(absl::StatusCode::kDataLoss)) << "bit " << bit;
    } else {
      ASSERT_EQ(Open()->size(), 5) << "bit " << bit;
    }
  }
}

TEST_F(RecordLogTest, WhatIsKnownMustBeThere) {
  EXPECT_THAT(OpenError(1), HasReason("FILE_TRUNCATED"));
  Add(*Open(), 0, 4);
  EXPECT_THAT(OpenError(6), HasReason("FILE_TRUNCATED"));
  const std::string good = disk_.Contents("log");
  for (size_t size = 0; size < good.size(); ++size) {
    disk_.SetContents("log", good.substr(0, size));
    ASSERT_THAT(OpenError(5), HasReason("FILE_TRUNCATED")) << size;
  }
  disk_.SetContents("log", std::string(200, 'x'));
  EXPECT_THAT(OpenError(), HasReason("FILE_FOREIGN"));
}

TEST_F(RecordLogTest, DamageWhileItIsOpenIsNoticed) {
  const auto log = Open();
  Add(*log, 0, 9);
  std::string bytes = disk_.Contents("log");
  bytes.back() ^= 1;
  disk_.SetContents("log", bytes);
  EXPECT_THAT(log->ReadRange(0, 9, kAll), IsOkAndHolds(Records(0, 8)));
  EXPECT_THAT(log->ReadRange(9, 1, kAll), HasReason("FILE_CORRUPT"));
  disk_.SetContents("log", bytes.substr(0, bytes.size() - 1));
  ASSERT_THAT(log->Append("x"), IsOk());
  EXPECT_THAT(log->Sync(), HasReason("FILE_TRUNCATED"));
}

// When a sync fails, Linux takes what it could not write for written.
TEST_F(RecordLogTest, AFailedSyncIsWrittenAgain) {
  const auto log = Open();
  Add(*log, 0, 4);
  bool fail = true;
  disk_.SetHook([&fail](const std::string& event) {
    return fail && absl::StartsWith(event, "sync log") ? EIO : 0;
  });
  ASSERT_THAT(log->Append(Record(5)), IsOk());
  EXPECT_THAT(log->Sync(), HasReason("DISK_FAULT"));
  EXPECT_EQ(log->size(), 5);
  fail = false;
  Add(*log, 6, 6);
  disk_.Crash();
  EXPECT_THAT(Open(7)->ReadRange(0, kAll, kAll), IsOkAndHolds(Records(0, 6)));
}

// The same, with a new process between the failed sync and the power failure.
TEST_F(RecordLogTest, WhatANewProcessFindsItMakesDurable) {
  {
    const auto log = Open();
    Add(*log, 0, 4);
    disk_.SetHook([](const std::string& event) { return event == "sync log" ? EIO : 0; });
    for (int i = 5; i < 200; ++i) ASSERT_THAT(log->Append(Record(i)), IsOk());
    EXPECT_THAT(log->Sync(), HasReason("DISK_FAULT"));
  }
  disk_.SetHook(nullptr);
  EXPECT_EQ(Open(5)->size(), 200);  // Shown, so it has to stay.
  disk_.Crash();
  EXPECT_THAT(Open(200)->ReadRange(0, kAll, kAll), IsOkAndHolds(Records(0, 199)));
}

// And each part of that is needed: without it the records that were shown are lost.
TEST_F(RecordLogTest, MakingDurableNeedsAllItDoes) {
  for (const std::string omitted : {"", "write log", "sync log", "sync directory "}) {
    PowerLossDisk disk;
    PowerLossFileSystem fs(&disk);
    {
      auto log = RecordLog::Open(&fs, "log", FileKind::kEventLog);
      ASSERT_THAT(log, IsOk());
      // The process ends before it synced the directory, and what it writes next fails to sync.
      disk.SetHook([](const std::string& event) {
        if (event == "sync directory ") return PowerLossDisk::kOmit;
        return event == "sync log" ? EIO : 0;
      });
      Add(**log, 0, 4);
      ASSERT_THAT((*log)->Append(Record(5)), IsOk());
      EXPECT_THAT((*log)->Sync(), HasReason("DISK_FAULT"));
    }
    disk.SetHook([&omitted](const std::string& event) {
      return event == omitted ? PowerLossDisk::kOmit : 0;
    });
    {
      const auto log = RecordLog::Open(&fs, "log", FileKind::kEventLog);
      ASSERT_THAT(log, IsOk());
      EXPECT_EQ((*log)->size(), 6);
    }
    disk.Crash();
    const auto log = RecordLog::Open(&fs, "log", FileKind::kEventLog);
    EXPECT_EQ(log.ok() && (*log)->size() == 6, omitted.empty()) << omitted;
  }
}

// Torn bytes that stayed could come back behind records that are written over their beginning.
TEST_F(RecordLogTest, TheCutIsDurableBeforeAnythingIsWrittenThere) {
  Add(*Open(), 0, 4);
  const int64_t synced = static_cast<int64_t>(disk_.Contents("log").size());
  {
    const auto log = Open(5);
    for (int i = 5; i < 8; ++i) ASSERT_THAT(log->Append(std::string(500, 'o')), IsOk());
    ASSERT_THAT(log->Sync(), IsOk());
  }
  std::string torn = disk_.Contents("log");
  torn[static_cast<size_t>(synced) + 100] ^= 1;  // The first of three is torn.
  disk_.SetContents("log", torn);
  EXPECT_GT(Open(5)->torn_bytes(), 0);
  disk_.Crash();
  EXPECT_EQ(static_cast<int64_t>(disk_.Contents("log").size()), synced);
}

TEST_F(RecordLogTest, KnownLogsAreOpenedWithoutWriting) {
  Add(*Open(), 0, 4);
  disk_.Crash();
  Open(5);
  EXPECT_THAT(disk_.events(), IsEmpty());
}

TEST_F(RecordLogTest, ManyThreads) {
  constexpr int kThreads = 4, kEach = 200;
  const auto log = Open();
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&log, thread] {
      for (int i = 0; i < kEach; ++i) {
        EXPECT_THAT(log->Append(absl::StrCat(thread, " ", i)), IsOk());
        EXPECT_THAT(log->Sync(), IsOk());
        const int64_t size = log->size();
        EXPECT_THAT(log->ReadRange(size - 1, 1, kAll), IsOkAndHolds(::testing::SizeIs(1)));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(log->size(), kThreads * kEach);
  const auto records = Open(kThreads * kEach)->ReadRange(0, kAll, kAll);
  ASSERT_THAT(records, IsOk());
  std::vector<int> next(kThreads);
  for (const std::string& record : *records) {  // Each thread's in its order.
    const int thread = record[0] - '0';
    EXPECT_EQ(record, absl::StrCat(thread, " ", next[static_cast<size_t>(thread)]++));
  }
}

}  // namespace
}  // namespace fnn::server
