// What a model store has after it was closed, lost power, or found its disk full or damaged.

#include <cerrno>
#include <optional>
#include <set>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "server/storage/memory_catalogue.h"
#include "server/store/model_store.h"
#include "tests/server/requests.h"
#include "tests/server/storage/power_loss_disk.h"
#include "tests/server/storage/power_loss_file_system.h"
#include "tests/server/store/trained.h"
#include "tests/status_matchers.h"

namespace fnn::server {
namespace {

using fnn::testing::HasReason;
using fnn::testing::IsOk;
using fnn::testing::PowerLossDisk;
using fnn::testing::PowerLossFileSystem;
using fnn::testing::StatusIs;

constexpr char kName[] = "models/a";

// A catalogue on a disk that can be full.
class FullCatalogue final : public Catalogue {
 public:
  absl::Status Commit(const CatalogueBatch& batch) override {
    if (full) {
      return core::MakeError(absl::StatusCode::kResourceExhausted, "DISK_FULL", "no room");
    }
    return kept_.Commit(batch);
  }
  absl::Status ForEachRecord(RecordKind kind, RecordFunction function) const override {
    return kept_.ForEachRecord(kind, function);
  }

  bool full = false;

 private:
  MemoryCatalogue kept_;
};

class ModelStoreOpenTest : public ::testing::Test {
 protected:
  ModelStoreOpenTest() { Reopen(); }

  void Reopen() {
    store_.reset();
    auto store = ModelStore::Open({}, &catalogue_, &files_, &budget_);
    ASSERT_THAT(store, IsOk());
    store_ = *std::move(store);
  }
  absl::Status Create(const std::string& id = "a") {
    return store_->Create({.id = id, .network = XorNetwork(), .description = "mine"}).status();
  }
  absl::StatusOr<v1::ModelVersion> Publish(uint64_t seed) {
    NewVersion version{.epoch = {}, .provenance = {}, .network = Trained(2, seed), .memory = {}};
    version.epoch.set_parameter_digest(DigestOf(version.network));
    version.provenance.set_dataset("datasets/d");
    return store_->Publish(kName, std::move(version));
  }
  // Whether the version is there with the parameters of `seed`.
  bool Has(int64_t number, uint64_t seed) {
    const auto version = store_->GetVersion({.model = kName, .version = number});
    return version.ok() && (*version)->network.parameters() == Trained(2, seed).parameters();
  }
  std::string FileOf(int64_t number) {
    std::string file;
    EXPECT_THAT(catalogue_.ForEachRecord(RecordKind::kModelVersion,
                                         [&](absl::string_view, absl::string_view bytes) {
                                           storage::v1::ModelVersionRecord record;
                                           EXPECT_TRUE(record.ParseFromString(std::string(bytes)));
                                           if (record.number() == number) file = record.file();
                                           return absl::OkStatus();
                                         }),
                IsOk());
    return ModelFilePath(file);
  }
  std::string ReadFile(const std::string& path) {
    const auto file = files_.Open(path);
    EXPECT_THAT(file, IsOk());
    std::string bytes(*(*file)->size(), '\0');
    EXPECT_EQ(*(*file)->ReadAt(0, std::as_writable_bytes(std::span(bytes))), bytes.size());
    return bytes;
  }
  void WriteFile(const std::string& path, const std::string& bytes) {
    const auto file = files_.Create(path);
    ASSERT_THAT(file, IsOk());
    ASSERT_THAT((*file)->Append(bytes), IsOk());
  }

  PowerLossDisk disk_;
  PowerLossFileSystem files_{&disk_};
  FullCatalogue catalogue_;
  MemoryBudget budget_{1'000'000};
  std::unique_ptr<ModelStore> store_;
};

TEST_F(ModelStoreOpenTest, AllIsThereAgain) {
  ASSERT_THAT(Create(), IsOk());
  for (uint64_t seed = 1; seed <= 3; ++seed) ASSERT_THAT(Publish(seed), IsOk());
  ASSERT_THAT(store_->SetAlias(kName, "mine", 1), IsOk());
  ASSERT_THAT(store_->DeleteVersion(kName, 3), IsOk());
  const std::string model = store_->Get(kName)->DebugString();
  const std::string version =
      store_->DescribeVersion({.model = kName, .version = 1})->DebugString();
  const int64_t free = budget_.free();
  Reopen();
  EXPECT_EQ(store_->Get(kName)->DebugString(), model);
  EXPECT_EQ(store_->DescribeVersion({.model = kName, .version = 1})->DebugString(), version);
  EXPECT_EQ(*store_->GetCachedVersion({.model = kName}), nullptr);  // To be read first.
  EXPECT_TRUE(Has(1, 1));
  EXPECT_TRUE(Has(2, 2));
  EXPECT_NE(*store_->GetCachedVersion({.model = kName}), nullptr);
  EXPECT_NEAR(static_cast<double>(budget_.free()), static_cast<double>(free), 1000);
  EXPECT_EQ(Publish(4)->name(), "models/a/versions/4");
  store_.reset();
  EXPECT_EQ(budget_.free(), budget_.total());
}

TEST_F(ModelStoreOpenTest, WhatWasAcknowledgedOutlivesThePower) {
  ASSERT_THAT(Create(), IsOk());
  for (uint64_t seed = 1; seed <= 4; ++seed) {
    ASSERT_THAT(Publish(seed), IsOk());
    disk_.Crash(seed);
    Reopen();
    for (uint64_t n = 1; n <= seed; ++n) EXPECT_TRUE(Has(static_cast<int64_t>(n), n));
  }
}

TEST_F(ModelStoreOpenTest, SweepsWhatNothingNames) {
  ASSERT_THAT(Create(), IsOk());
  ASSERT_THAT(Publish(1), IsOk());
  WriteFile("models/0123", "left behind");
  WriteFile("models/4567.tmp", "half");
  Reopen();
  EXPECT_EQ(files_.List("models")->size(), 1u);
  EXPECT_TRUE(Has(1, 1));
}

// Every byte, and each end: the version is named and out of service, the rest is served.
TEST_F(ModelStoreOpenTest, DamageIsNamedAndTheRestServed) {
  ASSERT_THAT(Create(), IsOk());
  ASSERT_THAT(Publish(1), IsOk());
  ASSERT_THAT(Publish(2), IsOk());
  const std::string path = FileOf(1);
  const std::string whole = ReadFile(path);
  const auto check = [&](const std::string& bytes, std::set<std::string> reasons) {
    WriteFile(path, bytes);
    Reopen();
    const auto version = store_->GetVersion({.model = kName, .version = 1});
    ASSERT_THAT(version, StatusIs(absl::StatusCode::kDataLoss));
    EXPECT_NE(version.status().message().find("models/a/versions/1"), absl::string_view::npos);
    bool known = false;
    for (const std::string& reason : reasons) {
      known |= ::testing::Value(version, HasReason(reason));
    }
    EXPECT_TRUE(known) << version.status();
    EXPECT_THAT(store_->DescribeVersion({.model = kName, .version = 1}),
                StatusIs(absl::StatusCode::kDataLoss));
    EXPECT_EQ(store_->ListVersions(kName, {})->items.size(), 1u);
    EXPECT_TRUE(Has(2, 2));
    EXPECT_FALSE(*files_.Exists(path));
    // Also when it is opened next.
    Reopen();
    EXPECT_THAT(store_->GetVersion({.model = kName, .version = 1}), HasReason("FILE_QUARANTINED"));
    ASSERT_THAT(files_.Remove(absl::StrCat("quarantine/models-", path.substr(7))), IsOk());
  };
  for (size_t at = 0; at < whole.size(); at += at < 80 ? 1 : 13) {
    std::string flipped = whole;
    flipped[at] = static_cast<char>(flipped[at] ^ 0x10);
    check(flipped, {"FILE_CORRUPT", "FILE_FOREIGN"});
  }
  for (size_t size = 0; size < whole.size(); size += 37) {
    check(whole.substr(0, size), {"FILE_TRUNCATED"});
  }
  check(whole + "x", {"FILE_CORRUPT"});
  check("something else entirely, of more bytes than a header has, and no header of its own",
        {"FILE_FOREIGN"});
}

TEST_F(ModelStoreOpenTest, AMissingFileIsNamedAndItsVersionDeleted) {
  ASSERT_THAT(Create(), IsOk());
  ASSERT_THAT(Publish(1), IsOk());
  ASSERT_THAT(Publish(2), IsOk());
  ASSERT_THAT(files_.Remove(FileOf(2)), IsOk());
  Reopen();
  EXPECT_THAT(store_->GetVersion({.model = kName}), HasReason("FILE_MISSING"));
  EXPECT_TRUE(Has(1, 1));
  EXPECT_THAT(store_->DeleteVersion(kName, 2), IsOk());
  EXPECT_EQ((*store_->GetVersion({.model = kName}))->message.name(), "models/a/versions/1");
}

TEST_F(ModelStoreOpenTest, DamageWhileItRunsIsFoundToo) {
  ASSERT_THAT(Create(), IsOk());
  ASSERT_THAT(Publish(1), IsOk());
  Reopen();  // So that it is not cached.
  std::string bytes = ReadFile(FileOf(1));
  bytes.back() = static_cast<char>(bytes.back() ^ 1);
  WriteFile(FileOf(1), bytes);
  EXPECT_THAT(store_->GetVersion({.model = kName}), HasReason("FILE_CORRUPT"));
  EXPECT_THAT(store_->GetVersion({.model = kName}), HasReason("FILE_CORRUPT"));
  EXPECT_THAT(store_->PinVersion({.model = kName}), HasReason("FILE_CORRUPT"));
  EXPECT_THAT(store_->Delete(kName), IsOk());
}

TEST_F(ModelStoreOpenTest, ADamagedRecordIsNamed) {
  store_.reset();
  for (const RecordKind kind : {RecordKind::kModel, RecordKind::kModelVersion}) {
    CatalogueBatch batch;
    batch.Put(kind, "x", "\xFF");
    ASSERT_THAT(catalogue_.Commit(batch), IsOk());
    EXPECT_THAT(ModelStore::Open({}, &catalogue_, &files_, &budget_),
                HasReason("CATALOGUE_CORRUPT"));
    CatalogueBatch undo;
    undo.Delete(kind, "x");
    ASSERT_THAT(catalogue_.Commit(undo), IsOk());
  }
  Reopen();
}

TEST_F(ModelStoreOpenTest, AFullCatalogueChangesNothing) {
  ASSERT_THAT(Create(), IsOk());
  ASSERT_THAT(Publish(1), IsOk());
  ASSERT_THAT(store_->SetAlias(kName, "mine", 1), IsOk());
  const std::string before = store_->Get(kName)->DebugString();
  const int64_t free = budget_.free();
  catalogue_.full = true;
  EXPECT_THAT(Create("b"), HasReason("DISK_FULL"));
  EXPECT_THAT(Publish(2), HasReason("DISK_FULL"));
  EXPECT_THAT(store_->SetAlias(kName, "other", 1), HasReason("DISK_FULL"));
  EXPECT_THAT(store_->DeleteAlias(kName, "mine"), HasReason("DISK_FULL"));
  EXPECT_THAT(store_->Update(kName, {.etag = "", .description = "x"}), HasReason("DISK_FULL"));
  EXPECT_THAT(store_->Delete(kName), HasReason("DISK_FULL"));
  EXPECT_EQ(store_->Get(kName)->DebugString(), before);
  EXPECT_EQ(store_->List({})->items.size(), 1u);
  EXPECT_EQ(files_.List("models")->size(), 1u);
  EXPECT_EQ(budget_.free(), free);
  EXPECT_TRUE(Has(1, 1));
  catalogue_.full = false;
  EXPECT_THAT(Create("b"), IsOk());
  EXPECT_EQ(Publish(2)->name(), "models/a/versions/2");
}

// A disk that fails at the n-th operation of a publication: nothing has changed, and it works
// again.
TEST_F(ModelStoreOpenTest, ADiskThatFailsAtAnyOperation) {
  ASSERT_THAT(Create(), IsOk());
  ASSERT_THAT(Publish(1), IsOk());
  const std::string before = store_->Get(kName)->DebugString();
  int failed = 0;
  for (int at = 0; at < 100; ++at) {
    int operation = 0;
    disk_.SetHook([&](const std::string&) { return operation++ == at ? ENOSPC : 0; });
    const auto version = Publish(2);
    const bool reached = operation > at;
    disk_.SetHook(nullptr);
    if (version.ok()) {
      // The last operations only tidy up.
      EXPECT_TRUE(Has(2, 2));
      if (!reached) break;
      ASSERT_THAT(store_->DeleteVersion(kName, 2), IsOk());
      break;
    }
    ++failed;
    EXPECT_THAT(version, HasReason("DISK_FULL"));
    EXPECT_EQ(store_->Get(kName)->DebugString(), before);
    EXPECT_TRUE(Has(1, 1));
    Reopen();
    EXPECT_EQ(store_->Get(kName)->DebugString(), before);
    EXPECT_EQ(files_.List("models")->size(), 1u);
  }
  EXPECT_GE(failed, 4);  // Creating, writing, syncing, renaming at least.
}

}  // namespace
}  // namespace fnn::server
