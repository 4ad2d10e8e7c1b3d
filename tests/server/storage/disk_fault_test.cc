// A disk that is full or fails at any operation: the error says so, what was acknowledged is there,
// and it goes on by itself once the disk does.

#include <sys/resource.h>

#include <cerrno>
#include <csignal>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/storage/checked_file.h"
#include "server/storage/posix_file_system.h"
#include "server/storage/record_log.h"
#include "server/storage/sqlite_catalogue.h"
#include "tests/server/storage/temporary_directory.h"
#include "tests/server/storage/workloads.h"
#include "tests/status_matchers.h"

namespace fnn::testing {
namespace {

struct Fault {
  const char* name;
  int error;
  bool lasts;  // From one operation on, or for one.
  absl::StatusCode code;
  const char* reason;
};

constexpr Fault kFaults[] = {
    {"FullForNow", ENOSPC, true, absl::StatusCode::kResourceExhausted, "DISK_FULL"},
    {"FullOnce", ENOSPC, false, absl::StatusCode::kResourceExhausted, "DISK_FULL"},
    {"QuotaUsedUp", EDQUOT, true, absl::StatusCode::kResourceExhausted, "DISK_FULL"},
    {"FailsForNow", EIO, true, absl::StatusCode::kUnavailable, "DISK_FAULT"},
    {"FailsOnce", EIO, false, absl::StatusCode::kUnavailable, "DISK_FAULT"},
};

class DiskFaultTest : public ::testing::TestWithParam<std::tuple<WorkloadKind, Fault>> {};

INSTANTIATE_TEST_SUITE_P(All, DiskFaultTest,
                         ::testing::Combine(::testing::ValuesIn(WorkloadKinds()),
                                            ::testing::ValuesIn(kFaults)),
                         [](const auto& info) {
                           return absl::StrCat(std::get<0>(info.param).name,
                                               std::get<1>(info.param).name);
                         });

TEST_P(DiskFaultTest, AtEveryOperation) {
  const auto& [kind, fault] = GetParam();
  constexpr int kMost = 1000;
  int failed_steps = 0;
  for (int at = 0;; ++at) {
    ASSERT_LT(at, kMost);
    PowerLossDisk disk;  // A fresh one for each.
    int operation = 0;
    bool broken = false, healed = false;
    std::string failed;
    disk.SetHook([&, &fault = fault](const std::string& event) {
      const bool now = fault.lasts ? operation >= at : operation == at;
      ++operation;
      if (healed || !now) return 0;
      broken = true;
      failed = event;
      return fault.error;
    });
    const auto workload = kind.make(&disk);
    SCOPED_TRACE(absl::StrCat("operation ", at));
    absl::Status opened = workload->Open();
    for (int i = 0; i < 3 && !opened.ok(); ++i) {
      ASSERT_THAT(opened, StatusIs(fault.code)) << failed;
      ASSERT_THAT(opened, HasReason(fault.reason)) << failed;
      healed = i > 0;  // The second time says the same.
      opened = workload->Open();
    }
    ASSERT_THAT(opened, IsOk());
    for (int failures = 0; workload->acknowledged() < kind.steps;) {
      const absl::Status status = workload->Step();
      if (status.ok()) continue;
      ++failed_steps;
      ASSERT_FALSE(healed);
      ASSERT_THAT(status, StatusIs(fault.code)) << "failure " << failures << ": " << failed;
      ASSERT_THAT(status, HasReason(fault.reason)) << "failure " << failures << ": " << failed;
      ASSERT_THAT(workload->Check(), IsOk());
      healed = ++failures == 3;
    }
    healed = true;
    ASSERT_THAT(workload->Check(), IsOk());
    workload->Close();
    ASSERT_THAT(workload->Open(), IsOk());
    ASSERT_THAT(workload->Check(), IsOk());
    workload->Close();
    disk.Crash();
    ASSERT_THAT(workload->Open(), IsOk());
    ASSERT_THAT(workload->Check(), IsOk());
    ASSERT_GE(workload->acknowledged(), kind.steps);
    workload->Close();
    if (!broken) break;  // The fault came behind the end.
  }
  EXPECT_GT(failed_steps, 0);
}

// An operation fails, then the process ends without closing anything, and another begins. What that
// one shows or acknowledges is there even after a power failure; events named `omitted` are left
// out while it opens its files.
absl::Status FindLossAfterRestart(const WorkloadKind& kind, bool go_on,
                                  const std::string& omitted) {
  constexpr int kMost = 1000;
  for (int at = 0; at < kMost; ++at) {
    PowerLossDisk disk;
    int operation = 0;
    bool ended = false;
    disk.SetHook([&](const std::string&) { return ended || operation++ == at ? EIO : 0; });
    const auto workload = kind.make(&disk);
    absl::Status status = workload->Open();
    while (status.ok() && workload->acknowledged() < kind.steps) status = workload->Step();
    ended = true;
    workload->Close();
    if (operation <= at) return absl::OkStatus();
    disk.SetHook(
        [&](const std::string& event) { return event == omitted ? PowerLossDisk::kOmit : 0; });
    status = workload->Open();
    disk.SetHook(nullptr);
    if (status.ok()) status = workload->Check();
    if (status.ok() && go_on) status = workload->Step();
    disk.SetHook([](const std::string&) { return EIO; });
    workload->Close();
    disk.Crash();
    if (status.ok()) status = workload->Open();
    if (status.ok()) status = workload->Check();
    workload->Close();
    if (!status.ok()) {
      return absl::InternalError(absl::StrCat("operation ", at, ": ", status.message()));
    }
  }
  return absl::InternalError("there is no end of operations");
}

class RestartTest : public ::testing::TestWithParam<WorkloadKind> {};

INSTANTIATE_TEST_SUITE_P(All, RestartTest, ::testing::ValuesIn(WorkloadKinds()),
                         [](const auto& info) { return info.param.name; });

TEST_P(RestartTest, WhatIsShownAfterAFaultStays) {
  for (const bool go_on : {false, true}) {
    EXPECT_THAT(FindLossAfterRestart(GetParam(), go_on, ""), IsOk()) << go_on;
  }
}

TEST(Restart, NeedsLogsWrittenAgain) {
  for (const WorkloadKind& kind : WorkloadKinds()) {
    for (const bool go_on : {false, true}) {
      if (kind.name == std::string("Log")) {
        EXPECT_FALSE(FindLossAfterRestart(kind, go_on, "write log").ok()) << go_on;
      } else if (kind.name == std::string("Catalogue")) {
        EXPECT_FALSE(FindLossAfterRestart(kind, go_on, "write catalogue.db-wal").ok()) << go_on;
      }
    }
  }
}

// Files of this process can't grow beyond some bytes for as long as it lives: what a quota does.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) : old_handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    EXPECT_EQ(getrlimit(RLIMIT_FSIZE, &old_), 0);
    const rlimit limit = {bytes, old_.rlim_max};
    EXPECT_EQ(setrlimit(RLIMIT_FSIZE, &limit), 0);
  }
  ~FileSizeLimit() {
    EXPECT_EQ(setrlimit(RLIMIT_FSIZE, &old_), 0);
    std::signal(SIGXFSZ, old_handler_);
  }

 private:
  void (*const old_handler_)(int);
  rlimit old_;
};

constexpr rlim_t kLimit = 1 << 20;

TEST(RealDiskFull, CatalogueGoesOn) {
  TemporaryDirectory directory;
  const auto fs = server::PosixFileSystem::OpenRoot(directory.path());
  ASSERT_THAT(fs, IsOk());
  const server::SqliteCatalogueOptions options = {.path = directory / "catalogue.db",
                                                  .directory = fs->get()};
  auto catalogue = server::SqliteCatalogue::Open(options);
  ASSERT_THAT(catalogue, IsOk());
  int next = 0;
  const auto commit = [&] {
    server::CatalogueBatch batch;
    batch.Put(server::RecordKind::kRun, absl::StrCat(next), std::string(100'000, 'x'));
    absl::Status status = (*catalogue)->Commit(batch);
    if (status.ok()) ++next;
    return status;
  };
  {
    const FileSizeLimit limit(kLimit);
    while (next < 100 && commit().ok()) continue;
    ASSERT_LT(next, 100);
    for (int i = 0; i < 3; ++i) EXPECT_THAT(commit(), HasReason("DISK_FULL"));
  }
  EXPECT_THAT(commit(), IsOk());
  catalogue->reset();
  catalogue = server::SqliteCatalogue::Open(options);
  ASSERT_THAT(catalogue, IsOk());
  int found = 0;
  EXPECT_THAT((*catalogue)
                  ->ForEachRecord(server::RecordKind::kRun,
                                  [&found](absl::string_view, absl::string_view) {
                                    ++found;
                                    return absl::OkStatus();
                                  }),
              IsOk());
  EXPECT_EQ(found, next);
}

TEST(RealDiskFull, LogGoesOnAndFilesFailCleanly) {
  TemporaryDirectory directory;
  const auto fs = server::PosixFileSystem::OpenRoot(directory.path());
  ASSERT_THAT(fs, IsOk());
  const auto log = server::RecordLog::Open(fs->get(), "log", server::FileKind::kEventLog);
  ASSERT_THAT(log, IsOk());
  ASSERT_THAT((*log)->Append("first"), IsOk());
  ASSERT_THAT((*log)->Sync(), IsOk());
  ASSERT_THAT((*log)->Append(std::string(kLimit, 'x')), IsOk());
  {
    const FileSizeLimit limit(kLimit);
    for (int i = 0; i < 3; ++i) EXPECT_THAT((*log)->Sync(), HasReason("DISK_FULL"));
    EXPECT_EQ((*log)->size(), 1);
    const auto writer =
        server::CheckedFileWriter::Create(fs->get(), "table", server::FileKind::kTable);
    ASSERT_THAT(writer, IsOk());
    const std::string bytes(kLimit, 'x');
    EXPECT_THAT((*writer)->Append(std::as_bytes(std::span(bytes))), HasReason("DISK_FULL"));
  }
  EXPECT_THAT((*log)->Sync(), IsOk());
  EXPECT_THAT((*log)->ReadRange(0, 9, 1), IsOkAndHolds(::testing::ElementsAre("first")));
  EXPECT_EQ((*log)->size(), 2);
  EXPECT_THAT((*fs)->List(""), IsOkAndHolds(::testing::ElementsAre("log")));
}

}  // namespace
}  // namespace fnn::testing
