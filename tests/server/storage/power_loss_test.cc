// The power fails after any operation: all that was acknowledged is there. And each sync and rename
// is needed: where one is left out, something is lost.

#include <optional>
#include <set>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/server/storage/power_loss_disk.h"
#include "tests/server/storage/workloads.h"
#include "tests/status_matchers.h"

namespace fnn::testing {
namespace {

using ::testing::UnorderedElementsAreArray;

// Without a seed all that was not synced is lost; with one, a random part.
std::vector<std::optional<uint64_t>> Seeds(uint64_t count) {
  std::vector<std::optional<uint64_t>> seeds = {std::nullopt};
  for (uint64_t seed = 0; seed < count; ++seed) seeds.emplace_back(seed);
  return seeds;
}

// Goes through all steps, and closes.
absl::Status RunAll(const WorkloadKind& kind, Workload& workload) {
  absl::Status status = workload.Open();
  while (status.ok() && workload.acknowledged() < kind.steps) status = workload.Step();
  workload.Close();
  return status;
}

struct Outcome {
  absl::Status status;    // What is wrong after the power came back.
  bool finished = false;  // All steps were made before the power failed.
};

// Runs until the power fails after `operations` operations, and again after it came back, until it
// fails once more; each time everything must be there. Events named `omitted` are left out.
Outcome RunWithPowerFailures(const WorkloadKind& kind, int operations, std::optional<uint64_t> seed,
                             const std::set<std::string>& omitted) {
  PowerLossDisk disk;
  const auto workload = kind.make(&disk);
  Outcome outcome;
  for (const int limit : {operations, operations % 7 + 3}) {
    disk.SetHook([&omitted](const std::string& event) {
      return omitted.contains(event) ? PowerLossDisk::kOmit : 0;
    });
    disk.FailPowerAfter(limit);
    outcome.status = RunAll(kind, *workload);
    if (!outcome.status.ok() && !disk.power_failed()) return outcome;
    if (limit == operations) outcome.finished = outcome.status.ok();
    disk.Crash(seed);
    outcome.status = workload->Open();
    if (outcome.status.ok()) outcome.status = workload->Check();
    workload->Close();
    if (!outcome.status.ok()) return outcome;
  }
  return outcome;
}

// The first thing that goes wrong, or OK.
absl::Status FindLoss(const WorkloadKind& kind, uint64_t seeds,
                      const std::set<std::string>& omitted) {
  constexpr int kMost = 1000;
  for (const std::optional<uint64_t>& seed : Seeds(seeds)) {
    for (int operations = 0; operations < kMost; ++operations) {
      const Outcome outcome = RunWithPowerFailures(kind, operations, seed, omitted);
      if (!outcome.status.ok()) {
        return absl::InternalError(
            absl::StrCat("power failed after ", operations, " operations, ",
                         seed.has_value() ? absl::StrCat("seed ", *seed) : "all unsynced lost",
                         ": ", outcome.status.message()));
      }
      if (outcome.finished) break;
    }
  }
  return absl::OkStatus();
}

class PowerLossTest : public ::testing::TestWithParam<WorkloadKind> {};

INSTANTIATE_TEST_SUITE_P(All, PowerLossTest, ::testing::ValuesIn(WorkloadKinds()),
                         [](const auto& info) { return info.param.name; });

TEST_P(PowerLossTest, NothingAcknowledgedIsLost) {
  EXPECT_THAT(FindLoss(GetParam(), 12, {}), IsOk());
}

// Every sync and rename there is; a new one has to be put here.
struct Call {
  const char* workload;
  const char* event;
  const char* not_needed = nullptr;  // Why nothing is lost without it.
  const char* unless = nullptr;      // It is needed where this one is left out as well.
};

constexpr Call kCalls[] = {
    {"File", "sync directory "},
    {"File", "sync tables/a.tmp"},
    {"File", "rename tables/a.tmp"},
    {"File", "sync directory tables"},
    {"Log", "sync log.tmp"},
    {"Log", "rename log.tmp"},
    {"Log", "sync directory "},
    {"Log", "sync log"},
    {"Catalogue", "sync catalogue.db-journal"},
    {"Catalogue", "sync directory catalogue.db-journal"},
    {"Catalogue", "sync catalogue.db (creation)"},
    {"Catalogue", "sync directory catalogue.db-wal",
     "opening the catalogue syncs the directory itself"},
    {"Catalogue", "sync directory ",
     "SQLite syncs the directory as well, but ignores it when that fails",
     "sync directory catalogue.db-wal"},
    {"Catalogue", "sync catalogue.db-wal (header)"},
    {"Catalogue", "sync catalogue.db-wal"},
    {"Catalogue", "sync catalogue.db (checkpoint)"},
    {"Backup", "sync backup.db (creation)"},
    {"Backup", "sync backup.db-journal", "a backup counts only when it is complete"},
    {"Backup", "sync directory backup.db-journal",
     "removing the journal syncs the directory again"},
    {"Backup", "sync directory -backup.db-journal"},
};

TEST_P(PowerLossTest, EverySyncAndRenameIsNeeded) {
  for (const Call& call : kCalls) {
    if (call.workload != absl::string_view(GetParam().name)) continue;
    std::set<std::string> omitted = {call.event};
    if (call.not_needed != nullptr) {
      EXPECT_THAT(FindLoss(GetParam(), 4, omitted), IsOk()) << call.event;
      if (call.unless == nullptr) continue;
      omitted.insert(call.unless);
    }
    EXPECT_FALSE(FindLoss(GetParam(), 200, omitted).ok())
        << "nothing is lost without " << call.event;
  }
}

TEST_P(PowerLossTest, TheListOfSyncsAndRenamesIsComplete) {
  std::set<std::string> listed, seen;
  for (const Call& call : kCalls) {
    if (call.workload == absl::string_view(GetParam().name)) listed.insert(call.event);
  }
  PowerLossDisk disk;
  const auto workload = GetParam().make(&disk);
  for (int i = 0; i < 2; ++i) {
    ASSERT_THAT(RunAll(GetParam(), *workload), IsOk());
    for (const std::string& event : disk.events()) {
      // The backup's catalogue is the business of another workload.
      if (GetParam().name == absl::string_view("Backup") && absl::StrContains(event, "catalogue")) {
        continue;
      }
      if (absl::StartsWith(event, "sync ") || absl::StartsWith(event, "rename ")) {
        seen.insert(event);
      }
    }
  }
  EXPECT_THAT(seen, UnorderedElementsAreArray(listed));
}

}  // namespace
}  // namespace fnn::testing
