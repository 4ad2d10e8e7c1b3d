#include "client/src/upload.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <xxhash.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "fnn/client.h"
#include "tests/client/fake_waiter.h"
#include "tests/client/mock_connection.h"

namespace fnn {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Return;

std::string Content(size_t size) {
  std::string bytes(size, '\0');
  for (size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(i * 2654435761u >> 13);
  return bytes;
}

class UploadTest : public ::testing::Test {
 protected:
  void ExpectUpload(absl::Status end = absl::OkStatus(), size_t most = SIZE_MAX) {
    EXPECT_CALL(*mock_, CreateUpload).WillOnce([this](const v1::CreateUploadRequest& request) {
      created_ = request;
      return Text<v1::CreateUploadResponse>("upload { name: 'uploads/u' }");
    });
    EXPECT_CALL(*mock_, UploadChunks).WillOnce([this, end, most] {
      return std::make_unique<RecordingUpload>(&chunks_, end, most);
    });
  }
  void ExpectFinish(int64_t bytes) {
    EXPECT_CALL(*mock_, FinishUpload).WillOnce([=](const v1::FinishUploadRequest& request) {
      EXPECT_EQ(request.upload(), "uploads/u");
      EXPECT_EQ(request.total_bytes(), bytes);
      return Text<v1::FinishUploadResponse>("dataset { name: 'datasets/d' }");
    });
  }
  std::string Received() const {
    std::string bytes;
    for (const auto& chunk : chunks_) {
      EXPECT_EQ(chunk.upload(), "uploads/u");
      EXPECT_EQ(chunk.offset(), static_cast<int64_t>(bytes.size()));
      EXPECT_LE(chunk.data().size(), size_t{1} << 20);
      EXPECT_EQ(chunk.checksum(), XXH3_64bits(chunk.data().data(), chunk.data().size()));
      bytes += chunk.data();
    }
    return bytes;
  }

  std::shared_ptr<MockConnection> mock_ = MockConnection::Strict();
  Client client_{mock_};
  v1::CreateUploadRequest created_;
  std::vector<v1::UploadChunksRequest> chunks_;
};

TEST_F(UploadTest, SendsBytesInCheckedChunks) {
  const std::string bytes = Content((size_t{5} << 19) + 17);  // 2.5 MiB and a bit.
  ExpectUpload();
  ExpectFinish(static_cast<int64_t>(bytes.size()));
  std::vector<int64_t> sent;
  UploadOptions options;
  options.dataset_id = "d";
  options.on_progress = [&](const TransferProgress& progress) {
    sent.push_back(progress.bytes);
    EXPECT_EQ(progress.total_bytes, static_cast<int64_t>(bytes.size()));
  };
  const auto dataset = client_.UploadDatasetBytes(bytes, options);
  ASSERT_TRUE(dataset.ok()) << dataset.status();
  EXPECT_EQ(dataset->name(), "datasets/d");
  EXPECT_EQ(created_.dataset_id(), "d");
  EXPECT_FALSE(created_.has_format());
  EXPECT_EQ(Received(), bytes);
  EXPECT_EQ(chunks_.size(), 3u);
  EXPECT_THAT(sent, ElementsAre(1 << 20, 2 << 20, static_cast<int64_t>(bytes.size())));
}

TEST_F(UploadTest, AWholeNumberOfChunksHasNoEmptyOne) {
  ExpectUpload();
  ExpectFinish(2 << 20);
  std::istringstream stream(Content(2 << 20));
  EXPECT_TRUE(client_.UploadDataset(stream).ok());
  EXPECT_EQ(chunks_.size(), 2u);
  EXPECT_EQ(Received(), Content(2 << 20));
}

TEST_F(UploadTest, NothingIsOneEmptyChunk) {
  ExpectUpload();
  ExpectFinish(0);
  EXPECT_TRUE(client_.UploadDatasetBytes("").ok());
  ASSERT_EQ(chunks_.size(), 1u);
  EXPECT_EQ(Received(), "");
}

TEST_F(UploadTest, ReadsFiles) {
  const auto path = std::filesystem::path(::testing::TempDir()) / "fnn_client_test_upload.csv";
  std::ofstream(path) << "1,2\n3,4\n";
  ExpectUpload();
  ExpectFinish(8);
  EXPECT_TRUE(client_.UploadDataset(path).ok());
  EXPECT_EQ(Received(), "1,2\n3,4\n");
  std::filesystem::remove(path);
}

TEST_F(UploadTest, SeveralFilesAreSentAsOne) {
  // The first ends in the middle of a chunk, the second with one, and the third is empty.
  const std::string contents[] = {Content(3), Content((1 << 20) - 3), "", "tail"};
  std::vector<std::filesystem::path> paths;
  for (const std::string& content : contents) {
    paths.push_back(std::filesystem::path(::testing::TempDir()) /
                    ("fnn_client_test_upload_" + std::to_string(paths.size())));
    std::ofstream(paths.back(), std::ios::binary) << content;
  }
  ExpectUpload();
  ExpectFinish((1 << 20) + 4);
  UploadOptions options;
  options.on_progress = [](const TransferProgress& progress) {
    EXPECT_EQ(progress.total_bytes, (1 << 20) + 4);
  };
  EXPECT_TRUE(client_.UploadDatasetFiles(paths, options).ok());
  EXPECT_EQ(Received(), contents[0] + contents[1] + contents[3]);
  EXPECT_EQ(chunks_.size(), 2u);
  paths.push_back("/nonexistent/file");
  EXPECT_EQ(client_.UploadDatasetFiles(paths).status().code(), absl::StatusCode::kNotFound);
  for (const std::filesystem::path& path : paths) std::filesystem::remove(path);
}

TEST_F(UploadTest, AFileThatIsNotThereAsksNothingOfTheServer) {
  EXPECT_EQ(client_.UploadDataset(std::filesystem::path("/nonexistent/file")).status().code(),
            absl::StatusCode::kNotFound);
  EXPECT_EQ(client_.UploadDataset(std::filesystem::path("/")).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST_F(UploadTest, ABrokenStreamGivesItsReasonAndIsNotFinished) {
  ExpectUpload(absl::DataLossError("checksum"), 1);
  const auto dataset = client_.UploadDatasetBytes(Content(3 << 20));
  EXPECT_EQ(dataset.status(), absl::DataLossError("checksum"));
  EXPECT_EQ(chunks_.size(), 1u);
}

TEST_F(UploadTest, WhatIsSaidOfTheDatasetIsSentWithAnIdThatMakesItRepeatable) {
  EXPECT_CALL(*mock_, CreateUpload).WillOnce([](const v1::CreateUploadRequest& request) {
    EXPECT_EQ(request.description(), "digits");
    EXPECT_EQ(request.labels().at("team"), "vision");
    EXPECT_EQ(request.request_id().size(), 36u);
    return absl::AlreadyExistsError("taken");
  });
  UploadOptions options;
  options.description = "digits";
  options.labels = {{"team", "vision"}};
  EXPECT_EQ(client_.UploadDatasetBytes("1", options).status(), absl::AlreadyExistsError("taken"));
}

// ---- Going on -----------------------------------------------------------------------------------

constexpr int64_t kChunk = internal::kChunkBytes;
const absl::Status kLost = absl::UnavailableError("connection reset");

// A server that keeps what arrives. Its streams end as a script says.
class ResumeTest : public ::testing::Test {
 protected:
  // A stream that takes so many chunks and then ends.
  struct Line {
    size_t chunks;
    absl::Status end;
  };

  class Stream final : public UploadStream {
   public:
    Stream(ResumeTest* test, Line line) : test_(test), line_(std::move(line)) {}
    bool Write(const v1::UploadChunksRequest& chunk) override {
      if (line_.chunks-- == 0) return false;
      EXPECT_EQ(chunk.upload(), "uploads/u");
      EXPECT_EQ(chunk.offset(), static_cast<int64_t>(test_->received_.size()));
      EXPECT_EQ(chunk.checksum(), XXH3_64bits(chunk.data().data(), chunk.data().size()));
      test_->received_ += chunk.data();
      return true;
    }
    absl::StatusOr<v1::UploadChunksResponse> Finish() override {
      if (!line_.end.ok()) return line_.end;
      return v1::UploadChunksResponse();
    }

   private:
    ResumeTest* const test_;
    Line line_;
  };

  ResumeTest() {
    options_.resume = "uploads/u";
    ON_CALL(*mock_, GetUpload).WillByDefault([this](const v1::GetUploadRequest& request) {
      EXPECT_EQ(request.name(), "uploads/u");
      v1::GetUploadResponse response;
      response.mutable_upload()->set_name(request.name());
      response.mutable_upload()->set_received_bytes(static_cast<int64_t>(received_.size()));
      response.mutable_upload()->set_received_checksum(
          XXH3_64bits(received_.data(), received_.size()));
      response.mutable_upload()->set_finished(finished_);
      return response;
    });
    ON_CALL(*mock_, FinishUpload).WillByDefault([this](const v1::FinishUploadRequest& request) {
      EXPECT_EQ(request.total_bytes(), static_cast<int64_t>(received_.size()));
      return Text<v1::FinishUploadResponse>("dataset { name: 'datasets/d' }");
    });
  }

  // Each stream is the next of `lines`; then there is no server any more.
  absl::StatusOr<v1::Dataset> Send(internal::ByteSource& source, std::vector<Line> lines,
                                   bool is_new = true) {
    size_t next = 0;
    ON_CALL(*mock_, UploadChunks).WillByDefault([&, this] {
      ++streams_;
      const Line none = {0, kLost};
      return std::make_unique<Stream>(this, next < lines.size() ? lines[next++] : none);
    });
    internal::FakeWaiter waiter(&waits_);
    return internal::Upload(*mock_, source, is_new, options_, waiter);
  }

  std::shared_ptr<MockConnection> mock_ = MockConnection::Nice();
  UploadOptions options_;
  std::string received_;
  bool finished_ = false;
  int streams_ = 0;
  std::vector<absl::Duration> waits_;
};

TEST_F(ResumeTest, ABrokenStreamGoesOnFromWhatTheServerHas) {
  const std::string bytes = Content(5 * kChunk + 17);
  std::vector<int64_t> progress;
  int outages = 0;
  options_.on_progress = [&](const TransferProgress& p) { progress.push_back(p.bytes / kChunk); };
  options_.on_reconnect = [&](const ReconnectWait& wait) { outages += wait.reason == kLost; };
  const auto source = internal::BytesOf(bytes);
  const auto dataset = Send(*source, {{2, kLost}, {1, kLost}, {SIZE_MAX, absl::OkStatus()}});
  ASSERT_TRUE(dataset.ok()) << dataset.status();
  EXPECT_EQ(dataset->name(), "datasets/d");
  EXPECT_TRUE(received_ == bytes);
  EXPECT_THAT(progress, ElementsAre(1, 2, 3, 4, 5, 5));
  EXPECT_EQ(outages, 2);
  EXPECT_EQ(waits_.size(), 2u);
}

TEST_F(ResumeTest, AnUploadOfBeforeGoesOn) {
  const std::string bytes = Content(2 * kChunk);
  received_ = bytes.substr(0, 1000);
  std::istringstream stream(bytes);
  const auto source = internal::BytesOf(stream);
  ASSERT_TRUE(Send(*source, {{SIZE_MAX, absl::OkStatus()}}, /*is_new=*/false).ok());
  EXPECT_TRUE(received_ == bytes);
}

TEST_F(ResumeTest, WhatHasArrivedAlreadyIsFinishedOnly) {
  for (const bool finished : {false, true}) {
    received_ = "1,2\n";
    finished_ = finished;
    streams_ = 0;
    const auto source = internal::BytesOf(std::string_view("1,2\n"));
    const auto dataset = Send(*source, {{SIZE_MAX, absl::OkStatus()}}, /*is_new=*/false);
    ASSERT_TRUE(dataset.ok()) << dataset.status();
    EXPECT_EQ(streams_, finished ? 0 : 1);
    EXPECT_EQ(received_, "1,2\n");
  }
}

TEST_F(ResumeTest, AnotherFileIsRefused) {
  for (const std::string_view file : {"1,3\n5,6\n", "1,2", ""}) {
    received_ = "1,2\n";
    const auto source = internal::BytesOf(file);
    const absl::Status status = Send(*source, {}, /*is_new=*/false).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition) << file;
    EXPECT_THAT(std::string(status.message()),
                HasSubstr("the 4 bytes that uploads/u has received"));
    EXPECT_EQ(streams_, 0);
  }
}

TEST_F(ResumeTest, GivesUpWhenTheTimeIsOver) {
  options_.reconnect_for = absl::Seconds(10);
  const auto source = internal::BytesOf(std::string_view("1"));
  EXPECT_EQ(Send(*source, {}).status(), kLost);
  absl::Duration waited;
  for (const absl::Duration wait : waits_) waited += wait;
  EXPECT_EQ(waited, absl::Seconds(10));
}

TEST_F(ResumeTest, ProgressEndsAnOutage) {
  options_.reconnect_for = absl::Milliseconds(120);  // The second delay would take it beyond.
  std::vector<Line> lines(20, Line{1, kLost});
  lines.push_back({SIZE_MAX, absl::OkStatus()});
  const std::string bytes = Content(21 * kChunk);
  const auto source = internal::BytesOf(bytes);
  const auto dataset = Send(*source, lines);
  EXPECT_TRUE(dataset.ok()) << dataset.status();
  EXPECT_EQ(waits_.size(), 20u);
}

TEST_F(ResumeTest, AStreamThatTheServerHasNotSeenTheEndOfIsWaitedFor) {
  // The chunk of the first stream arrives after the server was asked.
  const std::string bytes = Content(2 * kChunk);
  const auto source = internal::BytesOf(bytes);
  const auto dataset = Send(*source, {{1, kLost},
                                      {0, absl::OutOfRangeError("offset must be 2097152")},
                                      {SIZE_MAX, absl::OkStatus()}});
  EXPECT_TRUE(dataset.ok()) << dataset.status();
  EXPECT_TRUE(received_ == bytes);
}

TEST_F(ResumeTest, AServerThatIsAwayIsAskedAgainAlsoAtTheEnd) {
  EXPECT_CALL(*mock_, FinishUpload)
      .WillOnce(Return(kLost))
      .WillOnce(Return(Text<v1::FinishUploadResponse>("dataset { name: 'datasets/d' }")));
  const auto source = internal::BytesOf(std::string_view("1"));
  EXPECT_TRUE(Send(*source, {{SIZE_MAX, absl::OkStatus()}}).ok());
  EXPECT_EQ(waits_.size(), 1u);
}

TEST_F(ResumeTest, AnUploadThatTheServerLostIsItsError) {
  EXPECT_CALL(*mock_, GetUpload).WillOnce(Return(absl::NotFoundError("no uploads/u")));
  const auto source = internal::BytesOf(std::string_view("1"));
  EXPECT_EQ(Send(*source, {{1, kLost}}).status(), absl::NotFoundError("no uploads/u"));
}

// A stream that can't be set back.
class PipeBuffer final : public std::stringbuf {
 public:
  using std::stringbuf::stringbuf;

 private:
  pos_type seekoff(off_type, std::ios_base::seekdir, std::ios_base::openmode) override {
    return pos_type(off_type(-1));
  }
  pos_type seekpos(pos_type, std::ios_base::openmode) override { return pos_type(off_type(-1)); }
};

TEST_F(ResumeTest, APipeIsSentOnceAndMayGoOnFromItsStart) {
  const std::string bytes = Content(3 * kChunk);
  {
    PipeBuffer buffer(bytes);
    std::istream pipe(&buffer);
    EXPECT_EQ(Send(*internal::BytesOf(pipe), {{2, kLost}}).status(), kLost);
    EXPECT_TRUE(waits_.empty());
  }
  PipeBuffer buffer(bytes);
  std::istream pipe(&buffer);
  const auto dataset =
      Send(*internal::BytesOf(pipe), {{SIZE_MAX, absl::OkStatus()}}, /*is_new=*/false);
  EXPECT_TRUE(dataset.ok()) << dataset.status();
  EXPECT_TRUE(received_ == bytes);
}

TEST_F(ResumeTest, StopsWhenItIsTold) {
  const std::string bytes = Content(3 * kChunk);
  options_.stop = [this] { return received_.size() >= static_cast<size_t>(2 * kChunk); };
  const auto source = internal::BytesOf(bytes);
  const auto dataset = Send(*source, {{SIZE_MAX, absl::OkStatus()}});
  EXPECT_EQ(dataset.status().code(), absl::StatusCode::kCancelled);
  EXPECT_EQ(received_.size(), static_cast<size_t>(2 * kChunk));
}

TEST_F(ResumeTest, SeveralFilesGoOnInTheMiddleOfOne) {
  std::vector<std::filesystem::path> paths;
  std::string all;
  for (const size_t size : {3, (1 << 20) + 5, 7}) {
    paths.push_back(std::filesystem::path(::testing::TempDir()) /
                    ("fnn_resume_test_" + std::to_string(paths.size())));
    std::ofstream(paths.back(), std::ios::binary) << Content(size);
    all += Content(size);
  }
  const auto source = internal::OpenFiles(paths);
  ASSERT_TRUE(source.ok()) << source.status();
  EXPECT_EQ((*source)->size(), static_cast<int64_t>(all.size()));
  EXPECT_TRUE(Send(**source, {{1, kLost}, {SIZE_MAX, absl::OkStatus()}}).ok());
  EXPECT_TRUE(received_ == all);
  for (const std::filesystem::path& path : paths) std::filesystem::remove(path);
}

}  // namespace
}  // namespace fnn
