// A disk that is full or fails at any operation: the error says so, what was acknowledged is there,
// and it goes on by itself once the disk does.

#include <cerrno>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/storage/sqlite_catalogue.h"
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

}  // namespace
}  // namespace fnn::testing
