// A dataset's way from its upload to its end, on a disk that loses its power, is full or fails at
// any operation: what was acknowledged is there, and there is either the upload or the dataset.

#include <cerrno>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/data/table.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/base/checksum.h"
#include "server/base/log.h"
#include "server/storage/sqlite_catalogue.h"
#include "tests/server/storage/power_loss_disk.h"
#include "tests/server/storage/power_loss_file_system.h"
#include "tests/server/storage/power_loss_vfs.h"
#include "tests/server/store/data_stores.h"
#include "tests/status_matchers.h"

namespace fnn::server {
namespace {

using fnn::testing::HasReason;
using fnn::testing::IsOk;
using fnn::testing::PowerLossDisk;
using fnn::testing::PowerLossFileSystem;
using fnn::testing::PowerLossVfs;
using fnn::testing::StatusIs;
using ::testing::UnorderedElementsAreArray;

const std::string& Text() {
  static const auto& text = *new std::string([] {
    std::string out;
    for (int i = 0; i < 400; ++i) absl::StrAppend(&out, i, ".5,", i % 3, "\n");
    return out;
  }());
  return text;
}

const std::string& Digest() {
  static const auto& digest = *new std::string([] {
    std::vector<float> values;
    for (int i = 0; i < 400; ++i) {
      values.push_back(static_cast<float>(i) + 0.5F);
      values.push_back(static_cast<float>(i % 3));
    }
    return core::Table::Create({"c0", "c1"}, values)->digest();
  }());
  return digest;
}

absl::Status Wrong(absl::string_view what) { return absl::InternalError(what); }

class DataWorkload {
 public:
  explicit DataWorkload(PowerLossDisk* disk) : files_(disk), vfs_(disk) {}

  absl::Status Open() {
    Close();
    auto catalogue =
        SqliteCatalogue::Open({.path = "catalogue.db", .directory = &files_, .vfs = vfs_.name()});
    if (!catalogue.ok()) return catalogue.status();
    catalogue_ = *std::move(catalogue);
    return stores_.Open(catalogue_.get(), &files_, &budget_, {.sync_bytes = 1'000});
  }

  void Close() {
    stores_.Close();
    catalogue_.reset();
  }

  // Goes on from where it is, to the end or to the first error.
  absl::Status Run() {
    if (name_.empty()) {
      v1::Upload upload;
      upload.set_dataset("datasets/a");
      const auto begun = stores_.uploads->Create(upload);
      if (!begun.ok()) return begun.status();
      name_ = begun->name();
    }
    if (uid_.empty()) {
      if (absl::Status status = Send(); !status.ok()) return status;
      const auto dataset = stores_.Finish(name_);
      if (!dataset.ok()) return dataset.status();
      uid_ = dataset->uid();
    }
    deleting_ = true;
    const absl::Status status = stores_.datasets->Delete("datasets/a");
    if (!status.ok() && !absl::IsNotFound(status)) return status;
    deleted_ = true;
    return absl::OkStatus();
  }

  // Whether all is there that Run was told of.
  absl::Status Check() {
    const auto dataset = stores_.datasets->Get("datasets/a");
    if (!dataset.ok() && !absl::IsNotFound(dataset.status())) return dataset.status();
    const auto names = files_.List("datasets");
    if (!names.ok()) return names.status();
    if (dataset.ok()) {
      const auto table = stores_.datasets->GetTable("datasets/a");
      if (!table.ok()) return table.status();
      if ((*table)->digest() != Digest() || (*table)->at(399, 0) != 399.5F) {
        return Wrong("the dataset has other values");
      }
    }
    if (deleted_ && dataset.ok()) return Wrong("the dataset is back");
    if (deleting_) return absl::OkStatus();
    if (!uid_.empty()) {
      if (!dataset.ok()) return Wrong("the dataset is gone");
      return dataset->uid() == uid_ ? absl::OkStatus() : Wrong("the dataset is another");
    }
    if (name_.empty()) return absl::OkStatus();
    const auto upload = stores_.uploads->Get(name_);
    if (!upload.ok()) return upload.status();
    if (upload->finished() != dataset.ok()) return Wrong("both, or neither");
    if (upload->received_bytes() < told_) return Wrong("bytes are gone");
    Checksum checksum;
    checksum.Update(std::as_bytes(std::span(Text()).first(upload->received_bytes())));
    return upload->received_checksum() == checksum.value() ? absl::OkStatus()
                                                           : Wrong("other bytes");
  }

  // Of the files, right after Open.
  absl::Status CheckFiles() {
    const auto names = files_.List("datasets");
    if (!names.ok()) return names.status();
    const size_t datasets = stores_.datasets->Get("datasets/a").ok() ? 1 : 0;
    return names->size() == datasets ? absl::OkStatus() : Wrong("files that are nobody's");
  }

 private:
  absl::Status Send() {
    while (true) {
      const auto upload = stores_.uploads->Get(name_);
      if (!upload.ok()) return upload.status();
      told_ = upload->received_bytes();
      if (upload->finished() || told_ == static_cast<int64_t>(Text().size())) {
        return absl::OkStatus();
      }
      // Two chunks between answers, of which the second may have it sync by itself.
      for (int64_t at = told_; at < told_ + 1'400;) {
        const auto chunk =
            absl::string_view(Text()).substr(std::min<size_t>(at, Text().size()), 700);
        const absl::Status status = stores_.uploads->Append(name_, at, chunk);
        if (!status.ok()) return status;
        at += 700;
        if (chunk.size() < 700) break;
      }
    }
  }

  PowerLossFileSystem files_;
  PowerLossVfs vfs_;
  MemoryBudget budget_{1'000'000};
  std::unique_ptr<SqliteCatalogue> catalogue_;
  DataStores stores_;
  // What was acknowledged.
  std::string name_;
  int64_t told_ = 0;
  std::string uid_;
  bool deleting_ = false;  // Tried.
  bool deleted_ = false;
};

// `event` with * in the place of uids.
std::string KindOf(std::string event) {
  const size_t slash = event.find('/');
  if (slash == std::string::npos) return event;
  size_t end = slash + 1;
  while (end < event.size() && absl::ascii_isxdigit(static_cast<unsigned char>(event[end]))) ++end;
  return event.substr(0, slash + 1) + "*" + event.substr(end);
}

// Loses the power after each number of operations, and then goes on to the end. Events of the kind
// `omitted` are left out. The first thing that is wrong, or OK.
absl::Status FindLoss(const std::vector<std::optional<uint64_t>>& seeds,
                      const std::string& omitted) {
  for (const std::optional<uint64_t>& seed : seeds) {
    for (int operations = 0; operations < 1000; ++operations) {
      PowerLossDisk disk;
      DataWorkload workload(&disk);
      disk.SetHook([&omitted](const std::string& event) {
        return KindOf(event) == omitted ? PowerLossDisk::kOmit : 0;
      });
      disk.FailPowerAfter(operations);
      absl::Status status = workload.Open();
      if (status.ok()) status = workload.Run();
      const bool failed = disk.power_failed();
      if (!status.ok() && !failed) return status;
      workload.Close();
      disk.Crash(seed);
      status = workload.Open();
      if (status.ok()) status = workload.CheckFiles();
      if (status.ok()) status = workload.Check();
      if (status.ok()) status = workload.Run();
      if (status.ok()) status = workload.Check();
      if (!status.ok()) {
        return absl::InternalError(
            absl::StrCat("power failed after ", operations, " operations: ", status.message()));
      }
      if (!failed) break;
    }
  }
  return absl::OkStatus();
}

class DataDurabilityTest : public ::testing::Test {
 protected:
  DataDurabilityTest() { SetLogLevel(LogLevel::kOff); }
  ~DataDurabilityTest() override { SetLogLevel(LogLevel::kInfo); }
};

TEST_F(DataDurabilityTest, NothingAcknowledgedIsLostWithThePower) {
  EXPECT_THAT(FindLoss({std::nullopt, 1, 2, 3, 4, 5, 6}, ""), IsOk());
}

// Of those that the catalogue does not make.
constexpr const char* kCalls[] = {"sync uploads/*", "sync directory uploads", "sync datasets/*.tmp",
                                  "rename datasets/*.tmp", "sync directory datasets"};

TEST_F(DataDurabilityTest, EverySyncAndRenameIsNeeded) {
  std::set<std::string> seen;
  PowerLossDisk disk;
  DataWorkload workload(&disk);
  ASSERT_THAT(workload.Open(), IsOk());
  ASSERT_THAT(workload.Run(), IsOk());
  for (const std::string& event : disk.events()) {
    const bool counts = absl::StartsWith(event, "sync ") || absl::StartsWith(event, "rename ");
    const bool others = absl::StrContains(event, "catalogue") || event == "sync directory ";
    if (counts && !others) seen.insert(KindOf(event));
  }
  EXPECT_THAT(seen, UnorderedElementsAreArray(kCalls));
  for (const char* call : kCalls) {
    const absl::Status loss = FindLoss({std::nullopt, 1, 2, 3}, call);
    EXPECT_FALSE(loss.ok()) << "nothing is lost without: " << call;
  }
}

TEST_F(DataDurabilityTest, AFaultOfTheDiskIsSaidAndItGoesOn) {
  struct Fault {
    int error;
    bool lasts;
    absl::StatusCode code;
    const char* reason;
  };
  for (const Fault& fault :
       {Fault{ENOSPC, true, absl::StatusCode::kResourceExhausted, "DISK_FULL"},
        Fault{ENOSPC, false, absl::StatusCode::kResourceExhausted, "DISK_FULL"},
        Fault{EIO, true, absl::StatusCode::kUnavailable, "DISK_FAULT"},
        Fault{EIO, false, absl::StatusCode::kUnavailable, "DISK_FAULT"}}) {
    int failures = 0;
    for (int at = 0; at < 1000; ++at) {
      SCOPED_TRACE(absl::StrCat("errno ", fault.error, " at ", at));
      PowerLossDisk disk;
      int operation = 0;
      bool broken = false, healed = false;
      disk.SetHook([&](const std::string&) {
        const bool now = fault.lasts ? operation >= at : operation == at;
        ++operation;
        if (healed || !now) return 0;
        broken = true;
        return fault.error;
      });
      DataWorkload workload(&disk);
      absl::Status status = workload.Open();
      if (!status.ok()) {
        ASSERT_THAT(status, HasReason(fault.reason));
        healed = true;
        ASSERT_THAT(workload.Open(), IsOk());
      }
      for (int tries = 0; tries < 3; ++tries) {
        status = workload.Run();
        if (status.ok()) break;
        ++failures;
        ASSERT_THAT(status, StatusIs(fault.code));
        ASSERT_THAT(status, HasReason(fault.reason));
        healed = healed || tries == 1;
        if (healed) {
          ASSERT_THAT(workload.Check(), IsOk());
        }
      }
      healed = true;
      ASSERT_THAT(status, IsOk());
      ASSERT_THAT(workload.Check(), IsOk());
      ASSERT_THAT(workload.Open(), IsOk());
      ASSERT_THAT(workload.CheckFiles(), IsOk());
      ASSERT_THAT(workload.Check(), IsOk());
      if (!broken) break;  // The fault came behind the end.
    }
    EXPECT_GT(failures, 10);
  }
}

}  // namespace
}  // namespace fnn::server
