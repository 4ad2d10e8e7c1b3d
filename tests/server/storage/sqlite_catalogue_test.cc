#include "server/storage/sqlite_catalogue.h"

#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <map>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/storage/posix_file_system.h"
#include "tests/server/storage/power_loss_vfs.h"
#include "tests/server/storage/temporary_directory.h"
#include "tests/status_matchers.h"

namespace fnn::server {
namespace {

using fnn::testing::HasReason;
using fnn::testing::IsOk;
using fnn::testing::PowerLossDisk;
using fnn::testing::PowerLossVfs;
using fnn::testing::StatusIs;
using fnn::testing::TemporaryDirectory;
using ::testing::HasSubstr;
using ::testing::Not;

CatalogueBatch Put(absl::string_view key, std::string value) {
  CatalogueBatch batch;
  batch.Put(RecordKind::kRun, key, std::move(value));
  return batch;
}

absl::Status Read(const Catalogue& catalogue, std::map<std::string, std::string>& records) {
  return catalogue.ForEachRecord(RecordKind::kRun,
                                 [&](absl::string_view key, absl::string_view value) {
                                   records.emplace(key, value);
                                   return absl::OkStatus();
                                 });
}

std::map<std::string, std::string> All(const Catalogue& catalogue) {
  std::map<std::string, std::string> records;
  EXPECT_THAT(Read(catalogue, records), IsOk());
  return records;
}

class SqliteCatalogueTest : public ::testing::Test {
 protected:
  absl::StatusOr<std::unique_ptr<SqliteCatalogue>> TryOpen(bool create = true) {
    return SqliteCatalogue::Open({.path = path_, .directory = fs_->get(), .create = create});
  }
  std::unique_ptr<SqliteCatalogue> Open() {
    auto catalogue = TryOpen();
    EXPECT_THAT(catalogue, IsOk());
    return catalogue.ok() ? *std::move(catalogue) : nullptr;
  }

  TemporaryDirectory directory_;
  const std::string path_ = directory_ / "catalogue.db";
  const absl::StatusOr<std::unique_ptr<PosixFileSystem>> fs_ =
      PosixFileSystem::OpenRoot(directory_.path());
};

TEST_F(SqliteCatalogueTest, IsThereAgain) {
  ASSERT_THAT(Open()->Commit(Put("a", "1")), IsOk());
  EXPECT_EQ(All(*Open()), (std::map<std::string, std::string>{{"a", "1"}}));
  EXPECT_THAT(TryOpen(/*create=*/false), IsOk());
}

TEST_F(SqliteCatalogueTest, WithoutCreateItMustBeThere) {
  EXPECT_THAT(TryOpen(/*create=*/false), Not(IsOk()));
  EXPECT_FALSE(std::filesystem::exists(path_));
  std::ofstream(path_).flush();
  EXPECT_THAT(TryOpen(/*create=*/false), HasReason("FILE_TRUNCATED"));
}

TEST_F(SqliteCatalogueTest, OneServerAtATime) {
  const auto first = Open();
  ASSERT_THAT(first->Commit(Put("a", "1")), IsOk());
  const auto second = TryOpen();
  EXPECT_THAT(second, HasReason("DATA_DIRECTORY_IN_USE"));
}

TEST_F(SqliteCatalogueTest, ErrorsNameNoPathOfTheHost) {
  const auto catalogue = SqliteCatalogue::Open({.path = directory_ / "none/catalogue.db"});
  EXPECT_THAT(catalogue, StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(catalogue, HasReason("DISK_FAULT"));
  EXPECT_THAT(std::string(catalogue.status().message()), Not(HasSubstr(directory_.path())));
}

TEST_F(SqliteCatalogueTest, TooLargeARecordFailsAlone) {
  const auto catalogue = Open();
  EXPECT_THAT(catalogue->Commit(Put("large", std::string(SqliteCatalogue::kMostRecordBytes, 'x'))),
              HasReason("RECORD_TOO_LARGE"));
  ASSERT_THAT(catalogue->Commit(Put("a", "1")), IsOk());
  EXPECT_EQ(All(*catalogue), (std::map<std::string, std::string>{{"a", "1"}}));
}

// Whatever bit of the file flips: what is read is as it was written, or it is an error.
TEST(SqliteCatalogueDamage, NoFlippedBitGoesUnnoticed) {
  PowerLossDisk disk;
  PowerLossVfs vfs(&disk);
  const SqliteCatalogueOptions options = {.path = "catalogue.db", .vfs = vfs.name()};
  std::map<std::string, std::string> good;
  {
    const auto catalogue = SqliteCatalogue::Open(options);
    ASSERT_THAT(catalogue, IsOk());
    CatalogueBatch batch;
    for (int i = 0; i < 20; ++i) {
      good[absl::StrCat("key ", i)] = absl::StrCat("value ", i);
      batch.Put(RecordKind::kRun, absl::StrCat("key ", i), absl::StrCat("value ", i));
    }
    ASSERT_THAT((*catalogue)->Commit(batch), IsOk());
  }
  const std::string bytes = disk.Contents("catalogue.db");
  int noticed = 0;
  for (size_t at = 0; at < bytes.size(); at += at < 200 || bytes[at] != 0 ? 1 : 61) {
    std::string bad = bytes;
    bad[at] = static_cast<char>(bad[at] ^ 1 << (at % 8));
    disk.SetContents("catalogue.db", bad);
    const auto catalogue = SqliteCatalogue::Open(options);
    std::map<std::string, std::string> records;
    const absl::Status status = catalogue.ok() ? Read(**catalogue, records) : catalogue.status();
    if (status.ok()) {
      ASSERT_EQ(records, good) << "byte " << at;
      continue;
    }
    ++noticed;
    ASSERT_THAT(status, ::testing::AnyOf(StatusIs(absl::StatusCode::kDataLoss),
                                         HasReason("CATALOGUE_TOO_NEW")))
        << "byte " << at;
  }
  EXPECT_GT(noticed, 500);
}

TEST_F(SqliteCatalogueTest, DamageIsNamedWithARemedyAndLeftAsItIs) {
  std::ofstream(path_) << std::string(5000, 'x');
  const auto catalogue = TryOpen();
  EXPECT_THAT(catalogue, StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_THAT(catalogue, HasReason("FILE_CORRUPT"));
  EXPECT_THAT(std::string(catalogue.status().message()), HasSubstr("catalogue.db is damaged"));
  EXPECT_THAT(std::string(catalogue.status().message()), HasSubstr("restore"));
  EXPECT_EQ(std::filesystem::file_size(path_), 5000u);
}

TEST_F(SqliteCatalogueTest, Backup) {
  const auto catalogue = Open();
  CatalogueBatch batch;
  for (int i = 0; i < 3000; ++i) {
    batch.Put(RecordKind::kRun, absl::StrCat(i), std::string(500, 'x'));
  }
  ASSERT_THAT(catalogue->Commit(batch), IsOk());
  std::atomic<bool> stop = false;
  std::thread writer([&] {
    for (int i = 0; !stop; ++i) {
      EXPECT_THAT(catalogue->Commit(Put("more", absl::StrCat(i))), IsOk());
    }
  });
  EXPECT_THAT(catalogue->BackupTo(directory_ / "backup.db"), IsOk());
  stop = true;
  writer.join();
  EXPECT_THAT(catalogue->BackupTo(directory_ / "backup.db"),
              StatusIs(absl::StatusCode::kAlreadyExists));
  const auto copy = SqliteCatalogue::Open({.path = directory_ / "backup.db"});
  ASSERT_THAT(copy, IsOk());
  std::map<std::string, std::string> records = All(**copy);
  records.erase("more");
  EXPECT_EQ(records.size(), 3000u);
  EXPECT_THAT(catalogue->BackupTo(directory_ / "none/backup.db"), Not(IsOk()));
}

// While one transaction is synced, others come together for the next.
TEST(SqliteCatalogueGroup, CommitsTogether) {
  constexpr int kThreads = 16;
  PowerLossDisk disk;
  PowerLossVfs vfs(&disk);
  auto catalogue = SqliteCatalogue::Open({.path = "catalogue.db", .vfs = vfs.name()});
  ASSERT_THAT(catalogue, IsOk());
  const int64_t before = (*catalogue)->transactions();
  std::atomic<bool> first = true;
  disk.SetHook([&](const std::string& event) {
    if (event == "sync catalogue.db-wal" && first.exchange(false)) {
      while ((*catalogue)->waiting() < kThreads - 1) std::this_thread::yield();
    }
    return 0;
  });
  std::vector<std::thread> threads;
  std::atomic<int> too_large = 0;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] {
      // One of those that wait can't be committed, which is its own affair.
      if (i == kThreads - 1) {
        while (first) std::this_thread::yield();
        const absl::Status status =
            (*catalogue)->Commit(Put("large", std::string(SqliteCatalogue::kMostRecordBytes, 'x')));
        if (!status.ok()) ++too_large;
        return;
      }
      EXPECT_THAT((*catalogue)->Commit(Put(absl::StrCat(i), "x")), IsOk());
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(too_large, 1);
  EXPECT_EQ(All(**catalogue).size(), kThreads - 1u);
  // The first, and the others each for itself since one of them failed.
  EXPECT_EQ((*catalogue)->transactions() - before, kThreads - 1);

  first = true;
  threads.clear();
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back(
        [&, i] { EXPECT_THAT((*catalogue)->Commit(Put(absl::StrCat(i), "y")), IsOk()); });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ((*catalogue)->transactions() - before, kThreads - 1 + 2);
  for (const auto& [key, value] : All(**catalogue)) EXPECT_EQ(value, "y") << key;
  disk.SetHook(nullptr);
}

}  // namespace
}  // namespace fnn::server
