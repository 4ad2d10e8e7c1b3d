#include "server/store/memory_upload_store.h"

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/status_matchers.h"

namespace fnn::server {
namespace {

using fnn::testing::HasReason;
using fnn::testing::HasViolation;
using fnn::testing::IsOk;
using fnn::testing::StatusIs;
using ::testing::HasSubstr;

class MemoryUploadStoreTest : public ::testing::Test {
 protected:
  std::string Begin() {
    const absl::StatusOr<v1::Upload> upload = store_.Create("datasets/a", v1::FileFormat());
    EXPECT_THAT(upload, IsOk());
    return upload->name();
  }

  absl::Time now_ = absl::UnixEpoch();
  MemoryBudget budget_{100'000};
  MemoryUploadStore store_{{.max_file_bytes = 10'000,
                            .max_uploads = 3,
                            .expiry = absl::Minutes(1),
                            .now = [this] { return now_; }},
                           &budget_};
};

TEST_F(MemoryUploadStoreTest, PutsChunksTogether) {
  const std::string name = Begin();
  EXPECT_THAT(store_.Append(name, 0, "1,2\n"), IsOk());
  const absl::StatusOr<v1::Upload> upload = store_.Append(name, 4, "3,4\n");
  ASSERT_THAT(upload, IsOk());
  EXPECT_EQ(upload->received_bytes(), 8);
  {
    const absl::StatusOr<UploadedFile> file = store_.Take(name, 8);
    ASSERT_THAT(file, IsOk());
    EXPECT_EQ(file->text, "1,2\n3,4\n");
    EXPECT_EQ(file->dataset, "datasets/a");
    EXPECT_LT(budget_.free(), budget_.total());
  }
  EXPECT_EQ(budget_.free(), budget_.total());
  EXPECT_THAT(store_.Append(name, 8, "x"), StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(MemoryUploadStoreTest, RefusesAWrongOffsetNamingTheRightOne) {
  const std::string name = Begin();
  ASSERT_THAT(store_.Append(name, 0, "abc"), IsOk());
  for (const int64_t offset : {int64_t{0}, int64_t{2}, int64_t{4}, int64_t{-1}}) {
    const auto status = store_.Append(name, offset, "x").status();
    EXPECT_THAT(status, StatusIs(absl::StatusCode::kOutOfRange));
    EXPECT_THAT(status, HasViolation("offset"));
    EXPECT_THAT(std::string(status.message()), HasSubstr("must be 3,"));
  }
  EXPECT_EQ(store_.Get(name)->received_bytes(), 3);
}

TEST_F(MemoryUploadStoreTest, KeepsWhatArrivedWhenTheSizeIsWrong) {
  const std::string name = Begin();
  ASSERT_THAT(store_.Append(name, 0, "abc"), IsOk());
  const auto status = store_.Take(name, 5).status();
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(status, HasViolation("total_bytes"));
  EXPECT_THAT(std::string(status.message()), HasSubstr("has 5 bytes, but 3 have arrived"));
  ASSERT_THAT(store_.Append(name, 3, "de"), IsOk());
  EXPECT_EQ(store_.Take(name, 5)->text, "abcde");
}

TEST_F(MemoryUploadStoreTest, RefusesAFileThatIsTooLarge) {
  const std::string name = Begin();
  ASSERT_THAT(store_.Append(name, 0, std::string(9'999, 'x')), IsOk());
  const auto status = store_.Append(name, 9'999, "xy").status();
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_THAT(status, HasReason("DATASET_TOO_LARGE"));
  EXPECT_THAT(std::string(status.message()), HasSubstr("10001"));
  EXPECT_THAT(std::string(status.message()), HasSubstr("10000"));
  EXPECT_THAT(store_.Append(name, 9'999, "x"), IsOk());
}

TEST_F(MemoryUploadStoreTest, AllUploadsTogetherHaveALimit) {
  MemoryBudget budget(5'000);
  MemoryUploadStore store({}, &budget);
  const std::string name = store.Create("datasets/a", v1::FileFormat())->name();
  ASSERT_THAT(store.Append(name, 0, std::string(3'000, 'x')), IsOk());
  EXPECT_THAT(store.Append(name, 3'000, std::string(3'000, 'x')),
              StatusIs(absl::StatusCode::kResourceExhausted));
  // Reading takes three times as much; the upload stays.
  EXPECT_THAT(store.Take(name, std::nullopt), StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_EQ(store.Get(name)->received_bytes(), 3'000);
}

TEST_F(MemoryUploadStoreTest, GivesUpAbandonedOnes) {
  const std::string abandoned = Begin();
  ASSERT_THAT(store_.Append(abandoned, 0, "abc"), IsOk());
  now_ += absl::Seconds(40);
  const std::string used = Begin();
  now_ += absl::Seconds(30);
  EXPECT_THAT(store_.Append(abandoned, 3, "x"), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(store_.Append(used, 0, "x"), IsOk());
  now_ += absl::Seconds(59);
  EXPECT_THAT(store_.Append(used, 1, "x"), IsOk());
  now_ += absl::Seconds(61);
  store_.Sweep();
  EXPECT_EQ(budget_.free(), budget_.total());
}

TEST_F(MemoryUploadStoreTest, TheirNumberIsLimited) {
  Begin();
  Begin();
  Begin();
  EXPECT_THAT(store_.Create("datasets/a", v1::FileFormat()), HasReason("TOO_MANY_UPLOADS"));
}

TEST_F(MemoryUploadStoreTest, TinyChunksTakeNoMoreThanTheirBytes) {
  const std::string name = Begin();
  for (int64_t i = 0; i < 5'000; ++i) ASSERT_THAT(store_.Append(name, i, "x"), IsOk());
  EXPECT_EQ(store_.Take(name, 5'000)->text, std::string(5'000, 'x'));
}

TEST_F(MemoryUploadStoreTest, StreamsThatRaceNeverMixTheirBytes) {
  const std::string name = Begin();
  std::atomic<int> taken = 0;
  std::vector<std::thread> streams;
  for (int t = 0; t < 4; ++t) {
    streams.emplace_back([&, t] {
      for (int64_t i = 0; i < 200; ++i) {
        const std::string chunk(10, static_cast<char>('a' + t));
        if (store_.Append(name, i * 10, chunk).ok()) ++taken;
      }
    });
  }
  for (std::thread& stream : streams) stream.join();
  const absl::StatusOr<UploadedFile> file = store_.Take(name, std::nullopt);
  ASSERT_THAT(file, IsOk());
  EXPECT_EQ(file->text.size(), static_cast<size_t>(taken) * 10);
  for (size_t i = 0; i < file->text.size(); i += 10) {
    EXPECT_EQ(file->text.substr(i, 10), std::string(10, file->text[i]));
  }
}

}  // namespace
}  // namespace fnn::server
