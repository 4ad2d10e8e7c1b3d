// What outlives the server, as a person sees it at the command line: runs and their watchers,
// uploads, versions. The server is killed and started again on the same data.

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "tests/e2e/process.h"

namespace fnn::e2e {
namespace {

using ::testing::HasSubstr;

// The numbers that follow `pattern` in a text, in order.
std::vector<int64_t> Numbers(const std::string& text, const std::string& pattern) {
  const std::regex regex(pattern + "(\\d+)");
  std::vector<int64_t> numbers;
  for (std::sregex_iterator at(text.begin(), text.end(), regex), end; at != end; ++at) {
    numbers.push_back(std::stoll((*at)[1]));
  }
  return numbers;
}

std::vector<int64_t> UpTo(int64_t last) {
  std::vector<int64_t> numbers;
  for (int64_t i = 1; i <= last; ++i) numbers.push_back(i);
  return numbers;
}

class DurableCli : public testing::Test {
 protected:
  Finished Fnn(std::vector<std::string> arguments, const std::string& input = "") {
    arguments.insert(arguments.begin(), {Program("fnn"), "--server", server_.address()});
    return RunProgram(arguments, input);
  }
  std::string FnnOut(const std::vector<std::string>& arguments) {
    const Finished finished = Fnn(arguments);
    EXPECT_EQ(finished.exit_code, 0) << finished.out << finished.err;
    return finished.out;
  }

  void StartRun(const std::string& id, int epochs = 400) {
    FnnOut({"run", "start", "--data", "datasets/digits", "--layers", "64 > 64:relu > 10:softmax",
            "--epochs", std::to_string(epochs), "--seed", "7", "--run-id", id, "--model-id", id,
            "--checkpoint-every", "20"});
  }
  void UploadDigits() {
    FnnOut({"dataset", "upload", "tests/data/optdigits.tra", "--id", "digits"});
  }
  int64_t LastSequence(const std::string& run) {
    return Numbers(FnnOut({"run", "get", run, "-o", "json"}), "\"lastSequence\": \"").at(0);
  }
  std::string State(const std::string& run) {
    const std::string json = FnnOut({"run", "get", run, "-o", "json"});
    std::smatch match;
    std::regex_search(json, match, std::regex("RUN_STATE_(\\w+)"));
    return match[1];
  }
  void WaitForState(const std::string& run, const std::string& state) {
    std::string now;
    while ((now = State(run)) != state) {
      ASSERT_NE(now, "FAILED");
      ASSERT_TRUE(now != "SUCCEEDED" || state == "SUCCEEDED") << "the run ended too early";
    }
  }
  // All of a run's history that does not depend on time.
  std::string History(const std::string& run) {
    return std::regex_replace(FnnOut({"run", "history", run, "-o", "csv"}),
                              std::regex(",[^,\n]*,[^,\n]*\n"), "\n");
  }
  void Restart(int signal) {
    server_.Stop(signal);
    server_.Start();
  }

  ServerProcess server_;
  TemporaryFolder folder_;
};

TEST_F(DurableCli, WatchersSeeEverySequenceOnceThroughThreeRestarts) {
  UploadDigits();
  StartRun("r", 1'000'000);  // Which never ends by itself.
  Finished cpp;
  Finished python;
  std::thread watch([&] { cpp = Fnn({"-o", "ndjson", "run", "watch", "r"}); });
  std::thread example([&] {
    python = RunProgram({"/usr/bin/python3", "client/examples/watch.py", "r", server_.address()},
                        "", {"PYTHONPATH=" FNN_BINARY_DIR "/proto/gen/python"});
  });
  for (int64_t restart = 1; restart <= 3; ++restart) {
    while (LastSequence("r") < 50 * restart) {
    }
    WaitForState("r", "RUNNING");
    Restart(restart == 2 ? SIGTERM : SIGKILL);
  }
  FnnOut({"run", "cancel", "r"});
  watch.join();
  example.join();
  ASSERT_EQ(cpp.exit_code, 5) << cpp.err;  // The run did not succeed.
  ASSERT_EQ(python.exit_code, 0) << python.err;
  const std::vector<int64_t> all = UpTo(LastSequence("r"));
  EXPECT_GT(all.size(), 150u);
  EXPECT_EQ(Numbers(cpp.out, "\"sequence\":\""), all);
  EXPECT_EQ(Numbers("\n" + python.out, "\n"), all);
}

TEST_F(DurableCli, TrainComesBackByItself) {
  UploadDigits();
  Finished trained;
  std::thread train([&] {
    trained = Fnn({"-o", "ndjson", "train", "--data", "datasets/digits", "--layers",
                   "64 > 64:relu > 10:softmax", "--epochs", "400", "--run-id", "r"});
  });
  while (Fnn({"run", "get", "r"}).exit_code != 0) {
  }
  while (LastSequence("r") < 50) {
  }
  Restart(SIGKILL);
  train.join();
  EXPECT_EQ(trained.exit_code, 0) << trained.err;
  EXPECT_EQ(Numbers(trained.out, "\\{\"sequence\":\""), UpTo(LastSequence("r")));
}

TEST_F(DurableCli, ARunThatWasPausedAndKilledGivesTheSameBits) {
  UploadDigits();
  StartRun("whole");
  WaitForState("whole", "SUCCEEDED");
  StartRun("parts");
  while (LastSequence("parts") < 30) {
  }
  FnnOut({"run", "pause", "parts"});
  WaitForState("parts", "PAUSED");
  Restart(SIGKILL);
  EXPECT_EQ(State("parts"), "PAUSED");
  FnnOut({"run", "resume", "parts"});
  while (LastSequence("parts") < 150) {
  }
  Restart(SIGKILL);
  WaitForState("parts", "SUCCEEDED");
  const std::string whole = History("whole");
  EXPECT_THAT(whole, HasSubstr("parameter_digest\n"));
  EXPECT_EQ(History("parts"), whole);
  FnnOut({"run", "delete", "parts"});
  EXPECT_EQ(Fnn({"run", "get", "parts"}).exit_code, 3);
}

TEST_F(DurableCli, AnUploadThatARestartBrokeGoesOn) {
  std::string table;
  for (int i = 0; table.size() < (size_t{6} << 20); ++i) {
    table += std::to_string(i) + "," + std::to_string(i % 7) + "\n";
  }
  const std::string file = (folder_.path() / "table.csv").string();
  std::ofstream(file, std::ios::binary) << table;
  // A pipe, so that the upload is in its midst when the server goes, and can't be sent once more.
  const std::string pipe = (folder_.path() / "pipe.csv").string();
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  Finished broken;
  std::thread upload([&] { broken = Fnn({"dataset", "upload", pipe, "--id", "table"}); });
  const int end = open(pipe.c_str(), O_WRONLY | O_CLOEXEC);
  const auto send = [end](std::string_view text) {
    while (!text.empty()) {
      const ssize_t written = write(end, text.data(), text.size());
      if (written <= 0) return;  // The upload has ended.
      text.remove_prefix(static_cast<size_t>(written));
    }
  };
  send(std::string_view(table).substr(0, size_t{4} << 20));
  Restart(SIGKILL);
  send(std::string_view(table).substr(size_t{4} << 20));
  close(end);
  upload.join();
  EXPECT_EQ(broken.exit_code, 4) << broken.out;
  std::smatch name;
  ASSERT_TRUE(std::regex_search(broken.err, name, std::regex("--resume (uploads/[^']+)")))
      << broken.err;
  FnnOut({"dataset", "upload", file, "--resume", name[1]});
  FnnOut({"dataset", "upload", file, "--id", "at-once"});
  const auto digest = [this](const std::string& dataset) {
    const std::string json = FnnOut({"dataset", "get", dataset, "-o", "json"});
    std::smatch match;
    std::regex_search(json, match, std::regex("\"digest\": \"(\\w+)\""));
    return match.str(1);
  };
  EXPECT_EQ(digest("table"), digest("at-once"));
  EXPECT_NE(digest("table"), "");
}

TEST_F(DurableCli, VersionsAliasesAndFilesStay) {
  UploadDigits();
  const std::vector<std::string> train = {"train", "--data", "datasets/digits", "--epochs", "3"};
  const auto with = [&train](std::vector<std::string> more) {
    more.insert(more.begin(), train.begin(), train.end());
    return more;
  };
  FnnOut(with({"--layers", "64 > 16:relu > 10:softmax", "--model-id", "m"}));
  FnnOut(with({"--model", "m", "--initial-version", "m@1"}));
  FnnOut({"model", "alias", "set", "m@champion", "1"});
  FnnOut({"model", "update", "m", "--description", "digits", "--label", "stage=test"});
  Restart(SIGKILL);
  EXPECT_THAT(FnnOut({"model", "get", "m"}), HasSubstr("champion=1"));
  EXPECT_THAT(FnnOut({"model", "list", "--filter", "labels.stage = test"}), HasSubstr("models/m"));
  EXPECT_EQ(Fnn({"model", "delete", "m@1"}).exit_code, 1);  // Its alias stands for it.
  const std::string file = (folder_.path() / "m.fnn").string();
  FnnOut({"model", "export", "m@champion", "--file", file});
  FnnOut({"model", "import", file, "--id", "copy"});
  const auto parameters = [this](const std::string& version) {
    return FnnOut({"-o", "ndjson", "model", "parameters", version});
  };
  EXPECT_EQ(parameters("copy"), parameters("m@1"));
  EXPECT_NE(parameters("m@2"), parameters("m@1"));
  std::filesystem::resize_file(file, std::filesystem::file_size(file) - 1);
  EXPECT_EQ(Fnn({"model", "import", file, "--id", "damaged"}).exit_code, 1);
}

}  // namespace
}  // namespace fnn::e2e
