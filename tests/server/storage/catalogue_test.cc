// What holds for every catalogue.

#include "server/storage/catalogue.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/storage/memory_catalogue.h"
#include "server/storage/sqlite_catalogue.h"
#include "tests/server/storage/temporary_directory.h"
#include "tests/status_matchers.h"

namespace fnn::server {
namespace {

using fnn::testing::IsOk;
using fnn::testing::TemporaryDirectory;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

using Records = std::vector<std::pair<std::string, std::string>>;

class CatalogueTest : public ::testing::TestWithParam<bool> {
 protected:
  void SetUp() override {
    if (!GetParam()) {
      catalogue_ = std::make_unique<MemoryCatalogue>();
      return;
    }
    auto catalogue = SqliteCatalogue::Open({.path = directory_ / "catalogue.db"});
    ASSERT_THAT(catalogue, IsOk());
    catalogue_ = *std::move(catalogue);
  }

  Records All(RecordKind kind) const {
    Records records;
    EXPECT_THAT(catalogue_->ForEachRecord(kind,
                                          [&](absl::string_view key, absl::string_view value) {
                                            records.emplace_back(key, value);
                                            return absl::OkStatus();
                                          }),
                IsOk());
    return records;
  }

  TemporaryDirectory directory_;
  std::unique_ptr<Catalogue> catalogue_;
};

INSTANTIATE_TEST_SUITE_P(All, CatalogueTest, ::testing::Bool(),
                         [](const auto& info) { return info.param ? "Sqlite" : "Memory"; });

TEST_P(CatalogueTest, KeepsWhatIsPut) {
  CatalogueBatch batch;
  batch.Put(RecordKind::kRun, "b", "1");
  batch.Put(RecordKind::kRun, "a", std::string("\0binary\xff", 8));
  batch.Put(RecordKind::kRun, "", "");
  batch.Put(RecordKind::kRun, std::string("a\0", 2), "3");
  batch.Put(RecordKind::kModel, "a", "model");
  ASSERT_THAT(catalogue_->Commit(batch), IsOk());
  EXPECT_THAT(All(RecordKind::kRun),
              ElementsAre(Pair("", ""), Pair("a", std::string("\0binary\xff", 8)),
                          Pair(std::string("a\0", 2), "3"), Pair("b", "1")));
  EXPECT_THAT(All(RecordKind::kModel), ElementsAre(Pair("a", "model")));
  EXPECT_THAT(All(RecordKind::kDataset), IsEmpty());
}

TEST_P(CatalogueTest, ChangesInOrder) {
  CatalogueBatch batch;
  batch.Put(RecordKind::kRun, "a", "1");
  batch.Put(RecordKind::kRun, "b", "1");
  ASSERT_THAT(catalogue_->Commit(batch), IsOk());
  CatalogueBatch second;
  second.Put(RecordKind::kRun, "a", "2");
  second.Delete(RecordKind::kRun, "b");
  second.Delete(RecordKind::kRun, "none");
  second.Delete(RecordKind::kRun, "c");
  second.Put(RecordKind::kRun, "c", "2");
  ASSERT_THAT(catalogue_->Commit(second), IsOk());
  EXPECT_THAT(All(RecordKind::kRun), ElementsAre(Pair("a", "2"), Pair("c", "2")));
  EXPECT_THAT(catalogue_->Commit({}), IsOk());
}

TEST_P(CatalogueTest, ReadsMoreThanAPage) {
  CatalogueBatch batch;
  Records all;
  for (int i = 1000; i < 1600; ++i) {
    batch.Put(RecordKind::kRun, absl::StrCat(i), absl::StrCat("value ", i));
    all.emplace_back(absl::StrCat(i), absl::StrCat("value ", i));
  }
  ASSERT_THAT(catalogue_->Commit(batch), IsOk());
  EXPECT_EQ(All(RecordKind::kRun), all);
}

TEST_P(CatalogueTest, TheFunctionMayCommitAndStop) {
  CatalogueBatch batch;
  for (const char* key : {"a", "b", "c"}) batch.Put(RecordKind::kRun, key, "");
  ASSERT_THAT(catalogue_->Commit(batch), IsOk());
  const absl::Status status = catalogue_->ForEachRecord(
      RecordKind::kRun, [&](absl::string_view key, absl::string_view) -> absl::Status {
        if (key == "b") return absl::CancelledError("stop");
        CatalogueBatch change;
        change.Delete(RecordKind::kRun, key);
        return catalogue_->Commit(change);
      });
  EXPECT_EQ(status, absl::CancelledError("stop"));
  EXPECT_THAT(All(RecordKind::kRun), ElementsAre(Pair("b", ""), Pair("c", "")));
}

}  // namespace
}  // namespace fnn::server
