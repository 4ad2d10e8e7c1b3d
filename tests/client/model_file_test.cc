// Versions as `.fnn` files, out and in.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "fnn/client.h"
#include "tests/client/mock_connection.h"

namespace fnn {
namespace {

using ::testing::ElementsAre;

ClientOptions Quick() {
  ClientOptions options;
  options.backoff = {absl::Nanoseconds(1), absl::Nanoseconds(1), 1};
  return options;
}

class ModelFileTest : public ::testing::Test {
 protected:
  ModelFileTest()
      : file_(std::filesystem::path(::testing::TempDir()) /
              ("fnn_model_file_test_" +
               std::string(::testing::UnitTest::GetInstance()->current_test_info()->name()))) {
    std::filesystem::remove(file_);
  }
  ~ModelFileTest() override { std::filesystem::remove(file_); }

  void ExpectExport(std::vector<std::string> parts, absl::Status end = absl::OkStatus()) {
    EXPECT_CALL(*mock_, ExportModel).WillOnce([=](const v1::ExportModelRequest& request) {
      EXPECT_EQ(request.name(), "models/m/aliases/best");
      std::vector<v1::ExportModelResponse> messages;
      for (const std::string& part : parts) {
        messages.push_back(
            Text<v1::ExportModelResponse>("model_version: 'models/m/versions/3' total_bytes: 6"));
        messages.back().set_data(part);
      }
      return Script(messages, end);
    });
  }
  std::string OnDisk() const {
    std::ifstream file(file_, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  const std::filesystem::path file_;
  std::shared_ptr<MockConnection> mock_ = MockConnection::Strict();
  Client client_{mock_, Quick()};
};

TEST_F(ModelFileTest, ExportsPartByPart) {
  ExpectExport({"abc", "d", "ef"});
  std::vector<std::string> parts;
  std::vector<int64_t> bytes;
  const auto exported = client_.ExportModel(
      "models/m/aliases/best",
      [&](absl::string_view part) {
        parts.emplace_back(part);
        return absl::OkStatus();
      },
      [&](const TransferProgress& progress) {
        bytes.push_back(progress.bytes);
        EXPECT_EQ(progress.total_bytes, 6);
      });
  ASSERT_TRUE(exported.ok()) << exported.status();
  EXPECT_EQ(exported->model_version, "models/m/versions/3");
  EXPECT_EQ(exported->bytes, 6);
  EXPECT_THAT(parts, ElementsAre("abc", "d", "ef"));
  EXPECT_THAT(bytes, ElementsAre(3, 4, 6));
}

TEST_F(ModelFileTest, TheErrorOfASinkEndsTheExport) {
  ExpectExport({"abc", "def"});
  int calls = 0;
  const auto exported = client_.ExportModel("models/m/aliases/best", [&](absl::string_view) {
    ++calls;
    return absl::ResourceExhaustedError("full");
  });
  EXPECT_EQ(exported.status(), absl::ResourceExhaustedError("full"));
  EXPECT_EQ(calls, 1);
}

TEST_F(ModelFileTest, AFileIsThereOnlyOnceItIsWhole) {
  std::ofstream(file_) << "before";
  ExpectExport({"abc"}, absl::UnavailableError("lost"));
  EXPECT_EQ(client_.ExportModelFile("models/m/aliases/best", file_).status().code(),
            absl::StatusCode::kUnavailable);
  EXPECT_EQ(OnDisk(), "before");
  ExpectExport({"abc"});
  EXPECT_EQ(client_.ExportModelFile("models/m/aliases/best", file_).status().code(),
            absl::StatusCode::kDataLoss);
  EXPECT_EQ(OnDisk(), "before");
  EXPECT_FALSE(std::filesystem::exists(file_.string() + ".part"));
  ExpectExport({"abc", "def"});
  EXPECT_TRUE(client_.ExportModelFile("models/m/aliases/best", file_).ok());
  EXPECT_EQ(OnDisk(), "abcdef");
  EXPECT_FALSE(std::filesystem::exists(file_.string() + ".part"));
}

TEST_F(ModelFileTest, AFolderThatIsNotThereAsksNothingOfTheServer) {
  EXPECT_EQ(client_.ExportModelFile("models/m", "/nonexistent/m.fnn").status().code(),
            absl::StatusCode::kNotFound);
  EXPECT_EQ(client_.ImportModelFile("/nonexistent/m.fnn").status().code(),
            absl::StatusCode::kNotFound);
}

TEST_F(ModelFileTest, ImportsInPartsAndOnceMoreWithTheSameId) {
  const std::string content = std::string(size_t{1} << 20, 'a') + "b";
  std::ofstream(file_, std::ios::binary) << content;
  std::vector<v1::ImportModelRequest> lost;
  std::vector<v1::ImportModelRequest> parts;
  EXPECT_CALL(*mock_, ImportModel)
      .WillOnce([&] {
        return std::make_unique<RecordingImport>(&lost, absl::UnavailableError("lost"), 1);
      })
      .WillOnce([&] {
        return std::make_unique<RecordingImport>(
            &parts, absl::OkStatus(), SIZE_MAX,
            Text<v1::ImportModelResponse>("model_version { name: 'models/m/versions/1' }"));
      });
  ImportOptions options;
  options.model_id = "m";
  const auto imported = client_.ImportModelFile(file_, options);
  ASSERT_TRUE(imported.ok()) << imported.status();
  EXPECT_EQ(imported->model_version().name(), "models/m/versions/1");
  ASSERT_EQ(lost.size(), 1u);
  ASSERT_EQ(parts.size(), 2u);
  EXPECT_EQ(parts[0].model_id(), "m");
  EXPECT_EQ(parts[0].request_id().size(), 36u);
  EXPECT_EQ(parts[0].request_id(), lost[0].request_id());
  EXPECT_EQ(parts[1].model_id() + parts[1].request_id(), "");
  EXPECT_TRUE(parts[0].data() + parts[1].data() == content);
}

TEST_F(ModelFileTest, AnEmptyFileIsOneEmptyPart) {
  std::vector<v1::ImportModelRequest> parts;
  EXPECT_CALL(*mock_, ImportModel).WillOnce([&] {
    return std::make_unique<RecordingImport>(&parts, absl::InvalidArgumentError("no .fnn file"));
  });
  std::istringstream nothing;
  EXPECT_EQ(client_.ImportModel(nothing).status(), absl::InvalidArgumentError("no .fnn file"));
  ASSERT_EQ(parts.size(), 1u);
  EXPECT_EQ(parts[0].data(), "");
}

}  // namespace
}  // namespace fnn
