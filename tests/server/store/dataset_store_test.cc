#include "server/store/dataset_store.h"

#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/storage/memory_catalogue.h"
#include "server/storage/memory_file_system.h"
#include "server/storage/posix_file_system.h"
#include "tests/server/storage/temporary_directory.h"
#include "tests/server/store/data_stores.h"
#include "tests/status_matchers.h"

namespace fnn::server {
namespace {

using fnn::testing::HasReason;
using fnn::testing::HasViolation;
using fnn::testing::IsOk;
using fnn::testing::IsOkAndHolds;
using fnn::testing::StatusIs;
using fnn::testing::TemporaryDirectory;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class DatasetStoreTest : public ::testing::Test {
 protected:
  DatasetStoreTest() { Reopen(); }

  void Reopen() { EXPECT_THAT(stores_.Open(&catalogue_, &files_, &budget_), IsOk()); }
  DatasetStore& store() { return *stores_.datasets; }

  absl::StatusOr<v1::Dataset> Create(const std::string& name,
                                     const std::vector<float>& values = {1, 2, 3, 4}) {
    return AddDataset(store(), {.name = name}, {"x", "y"}, values);
  }
  std::vector<std::string> Names(const std::string& filter = "", const std::string& order = "") {
    std::vector<std::string> names;
    const auto page = store().List(
        {.page_size = std::nullopt, .page_token = "", .filter = filter, .order_by = order});
    EXPECT_THAT(page, IsOk());
    if (!page.ok()) return names;
    for (const v1::Dataset& dataset : page->items) names.push_back(dataset.name());
    return names;
  }

  MemoryBudget budget_{100'000};
  MemoryCatalogue catalogue_;
  MemoryFileSystem files_;
  DataStores stores_;
};

TEST_F(DatasetStoreTest, DescribesWhatItKeeps) {
  NewDataset made{.name = "datasets/a", .description = "digits"};
  made.labels["k"] = "v";
  const auto dataset = AddDataset(store(), made, {"x", "y"}, {1, 2, 3, 4});
  ASSERT_THAT(dataset, IsOk());
  EXPECT_EQ(dataset->description(), "digits");
  EXPECT_EQ(dataset->labels().at("k"), "v");
  EXPECT_EQ(dataset->rows(), 2);
  ASSERT_EQ(dataset->columns_size(), 2);
  EXPECT_EQ(dataset->columns(1).name(), "y");
  EXPECT_EQ(dataset->columns(1).mean(), 3);
  EXPECT_TRUE(dataset->columns(1).integral());
  EXPECT_GE(dataset->size_bytes(), 4);
  EXPECT_FALSE(dataset->uid().empty());
  EXPECT_TRUE(dataset->has_create_time());
  EXPECT_EQ(store().Get("datasets/a")->uid(), dataset->uid());
  EXPECT_THAT(Names(), ElementsAre("datasets/a"));
}

TEST_F(DatasetStoreTest, IsThereAfterARestart) {
  std::map<std::string, std::string> before;
  for (const float value : {1.0F, 0.5F}) {  // Bytes, and floats.
    const auto dataset = Create(absl::StrCat("datasets/d", value * 2), {value, 2, 3, 4});
    ASSERT_THAT(dataset, IsOk());
    before[dataset->name()] = dataset->SerializeAsString();
  }
  auto draft = *store().NewDraft(1000);
  auto writer = *draft->Begin({"color", "n"}, core::ElementType::kUint8, 1);
  writer.SetCategories({{"blue", "red"}, {}});
  ASSERT_THAT(writer.Append(std::vector<float>{1, 7}), IsOk());
  const auto categories =
      store().Create({.name = "datasets/c"}, std::move(draft), *std::move(writer).Finish());
  ASSERT_THAT(categories, IsOk());
  EXPECT_THAT(categories->columns(0).categories(), ElementsAre("blue", "red"));
  before["datasets/c"] = categories->SerializeAsString();

  const int64_t free = budget_.free();
  Reopen();
  EXPECT_NEAR(static_cast<double>(budget_.free()), static_cast<double>(free), 1'000);
  for (const auto& [name, bytes] : before) {
    const auto dataset = store().Get(name);
    ASSERT_THAT(dataset, IsOk());
    EXPECT_EQ(dataset->SerializeAsString(), bytes);
    const auto table = store().GetTable(name);
    ASSERT_THAT(table, IsOk());
    EXPECT_EQ((*table)->digest(), dataset->digest());
    EXPECT_EQ((*table)->rows(), dataset->rows());
    EXPECT_EQ((*table)->statistics()[1].mean, dataset->columns(1).mean());
    EXPECT_EQ((*table)->size_bytes(), dataset->size_bytes());
  }
  EXPECT_EQ((*store().GetTable("datasets/d1"))->at(0, 0), 0.5);
  EXPECT_EQ((*store().GetTable("datasets/d2"))->at(1, 1), 4);
  EXPECT_THAT((*store().GetTable("datasets/c"))->categories(0), ElementsAre("blue", "red"));
  EXPECT_THAT(Create("datasets/c"), StatusIs(absl::StatusCode::kAlreadyExists));
}

TEST_F(DatasetStoreTest, CommitsWhatGoesWithIt) {
  auto draft = *store().NewDraft(1000);
  auto writer = *draft->Begin({"x"}, core::ElementType::kUint8, 1);
  ASSERT_THAT(writer.Append(std::vector<float>{1}), IsOk());
  const auto made =
      store().Create({.name = "datasets/a"}, std::move(draft), *std::move(writer).Finish(),
                     [](const v1::Dataset& dataset, CatalogueBatch& batch) {
                       batch.Put(RecordKind::kSetting, "key", dataset.uid());
                     });
  ASSERT_THAT(made, IsOk());
  std::string value;
  EXPECT_THAT(catalogue_.ForEachRecord(RecordKind::kSetting,
                                       [&](absl::string_view, absl::string_view bytes) {
                                         value = std::string(bytes);
                                         return absl::OkStatus();
                                       }),
              IsOk());
  EXPECT_EQ(value, made->uid());
}

TEST_F(DatasetStoreTest, ANewTableIsAccountedForBeforeItIsMade) {
  auto draft = *store().NewDraft(1000);
  ASSERT_THAT(draft->Reserve(1'000), IsOk());
  const auto writer = draft->Begin({"x", "y"}, core::ElementType::kFloat32, 2);
  ASSERT_THAT(writer, IsOk());
  EXPECT_EQ(budget_.total() - budget_.free(), 1'016);
  ASSERT_THAT(draft->Scratch(500), IsOk());
  EXPECT_EQ(budget_.total() - budget_.free(), 1'516);
  for (const int64_t rows : {int64_t{100'000}, INT64_MAX}) {
    auto other = *store().NewDraft(1000);
    EXPECT_THAT(other->Begin({"x"}, core::ElementType::kUint8, rows),
                StatusIs(absl::StatusCode::kResourceExhausted));
    EXPECT_THAT(other->Scratch(rows), StatusIs(absl::StatusCode::kResourceExhausted));
  }
}

TEST_F(DatasetStoreTest, NothingStaysOfADraftThatCameToNothing) {
  for (const bool finished : {false, true}) {
    auto draft = *store().NewDraft(1000);
    auto scratch = *draft->Scratch(4);
    ASSERT_THAT(scratch->Append(std::as_bytes(std::span("abcd", 4))), IsOk());
    auto writer = *draft->Begin({"x"}, core::ElementType::kUint8, 1);
    ASSERT_THAT(writer.Append(std::vector<float>{1}), IsOk());
    if (finished) {
      ASSERT_THAT(std::move(writer).Finish(), IsOk());
    }
  }
  EXPECT_THAT(files_.List("datasets"), IsOkAndHolds(IsEmpty()));
  EXPECT_EQ(budget_.free(), budget_.total());
}

TEST_F(DatasetStoreTest, ATakenNameIsRefused) {
  ASSERT_THAT(Create("datasets/a"), IsOk());
  EXPECT_THAT(Create("datasets/a"), StatusIs(absl::StatusCode::kAlreadyExists));
  EXPECT_THAT(store().CheckFree("datasets/a"), StatusIs(absl::StatusCode::kAlreadyExists));
  EXPECT_THAT(store().CheckFree("datasets/b"), IsOk());
  EXPECT_EQ(files_.List("datasets")->size(), 1u);
}

TEST_F(DatasetStoreTest, WhoUsesADeletedOneKeepsIt) {
  ASSERT_THAT(Create("datasets/a"), IsOk());
  auto table = store().GetTable("datasets/a");
  ASSERT_THAT(table, IsOk());
  EXPECT_THAT(store().Delete("datasets/a"), IsOk());
  EXPECT_THAT(store().Get("datasets/a"), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(store().Delete("datasets/a"), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(files_.List("datasets"), IsOkAndHolds(IsEmpty()));
  EXPECT_EQ((*table)->at(1, 1), 4);
  EXPECT_LT(budget_.free(), budget_.total());  // Still accounted for.
  table->reset();
  EXPECT_EQ(budget_.free(), budget_.total());
  Reopen();
  EXPECT_THAT(Names(), IsEmpty());
}

TEST_F(DatasetStoreTest, APinnedOneIsNotDeleted) {
  const auto dataset = Create("datasets/a");
  ASSERT_THAT(dataset, IsOk());
  {
    const auto pinned = store().Pin("datasets/a");
    ASSERT_THAT(pinned, IsOk());
    EXPECT_EQ(pinned->dataset.uid(), dataset->uid());
    EXPECT_EQ(pinned->table->at(1, 0), 3);
    const DatasetPin copy = pinned->pin;
    EXPECT_THAT(store().Delete("datasets/a"), HasReason("DATASET_IN_USE"));
    EXPECT_THAT(store().Delete("datasets/a"), StatusIs(absl::StatusCode::kFailedPrecondition));
    EXPECT_THAT(store().Get("datasets/a"), IsOk());
  }
  EXPECT_THAT(store().Delete("datasets/a"), IsOk());
  EXPECT_THAT(store().Pin("datasets/a"), StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(DatasetStoreTest, TheBudgetLimitsThem) {
  MemoryBudget small(100);
  DataStores stores;
  ASSERT_THAT(stores.Open(&catalogue_, &files_, &small), IsOk());
  EXPECT_THAT(AddDataset(*stores.datasets, {.name = "datasets/a"}, {"x"}, {1}),
              StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_EQ(small.free(), 100);
  EXPECT_THAT(files_.List("datasets"), IsOkAndHolds(IsEmpty()));
  // What is there already needs room too.
  ASSERT_THAT(Create("datasets/a"), IsOk());
  EXPECT_THAT(stores.Open(&catalogue_, &files_, &small),
              StatusIs(absl::StatusCode::kResourceExhausted));
}

TEST_F(DatasetStoreTest, ValuesInFilesAreMappedAndDontCount) {
  const TemporaryDirectory directory;
  const auto files = *PosixFileSystem::OpenRoot(directory / "data");
  MemoryCatalogue catalogue;
  DataStores stores;
  ASSERT_THAT(stores.Open(&catalogue, files.get(), &budget_), IsOk());
  const std::vector<float> values(200'000, 0.5F);
  const NewDataset name{.name = "datasets/a"};
  for (const bool restarted : {false, true}) {
    if (restarted) {
      ASSERT_THAT(stores.Open(&catalogue, files.get(), &budget_), IsOk());
    } else {
      ASSERT_THAT(AddDataset(*stores.datasets, name, {"x"}, values), IsOk());
    }
    EXPECT_GE(stores.datasets->Get("datasets/a")->size_bytes(), 800'000);
    EXPECT_GT(budget_.free(), budget_.total() - 10'000);
    const auto table = stores.datasets->GetTable("datasets/a");
    ASSERT_THAT(table, IsOk());
    EXPECT_TRUE((*table)->mapped());
    EXPECT_EQ((*table)->at(199'999, 0), 0.5);
  }
  // In memory they are too many.
  EXPECT_THAT(AddDataset(store(), name, {"x"}, values),
              StatusIs(absl::StatusCode::kResourceExhausted));
}

TEST_F(DatasetStoreTest, ListsWhatIsAskedForInTheOrderAskedFor) {
  for (const char* name : {"b", "a", "c"}) {
    std::vector<float> values(*name == 'a' ? 6 : 2, 1);
    NewDataset made{.name = absl::StrCat("datasets/", name)};
    made.labels["team"] = *name == 'b' ? "vision" : "speech";
    ASSERT_THAT(AddDataset(store(), made, {"x", "y"}, values), IsOk());
  }
  EXPECT_THAT(Names(), ElementsAre("datasets/a", "datasets/b", "datasets/c"));
  EXPECT_THAT(Names("", "rows desc"), ElementsAre("datasets/a", "datasets/b", "datasets/c"));
  EXPECT_THAT(Names("", "create_time"), ElementsAre("datasets/b", "datasets/a", "datasets/c"));
  EXPECT_THAT(Names("labels.team = speech AND rows < 3"), ElementsAre("datasets/c"));
  const auto page =
      store().List({.page_size = 2, .page_token = "", .filter = "", .order_by = "name desc"});
  ASSERT_THAT(page, IsOk());
  EXPECT_EQ(page->items.back().name(), "datasets/b");
  EXPECT_FALSE(page->next_page_token.empty());
  EXPECT_THAT(
      store().List({.page_size = {}, .page_token = "", .filter = "size = 3", .order_by = ""}),
      HasViolation("filter"));
}

TEST_F(DatasetStoreTest, OpenRemovesWhatNoRecordNames) {
  const auto dataset = Create("datasets/a");
  WriteFile(files_, "datasets/0123", "left");
  WriteFile(files_, absl::StrCat("datasets/", dataset->uid(), ".tmp"), "incomplete");
  Reopen();
  EXPECT_THAT(files_.List("datasets"), IsOkAndHolds(ElementsAre(dataset->uid())));
}

TEST_F(DatasetStoreTest, ARecordThatCantBeReadIsSaid) {
  CatalogueBatch batch;
  batch.Put(RecordKind::kDataset, "0123", "\xff\xff");
  ASSERT_THAT(catalogue_.Commit(batch), IsOk());
  EXPECT_THAT(DatasetStore::Open(&catalogue_, &files_, &budget_),
              StatusIs(absl::StatusCode::kDataLoss));
}

// What may be found in the place of a dataset's file.
struct Damage {
  const char* name;
  const char* reason;
  bool at_open;  // Seen without reading it.
  std::string (*of)(std::string bytes);
};

class DamagedDatasetTest : public DatasetStoreTest, public ::testing::WithParamInterface<Damage> {};

INSTANTIATE_TEST_SUITE_P(
    All, DamagedDatasetTest,
    ::testing::Values(Damage{"Value", "FILE_CORRUPT", false,
                             [](std::string bytes) {
                               bytes.back() = static_cast<char>(bytes.back() ^ 1);
                               return bytes;
                             }},
                      Damage{"Header", "FILE_CORRUPT", true,
                             [](std::string bytes) {
                               bytes[20] = static_cast<char>(bytes[20] ^ 1);
                               return bytes;
                             }},
                      Damage{"Cut", "FILE_TRUNCATED", true,
                             [](std::string bytes) { return bytes.substr(0, bytes.size() - 1); }},
                      Damage{"CutInHeader", "FILE_TRUNCATED", true,
                             [](std::string bytes) { return bytes.substr(0, 10); }},
                      Damage{"Longer", "FILE_FOREIGN", true,
                             [](std::string bytes) { return bytes + "x"; }},
                      Damage{"Foreign", "FILE_FOREIGN", true,
                             [](std::string bytes) { return std::string(bytes.size(), 'x'); }}),
    [](const auto& info) { return info.param.name; });

TEST_P(DamagedDatasetTest, IsNamedAndTakenOutOfServiceAndTheRestIsServed) {
  const std::string uid = Create("datasets/a")->uid();
  ASSERT_THAT(Create("datasets/b", {0.5, 2, 3, 4}), IsOk());
  const std::string path = absl::StrCat("datasets/", uid);
  WriteFile(files_, path, GetParam().of(ReadFile(files_, path)));
  Reopen();
  EXPECT_EQ(store().Get("datasets/a").ok(), !GetParam().at_open);
  for (int i = 0; i < 2; ++i) {
    const absl::Status status = store().GetTable("datasets/a").status();
    EXPECT_THAT(status, StatusIs(absl::StatusCode::kDataLoss));
    EXPECT_THAT(status, HasReason(GetParam().reason));
    EXPECT_THAT(std::string(status.message()), HasSubstr("datasets/a is lost"));
  }
  EXPECT_THAT(store().Get("datasets/a"), HasReason(GetParam().reason));
  EXPECT_THAT(store().Pin("datasets/a"), HasReason(GetParam().reason));
  EXPECT_THAT(Names(), ElementsAre("datasets/b"));
  EXPECT_EQ((*store().GetTable("datasets/b"))->at(0, 0), 0.5);
  EXPECT_THAT(files_.List("quarantine"), IsOkAndHolds(ElementsAre(absl::StrCat("datasets-", uid))));

  Reopen();
  EXPECT_THAT(store().Get("datasets/a"), HasReason("FILE_QUARANTINED"));
  EXPECT_THAT(Create("datasets/a"), StatusIs(absl::StatusCode::kAlreadyExists));
  EXPECT_THAT(store().Delete("datasets/a"), IsOk());
  EXPECT_THAT(files_.List("quarantine"), IsOkAndHolds(IsEmpty()));
  EXPECT_THAT(Create("datasets/a"), IsOk());
  Reopen();
  EXPECT_THAT(Names(), ElementsAre("datasets/a", "datasets/b"));
}

TEST_F(DatasetStoreTest, AMissingFileIsSaid) {
  const std::string uid = Create("datasets/a")->uid();
  ASSERT_THAT(files_.Remove(absl::StrCat("datasets/", uid)), IsOk());
  Reopen();
  EXPECT_THAT(store().Get("datasets/a"), HasReason("FILE_MISSING"));
  EXPECT_THAT(store().Delete("datasets/a"), IsOk());
}

// Whole and well, but another's.
TEST_F(DatasetStoreTest, TheFileOfAnotherDatasetIsNotTakenForIts) {
  for (const float value : {1.0F, 0.5F}) {
    const std::string a = Create("datasets/a", {value, 2, 3, 4})->uid();
    const std::string b = Create("datasets/b", {value, 2, 3, 5})->uid();
    WriteFile(files_, absl::StrCat("datasets/", a), ReadFile(files_, absl::StrCat("datasets/", b)));
    Reopen();
    EXPECT_THAT(store().GetTable("datasets/a"), HasReason("FILE_CORRUPT"));
    EXPECT_THAT(store().GetTable("datasets/b"), IsOk());
    EXPECT_THAT(store().Delete("datasets/a"), IsOk());
    EXPECT_THAT(store().Delete("datasets/b"), IsOk());
  }
}

}  // namespace
}  // namespace fnn::server
