#include "server/store/model_store.h"

#include <atomic>
#include <limits>
#include <optional>
#include <thread>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/storage/memory_catalogue.h"
#include "server/storage/memory_file_system.h"
#include "tests/server/requests.h"
#include "tests/server/store/trained.h"
#include "tests/status_matchers.h"

namespace fnn::server {
namespace {

using fnn::testing::HasReason;
using fnn::testing::HasViolation;
using fnn::testing::IsOk;
using fnn::testing::StatusIs;
using ::testing::ElementsAre;

constexpr char kName[] = "models/a";

class ModelStoreTest : public ::testing::Test {
 protected:
  ModelStoreTest() {
    auto store = ModelStore::Open({}, &catalogue_, &files_, &budget_);
    EXPECT_THAT(store, IsOk());
    store_ = *std::move(store);
  }

  absl::Status Create(const std::string& id = "a") {
    return store_->Create({.id = id, .network = XorNetwork()}).status();
  }
  absl::StatusOr<v1::ModelVersion> Publish(double loss = 1, std::optional<double> validation = {},
                                           int64_t width = 2) {
    NewVersion version{.epoch = {}, .provenance = {}, .network = Trained(width), .memory = {}};
    version.epoch.set_train_loss(loss);
    if (validation.has_value()) version.epoch.set_validation_loss(*validation);
    version.provenance.set_run("runs/r");
    return store_->Publish(kName, std::move(version));
  }
  std::vector<std::string> Versions(const ListRequest& request) {
    std::vector<std::string> names;
    const auto page = store_->ListVersions(kName, request);
    EXPECT_THAT(page, IsOk());
    if (page.ok()) {
      for (const v1::ModelVersion& version : page->items) names.push_back(version.name());
    }
    return names;
  }
  int64_t AliasOf(const std::string& alias) {
    const absl::StatusOr<v1::Model> model = store_->Get(kName);
    EXPECT_THAT(model, IsOk());
    const auto it = model->aliases().find(alias);
    return it == model->aliases().end() ? 0 : it->second;
  }

  MemoryCatalogue catalogue_;
  MemoryFileSystem files_;
  MemoryBudget budget_{1'000'000};
  std::unique_ptr<ModelStore> store_;
};

TEST_F(ModelStoreTest, KeepsAModelUnderItsName) {
  ASSERT_THAT(Create(), IsOk());
  EXPECT_THAT(Create(), StatusIs(absl::StatusCode::kAlreadyExists));
  EXPECT_THAT(store_->CheckFree(kName), StatusIs(absl::StatusCode::kAlreadyExists));
  EXPECT_THAT(store_->CheckFree("models/b"), IsOk());
  EXPECT_EQ(store_->Get(kName)->network().layers_size(), 2);
  EXPECT_THAT(store_->Get("models/b"), StatusIs(absl::StatusCode::kNotFound));
  const absl::StatusOr<PinnedModel> made = store_->Create({.id = "", .network = XorNetwork()});
  ASSERT_THAT(made, IsOk());
  EXPECT_TRUE(made->model.name().starts_with("models/model-"));
  EXPECT_EQ(store_->List({})->items.size(), 2u);
}

TEST_F(ModelStoreTest, CommitsWhatBelongsToIt) {
  ASSERT_THAT(store_->Create({.id = "a", .network = XorNetwork()},
                             [](const v1::Model& model, CatalogueBatch& batch) {
                               batch.Put(RecordKind::kRun, "r", model.name() + model.uid());
                             }),
              IsOk());
  NewVersion version{.epoch = {}, .provenance = {}, .network = Trained(), .memory = {}};
  ASSERT_THAT(store_->Publish(kName, std::move(version),
                              [](const v1::ModelVersion& published, CatalogueBatch& batch) {
                                batch.Put(RecordKind::kRun, "s", published.name());
                              }),
              IsOk());
  std::vector<std::string> records;
  ASSERT_THAT(catalogue_.ForEachRecord(RecordKind::kRun,
                                       [&](absl::string_view, absl::string_view value) {
                                         records.emplace_back(value);
                                         return absl::OkStatus();
                                       }),
              IsOk());
  EXPECT_THAT(records, ElementsAre(kName + store_->Get(kName)->uid(), "models/a/versions/1"));
}

TEST_F(ModelStoreTest, VersionsCountFromOneAndNewestIsDefault) {
  ASSERT_THAT(Create(), IsOk());
  EXPECT_THAT(store_->GetVersion({.model = kName}), HasReason("MODEL_NOT_TRAINED"));
  EXPECT_THAT(store_->GetVersion({.model = kName, .alias = "best"}),
              HasReason("MODEL_NOT_TRAINED"));
  EXPECT_EQ(Publish()->name(), "models/a/versions/1");
  EXPECT_EQ(Publish()->name(), "models/a/versions/2");
  EXPECT_EQ((*store_->GetVersion({.model = kName}))->message.name(), "models/a/versions/2");
  EXPECT_EQ((*store_->GetVersion({.model = kName, .version = 1}))->message.name(),
            "models/a/versions/1");
  EXPECT_THAT(store_->GetVersion({.model = kName, .version = 3}),
              HasReason("MODEL_VERSION_NOT_FOUND"));
  const absl::StatusOr<v1::Model> model = store_->Get(kName);
  EXPECT_EQ(model->latest_version().name(), "models/a/versions/2");
  EXPECT_EQ(model->latest_version().run(), "runs/r");
  EXPECT_EQ(model->latest_version().size_bytes(), 17 * 4);
  EXPECT_EQ(model->version_count(), 2);
  EXPECT_THAT(model->latest_version().aliases(), ElementsAre("latest"));
}

TEST_F(ModelStoreTest, ANumberIsNeverGivenAgain) {
  ASSERT_THAT(Create(), IsOk());
  ASSERT_THAT(Publish(), IsOk());
  ASSERT_THAT(Publish(), IsOk());
  ASSERT_THAT(store_->DeleteVersion(kName, 2), IsOk());
  EXPECT_THAT(store_->GetVersion({.model = kName, .version = 2}),
              StatusIs(absl::StatusCode::kNotFound));
  EXPECT_EQ(AliasOf("latest"), 1);
  EXPECT_EQ(Publish()->name(), "models/a/versions/3");
  ASSERT_THAT(store_->DeleteVersion(kName, 1), IsOk());
  ASSERT_THAT(store_->DeleteVersion(kName, 3), IsOk());
  EXPECT_THAT(store_->GetVersion({.model = kName}), HasReason("MODEL_NOT_TRAINED"));
  EXPECT_EQ(AliasOf("latest"), 0);
  EXPECT_EQ(Publish()->name(), "models/a/versions/4");
}

TEST_F(ModelStoreTest, TheFirstTrainingSetsTheInputsShape) {
  ASSERT_THAT(Create(), IsOk());
  ASSERT_THAT(Publish(1, {}, 3), IsOk());
  const absl::StatusOr<v1::Model> model = store_->Get(kName);
  EXPECT_EQ(model->network().inputs(0).shape(0), 3);
  EXPECT_EQ(model->parameter_count(), 3 * 4 + 4 + 4 + 1);
  EXPECT_THAT(Publish(1, {}, 2), HasReason("MODEL_CHANGED"));
}

TEST_F(ModelStoreTest, TheBestIsThatOfTheSmallestLoss) {
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  ASSERT_THAT(Create(), IsOk());
  ASSERT_THAT(Publish(kNan), IsOk());
  EXPECT_EQ(AliasOf("best"), 1);
  ASSERT_THAT(Publish(0.5), IsOk());
  EXPECT_EQ(AliasOf("best"), 2);
  ASSERT_THAT(Publish(0.5), IsOk());
  EXPECT_EQ(AliasOf("best"), 2);  // Of equal ones the older.
  ASSERT_THAT(Publish(9, 3), IsOk());
  EXPECT_EQ(AliasOf("best"), 4);  // Those with a validation loss first.
  ASSERT_THAT(Publish(0.1, 4), IsOk());
  EXPECT_EQ(AliasOf("best"), 4);
  ASSERT_THAT(Publish(0.1, 2), IsOk());
  EXPECT_EQ(AliasOf("best"), 6);
  EXPECT_EQ((*store_->GetVersion({.model = kName, .alias = "best"}))->message.name(),
            "models/a/versions/6");
  ASSERT_THAT(store_->DeleteVersion(kName, 6), IsOk());
  EXPECT_EQ(AliasOf("best"), 4);
}

TEST_F(ModelStoreTest, AliasesMoveAndHoldVersions) {
  ASSERT_THAT(Create(), IsOk());
  ASSERT_THAT(Publish(), IsOk());
  ASSERT_THAT(Publish(), IsOk());
  EXPECT_THAT(store_->SetAlias(kName, "production", 3), HasReason("MODEL_VERSION_NOT_FOUND"));
  EXPECT_THAT(store_->SetAlias("models/b", "production", 1), HasReason("MODEL_NOT_FOUND"));
  ASSERT_THAT(store_->SetAlias(kName, "production", 1), IsOk());
  EXPECT_EQ((*store_->GetVersion({.model = kName, .alias = "production"}))->message.name(),
            "models/a/versions/1");
  EXPECT_THAT(store_->DeleteVersion(kName, 1), HasReason("VERSION_HAS_ALIAS"));
  const absl::StatusOr<v1::Model> moved = store_->SetAlias(kName, "production", 2);
  ASSERT_THAT(moved, IsOk());
  EXPECT_EQ(moved->aliases().at("production"), 2);
  EXPECT_THAT(store_->DescribeVersion({.model = kName, .version = 2})->aliases(),
              ElementsAre("latest", "production"));
  ASSERT_THAT(store_->DeleteVersion(kName, 1), IsOk());
  ASSERT_THAT(store_->DeleteAlias(kName, "production"), IsOk());
  EXPECT_THAT(store_->DeleteAlias(kName, "production"), HasReason("MODEL_ALIAS_NOT_FOUND"));
  EXPECT_THAT(store_->GetVersion({.model = kName, .alias = "production"}),
              HasReason("MODEL_ALIAS_NOT_FOUND"));
  EXPECT_THAT(store_->DeleteVersion(kName, 2), IsOk());
}

TEST_F(ModelStoreTest, AliasesAreBounded) {
  ASSERT_THAT(Create(), IsOk());
  ASSERT_THAT(Publish(), IsOk());
  for (int i = 0; i < 100; ++i) {
    ASSERT_THAT(store_->SetAlias(kName, absl::StrCat("x", i), 1), IsOk());
  }
  EXPECT_THAT(store_->SetAlias(kName, "y", 1), HasReason("TOO_MANY_ALIASES"));
  EXPECT_THAT(store_->SetAlias(kName, "x7", 1), IsOk());
}

TEST_F(ModelStoreTest, UpdatesOnlyWhatIsAsked) {
  ASSERT_THAT(store_->Create({.id = "a",
                              .network = XorNetwork(),
                              .description = "first",
                              .labels = MakeLabels({{"team", "x"}})}),
              IsOk());
  const std::string etag = store_->Get(kName)->etag();
  const auto updated = store_->Update(kName, {.etag = etag, .description = "second"});
  ASSERT_THAT(updated, IsOk());
  EXPECT_EQ(updated->description(), "second");
  EXPECT_EQ(updated->labels().at("team"), "x");
  EXPECT_NE(updated->etag(), etag);
  EXPECT_THAT(store_->Update(kName, {.etag = etag, .description = "third"}),
              HasReason("ETAG_MISMATCH"));
  EXPECT_THAT(store_->Update(kName, {.etag = "", .labels = Labels()}), IsOk());
  EXPECT_EQ(store_->Get(kName)->labels_size(), 0);
  EXPECT_EQ(store_->Get(kName)->description(), "second");
  EXPECT_THAT(store_->Update("models/b", {}), StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(ModelStoreTest, TheEtagChangesWithEverything) {
  std::set<std::string> etags;
  const auto changed = [&] { return etags.insert(store_->Get(kName)->etag()).second; };
  ASSERT_THAT(Create(), IsOk());
  EXPECT_TRUE(changed());
  EXPECT_FALSE(changed());
  ASSERT_THAT(Publish(), IsOk());
  EXPECT_TRUE(changed());
  ASSERT_THAT(store_->SetAlias(kName, "x", 1), IsOk());
  EXPECT_TRUE(changed());
  ASSERT_THAT(store_->DeleteAlias(kName, "x"), IsOk());
  EXPECT_TRUE(changed());
  ASSERT_THAT(store_->DeleteVersion(kName, 1), IsOk());
  EXPECT_TRUE(changed());
  ASSERT_THAT(store_->Delete(kName), IsOk());
  ASSERT_THAT(Create(), IsOk());
  EXPECT_TRUE(changed());
}

TEST_F(ModelStoreTest, WhatIsPinnedStays) {
  {
    const auto made = store_->Create({.id = "a", .network = XorNetwork()});
    ASSERT_THAT(made, IsOk());
    EXPECT_THAT(store_->Delete(kName), HasReason("MODEL_IN_USE"));
  }
  ASSERT_THAT(Publish(), IsOk());
  {
    const auto pinned = store_->Pin(kName);
    EXPECT_THAT(store_->Delete(kName), HasReason("MODEL_IN_USE"));
  }
  {
    const auto pinned = store_->PinVersion({.model = kName, .alias = "best"});
    ASSERT_THAT(pinned, IsOk());
    EXPECT_EQ(pinned->version->network.parameters(), Trained().parameters());
    EXPECT_THAT(store_->Delete(kName), HasReason("MODEL_IN_USE"));
    EXPECT_THAT(store_->DeleteVersion(kName, 1), HasReason("VERSION_IN_USE"));
  }
  const auto version = store_->GetVersion({.model = kName});
  ASSERT_THAT(store_->SetAlias(kName, "mine", 1), IsOk());
  const absl::StatusOr<DeletedModel> deleted = store_->Delete(kName);
  ASSERT_THAT(deleted, IsOk());
  EXPECT_EQ(deleted->versions, 1);
  EXPECT_THAT(deleted->aliases, ElementsAre("mine"));
  EXPECT_THAT(store_->Delete(kName), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(store_->Pin(kName), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_EQ((*version)->network.parameters().size(), 17u);  // Kept by who holds it.
}

TEST_F(ModelStoreTest, DeletingLeavesNothing) {
  ASSERT_THAT(Create(), IsOk());
  for (int i = 0; i < 3; ++i) ASSERT_THAT(Publish(), IsOk());
  EXPECT_EQ(files_.List("models")->size(), 3u);
  ASSERT_THAT(store_->DeleteVersion(kName, 2), IsOk());
  EXPECT_EQ(files_.List("models")->size(), 2u);
  ASSERT_THAT(store_->Delete(kName), IsOk());
  EXPECT_EQ(files_.List("models")->size(), 0u);
  EXPECT_EQ(budget_.free(), budget_.total());
  for (const RecordKind kind : {RecordKind::kModel, RecordKind::kModelVersion}) {
    EXPECT_THAT(catalogue_.ForEachRecord(kind,
                                         [](absl::string_view, absl::string_view) {
                                           return absl::InternalError("a record is left");
                                         }),
                IsOk());
  }
}

TEST_F(ModelStoreTest, ListsModelsByWhatIsSaidOfThem) {
  for (const char* id : {"b", "a", "c"}) {
    ASSERT_THAT(
        store_->Create({.id = id,
                        .network = XorNetwork(),
                        .labels = MakeLabels({{"team", *id == 'c' ? "speech" : "vision"}})}),
        IsOk());
  }
  const auto names = [&](const ListRequest& request) {
    std::vector<std::string> out;
    const auto page = store_->List(request);
    EXPECT_THAT(page, IsOk());
    for (const v1::Model& model : page->items) out.push_back(model.name());
    return out;
  };
  EXPECT_THAT(names({}), ElementsAre("models/a", "models/b", "models/c"));
  EXPECT_THAT(names({.order_by = "create_time"}), ElementsAre("models/b", "models/a", "models/c"));
  EXPECT_THAT(names({.filter = "labels.team = vision", .order_by = "name desc"}),
              ElementsAre("models/b", "models/a"));
  EXPECT_THAT(store_->List({.filter = "rows = 1"}), HasViolation("filter"));
}

TEST_F(ModelStoreTest, ListsVersionsByWhatTheyReached) {
  ASSERT_THAT(Create(), IsOk());
  ASSERT_THAT(Publish(0.3), IsOk());
  ASSERT_THAT(Publish(0.1, 0.5), IsOk());
  ASSERT_THAT(Publish(0.2, 0.4), IsOk());
  ASSERT_THAT(store_->SetAlias(kName, "mine", 1), IsOk());
  const std::string v = "models/a/versions/";
  EXPECT_THAT(Versions({}), ElementsAre(v + "3", v + "2", v + "1"));
  EXPECT_THAT(Versions({.order_by = "version"}), ElementsAre(v + "1", v + "2", v + "3"));
  EXPECT_THAT(Versions({.order_by = "train_loss"}), ElementsAre(v + "2", v + "3", v + "1"));
  EXPECT_THAT(Versions({.order_by = "validation_loss"}), ElementsAre(v + "3", v + "2", v + "1"));
  EXPECT_THAT(Versions({.filter = "validation_loss < 0.45"}), ElementsAre(v + "3"));
  EXPECT_THAT(Versions({.filter = "alias = mine"}), ElementsAre(v + "1"));
  EXPECT_THAT(Versions({.filter = "alias = best"}), ElementsAre(v + "3"));
  EXPECT_THAT(Versions({.filter = "run = runs/r AND version <= 2"}), ElementsAre(v + "2", v + "1"));
  EXPECT_THAT(store_->ListVersions("models/b", {}), StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(ModelStoreTest, CreatesAModelWithItsFirstVersion) {
  const auto nothing = [](const v1::ModelVersion&, CatalogueBatch&) {};
  const auto version = [] {
    return NewVersion{.epoch = {}, .provenance = {}, .network = Trained(), .memory = {}};
  };
  ASSERT_THAT(store_->PublishNew({.id = "a", .network = XorNetwork()}, version(), nothing), IsOk());
  EXPECT_EQ(store_->Get(kName)->version_count(), 1);
  EXPECT_THAT(store_->PublishNew({.id = "a", .network = XorNetwork()}, version(), nothing),
              HasReason("MODEL_ALREADY_EXISTS"));
  EXPECT_EQ(store_->Get(kName)->version_count(), 1);
}

TEST_F(ModelStoreTest, RefusesWhatTheBudgetHasNoRoomFor) {
  ASSERT_THAT(Create(), IsOk());
  ASSERT_THAT(Publish(), IsOk());
  const auto rest = budget_.Reserve(budget_.free() - 100);
  ASSERT_THAT(rest, IsOk());
  EXPECT_THAT(Create("b"), HasReason("STORAGE_MEMORY_EXCEEDED"));
  EXPECT_THAT(Publish(), HasReason("STORAGE_MEMORY_EXCEEDED"));
  EXPECT_EQ(store_->Get(kName)->version_count(), 1);
  EXPECT_EQ(files_.List("models")->size(), 1u);
}

// Readers see whole states only, while others publish, move aliases and delete.
TEST_F(ModelStoreTest, ReadersAndWritersAtOnce) {
  ASSERT_THAT(Create(), IsOk());
  ASSERT_THAT(Publish(), IsOk());
  ASSERT_THAT(store_->SetAlias(kName, "production", 1), IsOk());
  const std::vector<float> expected = Trained().parameters();
  std::atomic<bool> done = false;
  std::atomic<int> reads = 0;
  std::vector<std::thread> readers;
  for (int i = 0; i < 3; ++i) {
    readers.emplace_back([&] {
      while (!done) {
        for (const char* alias : {"", "best", "production"}) {
          const auto version = store_->GetVersion({.model = kName, .alias = alias});
          ASSERT_THAT(version, IsOk());
          ASSERT_EQ((*version)->network.parameters(), expected);
        }
        const absl::StatusOr<v1::Model> model = store_->Get(kName);
        ASSERT_EQ(model->latest_version().name(),
                  MakeVersionName(kName, model->aliases().at("latest")));
        ASSERT_THAT(store_->ListVersions(kName, {.filter = "alias = production"}), IsOk());
        ++reads;
      }
    });
  }
  std::vector<std::thread> writers;
  std::atomic<int64_t> newest = 1;
  for (int i = 0; i < 2; ++i) {
    writers.emplace_back([&] {
      for (int n = 0; n < 20; ++n) {
        const auto version = Publish();
        ASSERT_THAT(version, IsOk());
        ++newest;
        ASSERT_THAT(store_->SetAlias(kName, "production", 1 + n % 2), IsOk());
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  while (reads < 3) std::this_thread::yield();
  done = true;
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(newest, 41);
  EXPECT_EQ(AliasOf("latest"), 41);
}

}  // namespace
}  // namespace fnn::server
