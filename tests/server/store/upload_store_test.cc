#include "server/store/upload_store.h"

#include <atomic>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/base/checksum.h"
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

uint64_t ChecksumOf(absl::string_view bytes) {
  Checksum checksum;
  checksum.Update(std::as_bytes(std::span(bytes.data(), bytes.size())));
  return checksum.value();
}

class UploadStoreTest : public ::testing::Test {
 protected:
  UploadStoreTest() { Reopen(); }

  void Reopen() { EXPECT_THAT(stores_.Open(&catalogue_, &files_, &budget_, options_), IsOk()); }
  UploadStore& store() { return *stores_.uploads; }

  absl::StatusOr<v1::Upload> Create(const std::string& dataset = "datasets/a") {
    v1::Upload upload;
    upload.set_dataset(dataset);
    return store().Create(upload);
  }
  std::string Begin(const std::string& dataset = "datasets/a") {
    const absl::StatusOr<v1::Upload> upload = Create(dataset);
    EXPECT_THAT(upload, IsOk());
    return upload->name();
  }
  // The bytes that Finish would read; the upload stays.
  std::string Bytes(const std::string& name) {
    std::string bytes;
    EXPECT_THAT(store().Finish(name, std::nullopt,
                               [&](const UploadedFile& file) -> absl::StatusOr<v1::Dataset> {
                                 bytes = std::string(file.bytes);
                                 return absl::UnavailableError("only to look");
                               }),
                StatusIs(absl::StatusCode::kUnavailable));
    return bytes;
  }
  // The only file of an upload.
  std::string Path() { return absl::StrCat("uploads/", files_.List("uploads")->at(0)); }

  absl::Time now_ = absl::UnixEpoch() + absl::Hours(1);
  UploadStore::Options options_{.max_file_bytes = 10'000,
                                .max_total_bytes = 15'000,
                                .max_uploads = 3,
                                .sync_bytes = 2'000,
                                .expiry = absl::Minutes(1),
                                .now = [this] { return now_; }};
  MemoryBudget budget_{100'000};
  MemoryCatalogue catalogue_;
  MemoryFileSystem files_;
  DataStores stores_;
};

TEST_F(UploadStoreTest, PutsChunksTogetherAndBecomesADataset) {
  v1::Upload begun;
  begun.set_dataset("datasets/a");
  begun.set_description("two rows");
  (*begun.mutable_labels())["k"] = "v";
  const std::string name = store().Create(begun)->name();
  EXPECT_THAT(store().Append(name, 0, "1,2\n"), IsOk());
  EXPECT_THAT(store().Append(name, 4, "3,4\n"), IsOk());
  const absl::StatusOr<v1::Upload> upload = store().Get(name);
  ASSERT_THAT(upload, IsOk());
  EXPECT_EQ(upload->received_bytes(), 8);
  EXPECT_EQ(upload->received_checksum(), ChecksumOf("1,2\n3,4\n"));
  EXPECT_EQ(upload->description(), "two rows");
  EXPECT_FALSE(upload->finished());
  const auto dataset = stores_.Finish(name);
  ASSERT_THAT(dataset, IsOk());
  EXPECT_EQ(dataset->rows(), 2);
  EXPECT_EQ(dataset->description(), "two rows");
  EXPECT_EQ(dataset->labels().at("k"), "v");
  EXPECT_TRUE(store().Get(name)->finished());
  EXPECT_EQ(store().Get(name)->received_bytes(), 8);
  EXPECT_THAT(store().Append(name, 8, "x"), HasReason("UPLOAD_FINISHED"));
  EXPECT_THAT(files_.List("uploads"), IsOkAndHolds(IsEmpty()));
}

TEST_F(UploadStoreTest, FinishingAgainGivesTheSameAnswerUntilItExpires) {
  const std::string name = Begin();
  ASSERT_THAT(store().Append(name, 0, "1,2\n"), IsOk());
  const auto dataset = stores_.Finish(name);
  ASSERT_THAT(dataset, IsOk());
  for (const bool restarted : {false, true}) {
    if (restarted) Reopen();
    const auto again = store().Finish(name, 4, [](const UploadedFile&) {
      ADD_FAILURE() << "it is made once";
      return absl::StatusOr<v1::Dataset>(absl::InternalError(""));
    });
    ASSERT_THAT(again, IsOk());
    EXPECT_EQ(again->dataset, "datasets/a");
    EXPECT_EQ(again->uid, dataset->uid());
    EXPECT_EQ(stores_.datasets->Get("datasets/a")->uid(), dataset->uid());
    EXPECT_THAT(store().Finish(name, 5,
                               [](const UploadedFile&) {
                                 return absl::StatusOr<v1::Dataset>(absl::InternalError(""));
                               }),
                HasReason("UPLOAD_INCOMPLETE"));
  }
  now_ += absl::Minutes(2);
  EXPECT_THAT(stores_.Finish(name), StatusIs(absl::StatusCode::kNotFound));
  store().Sweep();
  Reopen();
  EXPECT_THAT(store().Get(name), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(stores_.datasets->Get("datasets/a"), IsOk());
}

TEST_F(UploadStoreTest, RefusesAWrongOffsetNamingTheRightOne) {
  const std::string name = Begin();
  ASSERT_THAT(store().Append(name, 0, "abc"), IsOk());
  for (const int64_t offset : {int64_t{0}, int64_t{2}, int64_t{4}, int64_t{-1}, INT64_MAX}) {
    const absl::Status status = store().Append(name, offset, "x");
    EXPECT_THAT(status, StatusIs(absl::StatusCode::kOutOfRange));
    EXPECT_THAT(status, HasViolation("offset"));
    EXPECT_THAT(std::string(status.message()), HasSubstr("must be 3,"));
  }
  EXPECT_EQ(store().Get(name)->received_bytes(), 3);
}

TEST_F(UploadStoreTest, KeepsWhatArrivedWhenTheSizeIsWrong) {
  const std::string name = Begin();
  ASSERT_THAT(store().Append(name, 0, "abc"), IsOk());
  const auto make = [](const UploadedFile&) {
    return absl::StatusOr<v1::Dataset>(absl::InternalError("not asked for"));
  };
  const absl::Status status = store().Finish(name, 5, make).status();
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(status, HasViolation("total_bytes"));
  EXPECT_THAT(std::string(status.message()), HasSubstr("has 5 bytes, but 3 have arrived"));
  ASSERT_THAT(store().Append(name, 3, "de"), IsOk());
  EXPECT_EQ(Bytes(name), "abcde");
}

TEST_F(UploadStoreTest, AFileThatCantBeReadIsDroppedAndOtherErrorsKeepIt) {
  const std::string name = Begin();
  ASSERT_THAT(store().Append(name, 0, "1,x\n"), IsOk());
  EXPECT_EQ(Bytes(name), "1,x\n");
  EXPECT_EQ(Bytes(name), "1,x\n");
  EXPECT_THAT(stores_.Finish(name), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(store().Get(name), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(files_.List("uploads"), IsOkAndHolds(IsEmpty()));
  EXPECT_THAT(files_.List("datasets"), IsOkAndHolds(IsEmpty()));
  EXPECT_EQ(budget_.free(), budget_.total());
  // One without a byte is as bad.
  EXPECT_THAT(stores_.Finish(Begin()), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(UploadStoreTest, RefusesAFileThatIsTooLarge) {
  const std::string name = Begin();
  ASSERT_THAT(store().Append(name, 0, std::string(9'999, 'x')), IsOk());
  const absl::Status status = store().Append(name, 9'999, "xy");
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_THAT(status, HasReason("DATASET_TOO_LARGE"));
  EXPECT_THAT(std::string(status.message()), HasSubstr("10001"));
  EXPECT_THAT(std::string(status.message()), HasSubstr("10000"));
  EXPECT_THAT(store().Append(name, 9'999, "x"), IsOk());
}

TEST_F(UploadStoreTest, AllUploadsTogetherHaveALimit) {
  const std::string first = Begin();
  const std::string second = Begin("datasets/b");
  ASSERT_THAT(store().Append(first, 0, std::string(10'000, 'x')), IsOk());
  for (const bool restarted : {false, true}) {
    if (restarted) {
      EXPECT_EQ(store().Get(first)->received_bytes(), 10'000);
      Reopen();
    }
    EXPECT_THAT(store().Append(second, 0, std::string(5'001, 'x')),
                HasReason("TOO_MANY_UPLOADED_BYTES"));
  }
  ASSERT_THAT(store().Append(second, 0, std::string(5'000, 'x')), IsOk());
  EXPECT_THAT(store().Append(second, 5'000, "x"), HasReason("TOO_MANY_UPLOADED_BYTES"));
  EXPECT_THAT(store().Delete(first), IsOk());
  EXPECT_THAT(store().Append(second, 5'000, "x"), IsOk());
}

TEST_F(UploadStoreTest, BytesInMemoryCountAndThoseOfADiskDoNot) {
  MemoryBudget small(5'000);
  DataStores stores;
  ASSERT_THAT(stores.Open(&catalogue_, &files_, &small, options_), IsOk());
  v1::Upload upload;
  upload.set_dataset("datasets/a");
  const std::string name = stores.uploads->Create(upload)->name();
  EXPECT_THAT(stores.uploads->Append(name, 0, std::string(5'000, 'x')),
              HasReason("STORAGE_MEMORY_EXCEEDED"));
  ASSERT_THAT(stores.uploads->Append(name, 0, std::string(1'000, 'x')), IsOk());
  ASSERT_THAT(stores.uploads->Delete(name), IsOk());
  EXPECT_EQ(small.free(), 5'000);

  const TemporaryDirectory directory;
  const auto files = *PosixFileSystem::OpenRoot(directory / "data");
  MemoryCatalogue catalogue;
  ASSERT_THAT(stores.Open(&catalogue, files.get(), &small, options_), IsOk());
  const std::string other = stores.uploads->Create(upload)->name();
  EXPECT_THAT(stores.uploads->Append(other, 0, std::string(9'000, 'x')), IsOk());
}

TEST_F(UploadStoreTest, GivesUpAbandonedOnes) {
  const std::string abandoned = Begin();
  ASSERT_THAT(store().Append(abandoned, 0, "abc"), IsOk());
  now_ += absl::Seconds(40);
  const std::string used = Begin("datasets/b");
  now_ += absl::Seconds(30);
  EXPECT_THAT(store().Append(abandoned, 3, "x"), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(store().Append(used, 0, "x"), IsOk());
  now_ += absl::Seconds(59);
  EXPECT_THAT(store().Append(used, 1, "x"), IsOk());
  now_ += absl::Seconds(61);
  store().Sweep();
  EXPECT_EQ(budget_.free(), budget_.total());
  EXPECT_THAT(files_.List("uploads"), IsOkAndHolds(IsEmpty()));
}

TEST_F(UploadStoreTest, TheTimeInWhichTheServerDidNotRunDoesNotCount) {
  const std::string name = Begin();
  ASSERT_THAT(store().Append(name, 0, "abc"), IsOk());
  EXPECT_EQ(store().Get(name)->received_bytes(), 3);
  now_ += absl::Hours(5);
  Reopen();
  EXPECT_THAT(store().Append(name, 3, "d"), IsOk());
  now_ += absl::Seconds(61);
  EXPECT_THAT(store().Get(name), StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(UploadStoreTest, TheirNumberIsLimitedWithoutTheFinished) {
  const std::string first = Begin();
  Begin("datasets/b");
  Begin("datasets/c");
  EXPECT_THAT(Create("datasets/d"), HasReason("TOO_MANY_UPLOADS"));
  Reopen();
  EXPECT_THAT(Create("datasets/d"), HasReason("TOO_MANY_UPLOADS"));
  ASSERT_THAT(store().Append(first, 0, "1,2\n"), IsOk());
  ASSERT_THAT(stores_.Finish(first), IsOk());
  EXPECT_THAT(Create("datasets/d"), IsOk());
  EXPECT_THAT(Create("datasets/e"), HasReason("TOO_MANY_UPLOADS"));
  ASSERT_THAT(store().Delete(first), IsOk());  // Was not counted any more.
  EXPECT_THAT(Create("datasets/e"), HasReason("TOO_MANY_UPLOADS"));
}

TEST_F(UploadStoreTest, ADeletedOneIsGone) {
  const std::string name = Begin();
  ASSERT_THAT(store().Append(name, 0, "abc"), IsOk());
  EXPECT_THAT(store().Delete(name), IsOk());
  EXPECT_THAT(store().Delete(name), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(store().Append(name, 3, "d"), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(files_.List("uploads"), IsOkAndHolds(IsEmpty()));
  Reopen();
  EXPECT_THAT(store().Get(name), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_EQ(budget_.free(), budget_.total());
}

TEST_F(UploadStoreTest, WhileItIsFinishedNothingElseIsDoneWithIt) {
  const std::string name = Begin();
  ASSERT_THAT(store().Append(name, 0, "1,2\n"), IsOk());
  const auto finished =
      store().Finish(name, std::nullopt, [&](const UploadedFile&) -> absl::StatusOr<v1::Dataset> {
        EXPECT_THAT(store().Append(name, 4, "x"), HasReason("UPLOAD_BEING_FINISHED"));
        EXPECT_THAT(store().Delete(name), HasReason("UPLOAD_BEING_FINISHED"));
        EXPECT_THAT(stores_.Finish(name), HasReason("UPLOAD_BEING_FINISHED"));
        now_ += absl::Hours(1);
        store().Sweep();
        EXPECT_THAT(files_.List("uploads"), IsOkAndHolds(::testing::SizeIs(1)));
        return absl::UnavailableError("");
      });
  EXPECT_THAT(finished, StatusIs(absl::StatusCode::kUnavailable));
}

// Interrupted anywhere, with streams that break and a server that restarts.
TEST_F(UploadStoreTest, GoesOnFromWhereItIsToldAfterARestart) {
  std::mt19937 random(7);
  std::string text;
  while (text.size() < 9'000) absl::StrAppend(&text, random() % 1000, ",", random() % 10, "\n");
  for (int trial = 0; trial < 50; ++trial) {
    const std::string name = Begin();
    int64_t told = 0;
    for (int64_t at = 0; at < static_cast<int64_t>(text.size());) {
      const auto chunk = absl::string_view(text).substr(at, random() % 700);
      ASSERT_THAT(store().Append(name, at, chunk), IsOk());
      at += static_cast<int64_t>(chunk.size());
      if (random() % 4 == 0) {
        const auto upload = store().Get(name);
        ASSERT_THAT(upload, IsOk());
        ASSERT_EQ(upload->received_bytes(), at);
        told = at;
      }
      if (random() % 6 != 0) continue;
      // What was not told of is a torn tail: anything at all.
      const std::string path = Path();
      std::string bytes = ReadFile(files_, path);
      const int64_t durable = [&] {
        MemoryBudget budget(100'000);
        DataStores other;
        EXPECT_THAT(other.Open(&catalogue_, &files_, &budget, options_), IsOk());
        return other.uploads->Get(name)->received_bytes();
      }();
      ASSERT_GE(durable, told);
      ASSERT_LT(at - durable, options_.sync_bytes);
      bytes.resize(64 + static_cast<size_t>(durable) + random() % 50, '?');
      WriteFile(files_, path, bytes);
      Reopen();
      const auto upload = store().Get(name);
      ASSERT_THAT(upload, IsOk());
      ASSERT_EQ(upload->received_bytes(), durable);
      ASSERT_EQ(upload->received_checksum(),
                ChecksumOf(absl::string_view(text).substr(0, durable)));
      at = durable;
    }
    ASSERT_EQ(Bytes(name), text);
    if (trial % 2 == 0) Reopen();
    const auto upload = store().Get(name);
    ASSERT_THAT(upload, IsOk());
    if (upload->received_bytes() < static_cast<int64_t>(text.size())) {
      ASSERT_THAT(store().Append(name, upload->received_bytes(),
                                 absl::string_view(text).substr(upload->received_bytes())),
                  IsOk());
    }
    const auto dataset = stores_.Finish(name);
    ASSERT_THAT(dataset, IsOk());
    ASSERT_THAT(stores_.datasets->Delete("datasets/a"), IsOk());
    ASSERT_THAT(store().Delete(name), IsOk());
  }
}

TEST_F(UploadStoreTest, DamagedBytesAreNamedAndTakenOutOfService) {
  for (const char* reason : {"FILE_CORRUPT", "FILE_TRUNCATED", "FILE_FOREIGN", "FILE_MISSING"}) {
    const std::string name = Begin();
    const std::string other = Begin("datasets/b");
    ASSERT_THAT(store().Append(name, 0, "1,2\n3,4\n"), IsOk());
    ASSERT_EQ(store().Get(name)->received_bytes(), 8);
    const std::string path = Path();
    std::string bytes = ReadFile(files_, path);
    if (std::string(reason) == "FILE_CORRUPT") bytes[66] = '7';
    if (std::string(reason) == "FILE_TRUNCATED") bytes.pop_back();
    if (std::string(reason) == "FILE_FOREIGN") bytes = std::string(bytes.size(), 'x');
    WriteFile(files_, path, bytes);
    if (std::string(reason) == "FILE_MISSING") {
      ASSERT_THAT(files_.Remove(path), IsOk());
    }
    Reopen();
    EXPECT_THAT(store().Append(name, 8, "5,6\n"), StatusIs(absl::StatusCode::kDataLoss));
    EXPECT_THAT(store().Get(name), HasReason(reason));
    EXPECT_THAT(stores_.Finish(name), HasReason(reason));
    EXPECT_THAT(store().Append(other, 0, "5,6\n"), IsOk());
    EXPECT_THAT(store().Delete(name), IsOk());
    EXPECT_THAT(store().Delete(other), IsOk());
    EXPECT_THAT(files_.List("quarantine"), IsOkAndHolds(IsEmpty()));
  }
}

TEST_F(UploadStoreTest, OpenRemovesWhatNoRecordNames) {
  const std::string name = Begin();
  ASSERT_THAT(store().Append(name, 0, "1,2\n"), IsOk());
  ASSERT_THAT(store().Get(name), IsOk());
  const std::string kept = Path();
  WriteFile(files_, "uploads/zzzz", "left");
  Reopen();
  EXPECT_THAT(files_.List("uploads"), IsOkAndHolds(::testing::SizeIs(1)));
  EXPECT_EQ(Path(), kept);
}

TEST_F(UploadStoreTest, TinyChunksTakeNoMoreThanTheirBytes) {
  const std::string name = Begin();
  const int64_t before = budget_.free();
  for (int64_t i = 0; i < 5'000; ++i) ASSERT_THAT(store().Append(name, i, "x"), IsOk());
  EXPECT_EQ(before - budget_.free(), 5'000);
  EXPECT_EQ(Bytes(name), std::string(5'000, 'x'));
}

TEST_F(UploadStoreTest, StreamsThatRaceNeverMixTheirBytes) {
  const std::string name = Begin();
  std::atomic<int> taken = 0;
  std::vector<std::thread> streams;
  for (int t = 0; t < 4; ++t) {
    streams.emplace_back([&, t] {
      for (int64_t i = 0; i < 200; ++i) {
        const std::string chunk(10, static_cast<char>('a' + t));
        if (store().Append(name, i * 10, chunk).ok()) ++taken;
        if (i % 50 == 0) {
          EXPECT_THAT(store().Get(name), IsOk());
        }
      }
    });
  }
  for (std::thread& stream : streams) stream.join();
  const std::string bytes = Bytes(name);
  EXPECT_EQ(bytes.size(), static_cast<size_t>(taken) * 10);
  for (size_t i = 0; i < bytes.size(); i += 10) {
    EXPECT_EQ(bytes.substr(i, 10), std::string(10, bytes[i]));
  }
}

}  // namespace
}  // namespace fnn::server
