// Uploads that stop, and how they go on.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <xxhash.h>

#include <csignal>
#include <memory>
#include <string>
#include <vector>

#include "tests/client/cli/cli_fixture.h"

namespace fnn::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Return;

class UploadCliTest : public CliFixture {
 protected:
  void ExpectCreate() {
    EXPECT_CALL(*mock_, CreateUpload)
        .WillOnce(Return(Text<v1::CreateUploadResponse>("upload { name: 'uploads/u' }")));
  }
  void ExpectStream(absl::Status end) {
    EXPECT_CALL(*mock_, UploadChunks).WillOnce([this, end] {
      return std::make_unique<RecordingUpload>(&chunks_, end);
    });
  }
  std::vector<v1::UploadChunksRequest> chunks_;
};

TEST_F(UploadCliTest, AnUploadThatBreaksTellsHowToGoOn) {
  ExpectCreate();
  ExpectStream(absl::UnavailableError("connection reset"));
  const std::string file = File("my data.csv", "1,2\n");
  EXPECT_EQ(Fnn({"dataset", "upload", file, "--reconnect-for", "0"}), 4);
  EXPECT_THAT(err_, HasSubstr("connection reset\n'fnn dataset upload '" + file +
                              "' --resume uploads/u' goes on where it stopped\n"));
}

TEST_F(UploadCliTest, SoDoesTheUploadOfATraining) {
  ExpectCreate();
  ExpectStream(absl::UnavailableError("connection reset"));
  const std::string file = File("d.csv", "1,2\n");
  EXPECT_EQ(Fnn({"train", "--model", "m", "--data", file, "--reconnect-for", "0"}), 4);
  EXPECT_THAT(err_, HasSubstr("'fnn dataset upload " + file + " --resume uploads/u' goes on"));
}

TEST_F(UploadCliTest, WhatTheServerRefusesIsNotGoneOnWith) {
  ExpectCreate();
  ExpectStream(absl::InvalidArgumentError("line 1"));
  EXPECT_EQ(Fnn({"dataset", "upload", File("d.csv", "x\n")}), 1);
  EXPECT_THAT(err_, Not(HasSubstr("--resume")));
  EXPECT_CALL(*mock_, CreateUpload).WillOnce(Return(absl::ResourceExhaustedError("full")));
  EXPECT_EQ(Fnn({"dataset", "upload", File("d.csv", "x\n")}), 1);
  EXPECT_EQ(err_, "fnn: full\n");
}

TEST_F(UploadCliTest, ResumeGoesOn) {
  EXPECT_CALL(*mock_, GetUpload).WillRepeatedly([](const v1::GetUploadRequest& request) {
    EXPECT_EQ(request.name(), "uploads/u");
    v1::GetUploadResponse response;
    response.mutable_upload()->set_name("uploads/u");
    response.mutable_upload()->set_received_bytes(2);
    response.mutable_upload()->set_received_checksum(XXH3_64bits("1,", 2));
    return response;
  });
  EXPECT_CALL(*mock_, FinishUpload).WillOnce([](const v1::FinishUploadRequest& request) {
    EXPECT_EQ(request.total_bytes(), 4);
    return Text<v1::FinishUploadResponse>("dataset { name: 'datasets/d' }");
  });
  ExpectStream(absl::OkStatus());
  EXPECT_EQ(Fnn({"dataset", "upload", File("d.csv", "1,2\n"), "--resume", "u"}), 0) << err_;
  ASSERT_EQ(chunks_.size(), 1u);
  EXPECT_EQ(chunks_[0].offset(), 2);
  EXPECT_EQ(chunks_[0].data(), "2\n");
  EXPECT_THAT(out_, HasSubstr("datasets/d"));

  const std::string other = File("other.csv", "3,4\n");
  EXPECT_EQ(Fnn({"dataset", "upload", other, "--resume", "uploads/u"}), 1);
  EXPECT_THAT(err_, HasSubstr(other + ": does not begin with the 2 bytes that uploads/u has"));
}

TEST_F(UploadCliTest, DescriptionAndLabelsAreSent) {
  EXPECT_CALL(*mock_, CreateUpload).WillOnce([](const v1::CreateUploadRequest& request) {
    EXPECT_EQ(request.description(), "digits");
    EXPECT_EQ(request.labels().at("team"), "vision");
    return absl::AlreadyExistsError("taken");
  });
  EXPECT_EQ(Fnn({"dataset", "upload", File("d.csv", "1\n"), "--description", "digits", "--label",
                 "team=vision"}),
            1);
}

// Interrupts the process once its first chunk has come.
class InterruptedUpload final : public UploadStream {
 public:
  bool Write(const v1::UploadChunksRequest&) override {
    ++written_;
    EXPECT_EQ(written_, 1);
    raise(SIGINT);
    return true;
  }
  absl::StatusOr<v1::UploadChunksResponse> Finish() override {
    ADD_FAILURE() << "the upload was not stopped";
    return v1::UploadChunksResponse();
  }

 private:
  int written_ = 0;
};

TEST_F(UploadCliTest, CtrlCStopsAndTellsHowToGoOn) {
  ExpectCreate();
  EXPECT_CALL(*mock_, UploadChunks).WillOnce([] { return std::make_unique<InterruptedUpload>(); });
  const std::string file = File("d.csv", std::string(size_t{3} << 20, '1'));
  EXPECT_EQ(Fnn({"dataset", "upload", file}), 130);
  EXPECT_EQ(err_, "fnn: the upload was stopped\n'fnn dataset upload " + file +
                      " --resume uploads/u' goes on where it stopped\n");
}

}  // namespace
}  // namespace fnn::cli
