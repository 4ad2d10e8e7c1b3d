// A server that keeps the values of datasets in files.

#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/core/data/array_files.h"
#include "tests/server/testing.h"
#include "tests/status_matchers.h"

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
    EXPECT_TRUE(!mapped || std::filesystem::is_empty(folder_ / "datasets"));
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
  EXPECT_TRUE(std::filesystem::is_empty(folder_ / "datasets"));
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
  EXPECT_TRUE(std::filesystem::is_empty(folder_ / "datasets"));
}

TEST_F(DataDirTest, AFullDiskIsSaidAndTheServerServesOn) {
  TestServer server(Options());
  {
    const FileSizeLimit limit(100'000);
    const grpc::Status status = Upload(server, "big", Csv(10'000));
    EXPECT_THAT(status, StatusIs(absl::StatusCode::kResourceExhausted));
    EXPECT_THAT(status, HasReason("DISK_FULL"));
    EXPECT_THAT(status.error_message(), ::testing::HasSubstr("no room for a table on the disk"));
    EXPECT_THAT(Upload(server, "small", Csv(10)), IsOk());
  }
  EXPECT_TRUE(server.Serves());
  EXPECT_THAT(Upload(server, "big", Csv(10'000)), IsOk());
  const Streamed<v1::TrainResponse> trained = Train(server, RunOn("datasets/big"));
  EXPECT_THAT(trained.status, IsOk());
}

TEST_F(DataDirTest, AFolderThatCantBeMadeIsSaid) {
  std::ofstream(folder_) << "a file";
  EXPECT_THAT(Server::Start(Options()), HasReason("DATA_DIRECTORY_NOT_AVAILABLE"));
}

}  // namespace
}  // namespace fnn::server
