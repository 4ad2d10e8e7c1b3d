// Runs `fnn` in process against a mocked connection.

#ifndef FNN_TESTS_CLIENT_CLI_CLI_FIXTURE_H_
#define FNN_TESTS_CLIENT_CLI_CLI_FIXTURE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "client/cli/cli.h"
#include "tests/client/mock_connection.h"

namespace fnn::cli {

class CliFixture : public ::testing::Test {
 protected:
  CliFixture()
      : folder_(std::filesystem::path(::testing::TempDir()) /
                ("fnn_cli_" +
                 std::string(::testing::UnitTest::GetInstance()->current_test_info()->name()) +
                 "_" + std::to_string(getpid()))) {
    std::filesystem::create_directories(folder_);
  }
  ~CliFixture() override { std::filesystem::remove_all(folder_); }

  // The exit code; what was written is then in `out_` and `err_`.
  int Fnn(const std::vector<std::string>& arguments) {
    std::istringstream in(in_);
    std::ostringstream out;
    std::ostringstream err;
    Environment env = {.in = in,
                       .out = out,
                       .err = err,
                       .err_is_terminal = terminal_,
                       .terminal_width = [] { return 100; },
                       .getenv = [this](const std::string& name) -> std::optional<std::string> {
                         const auto found = variables_.find(name);
                         if (found == variables_.end()) return std::nullopt;
                         return found->second;
                       },
                       .connect = [this](const std::string& target) -> std::shared_ptr<Connection> {
                         target_ = target;
                         return mock_;
                       }};
    const int code = cli::Run(arguments, env);
    out_ = out.str();
    err_ = err.str();
    return code;
  }

  // Writes a file into a folder of the test's own and gives its path.
  std::string File(const std::string& name, const std::string& content) {
    const auto path = folder_ / name;
    std::ofstream(path, std::ios::binary) << content;
    return path.string();
  }
  static std::string Read(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  // Accepts one upload, of which the dataset's name and the received bytes are told.
  void ExpectUpload(const std::string& dataset, std::string* received) {
    EXPECT_CALL(*mock_, CreateUpload)
        .WillOnce(::testing::Return(Text<v1::CreateUploadResponse>("upload { name: 'uploads/u' }")))
        .RetiresOnSaturation();
    EXPECT_CALL(*mock_, UploadChunks)
        .WillOnce([this] { return std::make_unique<RecordingUpload>(&chunks_, absl::OkStatus()); })
        .RetiresOnSaturation();
    EXPECT_CALL(*mock_, FinishUpload)
        .WillOnce([=, this](const v1::FinishUploadRequest&) {
          received->clear();
          for (const auto& chunk : chunks_) *received += chunk.data();
          chunks_.clear();
          return Text<v1::FinishUploadResponse>("dataset { name: '" + dataset +
                                                "' rows: 3823 columns {} columns {} }");
        })
        .RetiresOnSaturation();
  }

  std::shared_ptr<MockConnection> mock_ = MockConnection::Strict();
  std::string in_;
  bool terminal_ = false;
  std::map<std::string, std::string> variables_;
  std::string out_;
  std::string err_;
  std::string target_;

 private:
  const std::filesystem::path folder_;
  std::vector<v1::UploadChunksRequest> chunks_;
};

}  // namespace fnn::cli

#endif  // FNN_TESTS_CLIENT_CLI_CLI_FIXTURE_H_
