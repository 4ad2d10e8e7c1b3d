// Backups of servers that go on working.

#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <map>
#include <string>
#include <thread>

#include "gtest/gtest.h"
#include "tests/server/testing.h"
#include "tests/status_matchers.h"

namespace fnn::server {
namespace {

using fnn::testing::HasReason;
using fnn::testing::IsOk;

class BackupTest : public ::testing::Test {
 protected:
  BackupTest() { std::filesystem::create_directories(folder_); }
  ~BackupTest() override { std::filesystem::remove_all(folder_); }

  ServerOptions Options(const std::string& directory) const {
    ServerOptions options = TestOptions();
    options.data_dir = (folder_ / directory).string();
    options.checkpoint_interval = absl::Seconds(1);
    return options;
  }
  std::string Path(const std::string& name) const { return (folder_ / name).string(); }

  // Some tenths of a second, with a checkpoint after each epoch.
  static v1::CreateRunRequest LongRun(const std::string& id) {
    v1::CreateRunRequest request = EndlessRun();
    request.set_run_id(id);
    request.set_model_id(id);
    request.mutable_spec()->mutable_options()->set_epochs(20);
    request.mutable_spec()->mutable_checkpoints()->set_every_epochs(1);
    return request;
  }
  static void Begin(const TestServer& server, const v1::CreateRunRequest& request) {
    v1::CreateRunResponse response;
    ASSERT_THAT(server.Call(&v1::TrainingService::Stub::CreateRun, request, &response), IsOk());
  }
  // The digests of a run's epochs, to its end.
  static std::vector<std::string> Digests(const TestServer& server, const std::string& id) {
    std::vector<std::string> digests;
    int64_t sequence = 0;
    const auto watched = Watch(server, "runs/" + id);
    EXPECT_THAT(watched.status, IsOk());
    for (const v1::WatchRunResponse& message : watched.messages) {
      for (const v1::RunEvent& event : message.update().events()) {
        EXPECT_EQ(event.sequence(), ++sequence);
        if (event.has_epoch()) digests.push_back(event.epoch().parameter_digest());
      }
    }
    EXPECT_EQ(GetRun(server, "runs/" + id).state(), v1::RUN_STATE_SUCCEEDED);
    return digests;
  }

  const std::filesystem::path folder_ =
      std::filesystem::path(::testing::TempDir()) / ("fnn-backup-" + std::to_string(getpid()));
};

// Several are made while runs start, train and end; each is a server that goes on to the same bits.
TEST_F(BackupTest, ContinuesEveryRunToTheSameBits) {
  std::map<std::string, std::vector<std::string>> expected;
  std::vector<std::string> copies;
  {
    TestServer server(Options("data"));
    ASSERT_THAT(Upload(server, "d", "a,b,y\n0,0,0\n0,1,1\n1,0,1\n1,1,0\n"), IsOk());
    for (int i = 0; i < 4; ++i) {
      Begin(server, LongRun("r" + std::to_string(i)));
      copies.push_back(Path("copy" + std::to_string(i)));
      EXPECT_THAT(server->BackUp(copies.back()), IsOk());
    }
    EXPECT_THAT(server->BackUp(copies.back()), HasReason("BACKUP_EXISTS"));
    for (int i = 0; i < 4; ++i) {
      const std::string id = "r" + std::to_string(i);
      expected[id] = Digests(server, id);
    }
  }
  for (size_t i = 0; i < copies.size(); ++i) {
    ServerOptions options = TestOptions();
    options.data_dir = copies[i];
    TestServer server(options);
    for (size_t r = 0; r <= i; ++r) {
      const std::string id = "r" + std::to_string(r);
      EXPECT_EQ(Digests(server, id), expected[id]) << copies[i] << " " << id;
    }
    v1::GetDatasetRequest request;
    request.set_name("datasets/d");
    v1::GetDatasetResponse dataset;
    EXPECT_THAT(server.Call(&v1::DatasetService::Stub::GetDataset, request, &dataset), IsOk());
    v1::GetRunRequest later;
    later.set_name("runs/r" + std::to_string(i + 1));
    v1::GetRunResponse none;
    EXPECT_EQ(server.Call(&v1::TrainingService::Stub::GetRun, later, &none).error_code(),
              grpc::StatusCode::NOT_FOUND);
  }
}

TEST_F(BackupTest, NeedsADataDirectory) {
  TestServer server;
  EXPECT_THAT(server->BackUp(Path("copy")), HasReason("NOT_DURABLE"));
  EXPECT_FALSE(std::filesystem::exists(Path("copy")));
}

}  // namespace
}  // namespace fnn::server
