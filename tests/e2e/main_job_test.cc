// The main job as a person does it: fnn-server and fnn as programs, on real data.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>

#include "tests/e2e/process.h"

namespace fnn::e2e {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Gt;
using ::testing::HasSubstr;
using ::testing::Lt;

class MainJob : public testing::Test {
 protected:
  Finished Fnn(std::vector<std::string> arguments, const std::string& input = "") {
    arguments.insert(arguments.begin(), {Program("fnn"), "--server", server_.address()});
    return RunProgram(arguments, input);
  }

  // Runs and expects success.
  std::string FnnOut(const std::vector<std::string>& arguments, const std::string& input = "") {
    const Finished finished = Fnn(arguments, input);
    EXPECT_EQ(finished.exit_code, 0) << finished.out << finished.err;
    return finished.out;
  }

  std::vector<std::string> TrainDigits(int seed, const std::vector<std::string>& extra = {}) {
    std::vector<std::string> out = {"train",
                                    "--data",
                                    "datasets/digits",
                                    "--layers",
                                    "64 > 64:relu > 10:softmax",
                                    "--optimizer",
                                    "adam",
                                    "--learning-rate",
                                    "1e-3",
                                    "--batch-size",
                                    "32",
                                    "--epochs",
                                    "30",
                                    "--validation-split",
                                    "0.1",
                                    "--seed",
                                    std::to_string(seed),
                                    "--model-id",
                                    "digits-" + std::to_string(seed)};
    out.insert(out.end(), extra.begin(), extra.end());
    return out;
  }

  // The value behind a metric's name in fnn's JSON.
  static double Metric(const std::string& json, const std::string& name) {
    const size_t at = json.find("\"value\"", json.find('"' + name + '"'));
    if (at == std::string::npos) {
      ADD_FAILURE() << "no " << name << " in " << json;
      return 0;
    }
    return std::stod(json.substr(json.find(':', at) + 1));
  }

  // What an example prints at the end.
  static std::vector<double> Predictions(const std::string& out) {
    std::vector<double> predictions;
    std::istringstream lines(out);
    for (std::string word; lines >> word;) {
      if (word == "prediction" && lines >> word) predictions.push_back(std::stod(word));
    }
    return predictions;
  }

  ServerProcess server_;
  TemporaryFolder folder_;
};

TEST_F(MainJob, LearnsToReadDigits) {
  FnnOut({"dataset", "upload", "tests/data/optdigits.tra", "--id", "digits"});
  FnnOut({"dataset", "upload", "tests/data/optdigits.tes", "--id", "digits-test"});
  // scikit-learn's MLPClassifier with the same settings reaches 0.958 on average.
  double sum = 0;
  for (int seed = 0; seed < 5; ++seed) {
    FnnOut(TrainDigits(seed));
    sum += Metric(FnnOut({"-o", "json", "evaluate", "digits-" + std::to_string(seed), "--data",
                          "datasets/digits-test"}),
                  "accuracy");
  }
  EXPECT_GE(sum / 5, 0.955);
}

TEST_F(MainJob, LearnsSmallRealDataStandardized) {
  const std::string network = (folder_.path() / "network.textproto").string();
  std::ofstream(network) << "inputs { scaling { standardize {} } }"
                            "layers { dense { units: 16 activation { tanh {} } } }"
                            "layers { dense { units: 3 activation { softmax {} } } }"
                            "outputs { loss { cross_entropy {} } }";
  // tests/real_data/compare.py compares with scikit-learn, which reaches 0.965 and 0.974.
  for (const auto& [data, least] : {std::pair("iris", 0.93), std::pair("wine", 0.95)}) {
    double sum = 0;
    for (int seed = 0; seed < 5; ++seed) {
      const std::string run =
          FnnOut({"-o", "json", "train", "--network", network, "--data",
                  "tests/data/" + std::string(data) + ".csv", "--validation-split", "0.3",
                  "--epochs", "100", "--batch-size", "10", "--learning-rate", "0.005", "--seed",
                  std::to_string(seed)});
      const size_t validation = run.find("\"validationMetrics\"");
      ASSERT_NE(validation, std::string::npos) << run;
      sum += Metric(run.substr(validation), "accuracy");
    }
    EXPECT_GE(sum / 5, least) << data;
  }
}

TEST_F(MainJob, ShowsEveryEpochAndDrawsTheCurves) {
  FnnOut({"dataset", "upload", "tests/data/optdigits.tra", "--id", "digits"});
  const std::string svg = (folder_.path() / "loss.svg").string();
  const Finished trained = Fnn(TrainDigits(0, {"--plot", svg, "-o", "ndjson"}));
  ASSERT_EQ(trained.exit_code, 0) << trained.err;
  int reports = 0;
  std::istringstream lines(trained.out);
  for (std::string line; std::getline(lines, line);) {
    if (line.find("\"validationLoss\"") != std::string::npos) ++reports;
  }
  EXPECT_GE(reports, 31) << trained.out;  // Epoch 0 and 30 more.
  std::stringstream drawing;
  drawing << std::ifstream(svg).rdbuf();
  EXPECT_THAT(drawing.str(), AllOf(HasSubstr("<svg"), HasSubstr("</svg>")));
}

TEST_F(MainJob, TrainsFromAFileInOneCommandAndPredicts) {
  FnnOut({"train", "--data", "tests/data/optdigits.tra", "--layers", "64 > 32:relu > 10:softmax",
          "--epochs", "5", "--model-id", "quick"});
  const std::string rows =
      "0,0,5,13,9,1,0,0,0,0,13,15,10,15,5,0,0,3,15,2,0,11,8,0,0,4,12,0,0,8,8,0,0,5,8,0,0,9,8,0,0,4,"
      "11,"
      "0,1,12,7,0,0,2,14,5,10,12,0,0,0,0,6,13,10,0,0,0\n";
  EXPECT_THAT(FnnOut({"-o", "json", "predict", "quick"}, rows), HasSubstr("\"probability\""));
}

TEST_F(MainJob, ExamplesLearnXor) {
  const Finished cpp = RunProgram({Program("xor_example"), server_.address()});
  EXPECT_EQ(cpp.exit_code, 0) << cpp.out << cpp.err;
  EXPECT_THAT(Predictions(cpp.out), ElementsAre(Lt(0.1), Gt(0.9), Gt(0.9), Lt(0.1))) << cpp.out;

  const Finished python =
      RunProgram({"/usr/bin/python3", "client/examples/xor.py", server_.address()}, "",
                 {"PYTHONPATH=" FNN_BINARY_DIR "/proto/gen/python"});
  EXPECT_EQ(python.exit_code, 0) << python.out << python.err;
  EXPECT_THAT(Predictions(python.out), ElementsAre(Lt(0.1), Gt(0.9), Gt(0.9), Lt(0.1)))
      << python.out;
}

TEST_F(MainJob, ErrorsSayWhatToDoAndTheServerServesOn) {
  const Finished unknown = Fnn({"model", "get", "models/nobody"});
  EXPECT_EQ(unknown.exit_code, 3) << unknown.err;
  EXPECT_THAT(unknown.err, HasSubstr("models/nobody"));

  const Finished ragged = Fnn({"dataset", "upload", "-", "--id", "ragged"}, "1,2,3\n4,5\n");
  EXPECT_NE(ragged.exit_code, 0);
  EXPECT_THAT(ragged.err, HasSubstr("line 2"));

  const Finished too_large =
      Fnn({"model", "create", "--layers", "16777216 > 16777216:relu > 2:softmax"});
  EXPECT_EQ(too_large.exit_code, 1);
  EXPECT_THAT(too_large.err, AllOf(HasSubstr("needs 3377"), HasSubstr("are available")));
  FnnOut({"health"});
}

TEST_F(MainJob, AnEmptyListIsAnEmptyList) {
  for (const char* noun : {"model", "dataset", "run"}) {
    EXPECT_EQ(Fnn({noun, "list"}).exit_code, 0) << noun;
    EXPECT_THAT(FnnOut({"-o", "ndjson", noun, "list"}), testing::IsEmpty()) << noun;
  }
}

TEST_F(MainJob, StopsInOrder) { EXPECT_EQ(server_.Stop(SIGTERM), 0); }

TEST(Unreachable, IsSaid) {
  const Finished finished = RunProgram({Program("fnn"), "--server", "127.0.0.1:1", "health"});
  EXPECT_EQ(finished.exit_code, 4) << finished.err;
  EXPECT_THAT(finished.err, HasSubstr("127.0.0.1:1"));
}

}  // namespace
}  // namespace fnn::e2e
