// A server with a data directory: datasets and uploads.

#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/core/data/array_files.h"
#include "tests/server/testing.h"
#include "tests/status_matchers.h"
#include "xxhash.h"

namespace fnn::server {
namespace {

using fnn::testing::HasReason;
using fnn::testing::IsOk;
using fnn::testing::StatusIs;

class DataDirTest : public ::testing::Test {
 protected:
  DataDirTest() { std::filesystem::remove_all(folder_); }
  ~DataDirTest() override { std::filesystem::remove_all(folder_); }

  ServerOptions Options() const {
    ServerOptions options = TestOptions();
    options.data_dir = folder_.string();
    return options;
  }

  int64_t FilesOf(const std::string& folder) const {
    return std::distance(std::filesystem::directory_iterator(folder_ / folder), {});
  }

  const std::filesystem::path folder_ =
      std::filesystem::path(::testing::TempDir()) / ("fnn-data-dir-" + std::to_string(getpid()));
};

// Files of this process may grow to `bytes` as long as it lives.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{.rlim_cur = bytes, .rlim_max = before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() {
    setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }

 private:
  rlimit before_{};
  void (*handler_)(int);
};

// Rows of two features and a class, `rows` of them.
std::string Csv(int rows) {
  std::string text = "a,b,class\n";
  for (int i = 0; i < rows; ++i) {
    text += std::to_string(i % 7) + ".5," + std::to_string(i % 5) + "," + std::to_string(i % 2);
    text += "\n";
  }
  return text;
}

v1::CreateRunRequest RunOn(const std::string& dataset) {
  v1::CreateRunRequest request = QuickRun();
  request.mutable_spec()->mutable_data()->clear_inline_();
  request.mutable_spec()->mutable_data()->set_dataset(dataset);
  return request;
}

TEST_F(DataDirTest, TrainsOnAMappedDatasetAsOnOneInMemory) {
  std::string digest[2];
  for (const bool mapped : {false, true}) {
    TestServer server(mapped ? Options() : TestOptions());
    ASSERT_THAT(Upload(server, "d", Csv(100)), IsOk());
    v1::GetDatasetRequest request;
    request.set_name("datasets/d");
    v1::GetDatasetResponse dataset;
    ASSERT_THAT(server.Call(&v1::DatasetService::Stub::GetDataset, request, &dataset), IsOk());
    EXPECT_GE(dataset.dataset().size_bytes(), 1200);
    const Streamed<v1::TrainResponse> trained = Train(server, RunOn("datasets/d"));
    ASSERT_THAT(trained.status, IsOk());
    const v1::Run run = GetRun(server, trained.messages.at(0).run().name());
    EXPECT_EQ(run.state(), v1::RUN_STATE_SUCCEEDED);
    digest[mapped ? 1 : 0] = dataset.dataset().digest() + run.latest_epoch().parameter_digest();
    EXPECT_TRUE(!mapped || FilesOf("datasets") == 1);
  }
  EXPECT_EQ(digest[0], digest[1]);
}

TEST_F(DataDirTest, ArraysAreReadStraightIntoTheFile) {
  ServerOptions options = Options();
  options.storage_budget = 1'000'000;  // Less than the values.
  options.max_dataset_bytes = 10'000'000;
  TestServer server(options);
  const std::string header("\0\0\x09\x02\0\x0c\x35\0\0\0\0\2", 12);  // [800,000, 2], signed bytes
  ASSERT_THAT(Upload(server, "d", core::Gzip(header + std::string(1'600'000, '\xff'))), IsOk());
  v1::GetDatasetRequest request;
  request.set_name("datasets/d");
  v1::GetDatasetResponse dataset;
  ASSERT_THAT(server.Call(&v1::DatasetService::Stub::GetDataset, request, &dataset), IsOk());
  EXPECT_EQ(dataset.dataset().rows(), 800'000);
  EXPECT_EQ(dataset.dataset().columns(1).mean(), -1);
  EXPECT_GE(dataset.dataset().size_bytes(), 6'400'000);
  EXPECT_EQ(FilesOf("datasets"), 1);
  EXPECT_EQ(FilesOf("uploads"), 0);
}

// A column for each of 50 values takes far more than the text.
TEST_F(DataDirTest, CsvIsReadStraightIntoTheFile) {
  ServerOptions options = Options();
  options.storage_budget = 500'000;
  options.max_dataset_bytes = 10'000'000;
  TestServer server(options);
  std::string text = "word\n";
  for (int i = 0; i < 30'000; ++i) text += "w" + std::to_string(i % 50) + "\n";
  v1::FileFormat format;
  format.mutable_csv()->set_text_columns(v1::TEXT_COLUMNS_ONE_HOT);
  ASSERT_THAT(Upload(server, "d", text, format), IsOk());
  v1::GetDatasetRequest request;
  request.set_name("datasets/d");
  v1::GetDatasetResponse dataset;
  ASSERT_THAT(server.Call(&v1::DatasetService::Stub::GetDataset, request, &dataset), IsOk());
  EXPECT_EQ(dataset.dataset().rows(), 30'000);
  EXPECT_EQ(dataset.dataset().columns_size(), 50);
  EXPECT_DOUBLE_EQ(dataset.dataset().columns(49).mean(), 0.02);
  EXPECT_GE(dataset.dataset().size_bytes(), 1'500'000);
  EXPECT_EQ(FilesOf("datasets"), 1);
  EXPECT_EQ(FilesOf("uploads"), 0);
}

TEST_F(DataDirTest, AFullDiskIsSaidAndTheServerServesOn) {
  TestServer server(Options());
  {
    const FileSizeLimit limit(100'000);
    const grpc::Status status = Upload(server, "big", Csv(10'000));
    EXPECT_THAT(status, StatusIs(absl::StatusCode::kResourceExhausted));
    EXPECT_THAT(status, HasReason("DISK_FULL"));
    EXPECT_THAT(status.error_message(), ::testing::HasSubstr("make room on the disk"));
    EXPECT_THAT(Upload(server, "small", Csv(10)), IsOk());
  }
  EXPECT_TRUE(server.Serves());
  EXPECT_THAT(Upload(server, "big", Csv(10'000)), IsOk());
  const Streamed<v1::TrainResponse> trained = Train(server, RunOn("datasets/big"));
  EXPECT_THAT(trained.status, IsOk());
}

v1::Upload GetUpload(const TestServer& server, const std::string& name) {
  v1::GetUploadRequest request;
  request.set_name(name);
  v1::GetUploadResponse response;
  EXPECT_THAT(server.Call(&v1::DatasetService::Stub::GetUpload, request, &response), IsOk());
  return response.upload();
}

grpc::Status Finish(const TestServer& server, const std::string& name, v1::Dataset* dataset) {
  v1::FinishUploadRequest request;
  request.set_upload(name);
  v1::FinishUploadResponse response;
  grpc::Status status = server.Call(&v1::DatasetService::Stub::FinishUpload, request, &response);
  *dataset = response.dataset();
  return status;
}

TEST_F(DataDirTest, AnUploadGoesOnAfterARestartAndItsDatasetStays) {
  const std::string text = Csv(100);
  std::string name;
  for (size_t at = 0; at < text.size(); at += 500) {
    const TestServer server(Options());
    if (name.empty()) {
      ASSERT_THAT(BeginUpload(server, "d", &name), IsOk());
    }
    const v1::Upload upload = GetUpload(server, name);
    ASSERT_EQ(upload.received_bytes(), static_cast<int64_t>(at));
    ASSERT_EQ(upload.received_checksum(), XXH3_64bits(text.data(), at));
    v1::UploadChunksRequest chunk;
    chunk.set_upload(name);
    chunk.set_offset(upload.received_bytes());
    chunk.set_data(text.substr(at, 500));
    ASSERT_THAT(SendChunk(server, chunk), IsOk());
  }
  v1::Dataset made;
  for (int i = 0; i < 3; ++i) {
    const TestServer server(Options());
    v1::Dataset dataset;
    ASSERT_THAT(Finish(server, name, &dataset), IsOk());
    EXPECT_EQ(dataset.rows(), 100);
    if (i > 0) {
      EXPECT_EQ(dataset.SerializeAsString(), made.SerializeAsString());
    }
    made = dataset;
    EXPECT_TRUE(GetUpload(server, name).finished());
    EXPECT_THAT(Train(server, RunOn("datasets/d")).status, IsOk());
  }
}

TEST_F(DataDirTest, ADamagedDatasetIsNamedAndTheRestIsServed) {
  {
    const TestServer server(Options());
    ASSERT_THAT(Upload(server, "a", Csv(100)), IsOk());
    const auto file = std::filesystem::directory_iterator(folder_ / "datasets")->path();
    std::fstream(file, std::ios::in | std::ios::out).seekp(-1, std::ios::end).put('x');
    ASSERT_THAT(Upload(server, "b", Csv(50)), IsOk());
  }
  const TestServer server(Options());
  const grpc::Status refused = Train(server, RunOn("datasets/a")).status;
  EXPECT_THAT(refused, StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_THAT(refused, HasReason("FILE_CORRUPT"));
  EXPECT_THAT(refused.error_message(), ::testing::HasSubstr("datasets/a is lost"));
  EXPECT_EQ(FilesOf("quarantine"), 1);
  EXPECT_THAT(Train(server, RunOn("datasets/b")).status, IsOk());
  v1::ListDatasetsResponse list;
  ASSERT_THAT(server.Call(&v1::DatasetService::Stub::ListDatasets, {}, &list), IsOk());
  EXPECT_EQ(list.datasets_size(), 1);
}

TEST_F(DataDirTest, AFolderThatCantBeMadeIsSaid) {
  std::ofstream(folder_) << "a file";
  EXPECT_THAT(Server::Start(Options()), HasReason("DATA_DIRECTORY_NOT_AVAILABLE"));
}

}  // namespace
}  // namespace fnn::server
