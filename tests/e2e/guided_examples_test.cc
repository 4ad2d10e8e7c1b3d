// The guided examples show what they are to show.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "tests/e2e/process.h"

namespace fnn::e2e {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Gt;
using ::testing::HasSubstr;
using ::testing::Lt;
using ::testing::SizeIs;

class GuidedExamples : public testing::Test {
 protected:
  // What one prints; what it draws is in Drawn().
  std::string Run(const std::string& name, std::vector<std::string> arguments) {
    const std::string path = std::string("PATH=" FNN_BINARY_DIR "/bin:") + std::getenv("PATH");
    arguments.insert(arguments.begin(), {"/usr/bin/python3", "client/examples/" + name, "--plot",
                                         (folder_.path() / "plot.svg").string()});
    const Finished finished = RunProgram(arguments, "", {path, "FNN_SERVER=" + server_.address()});
    EXPECT_EQ(finished.exit_code, 0) << finished.out << finished.err;
    return finished.out;
  }

  std::string Drawn(const std::string& file = "plot.svg") {
    std::stringstream text;
    text << std::ifstream(folder_.path() / file).rdbuf();
    return text.str();
  }

  // The columns of a table's row after its name, which stand two spaces or more apart.
  static std::vector<std::string> Row(const std::string& out, const std::string& name) {
    const std::vector<std::string> lines = absl::StrSplit(out, '\n');
    for (const std::string& line : lines) {
      if (!absl::StartsWith(line, name + "  ")) continue;
      std::vector<std::string> cells =
          absl::StrSplit(line.substr(name.size()), "  ", absl::SkipWhitespace());
      for (std::string& cell : cells) absl::StripAsciiWhitespace(&cell);
      return cells;
    }
    ADD_FAILURE() << "no row " << name << " in " << out;
    return {};
  }

  static std::vector<double> Numbers(const std::vector<std::string>& cells) {
    std::vector<double> numbers;
    for (const std::string& cell : cells) {
      double number = 0;
      if (absl::SimpleAtod(cell, &number)) numbers.push_back(number);
    }
    return numbers;
  }

  ServerProcess server_;
  TemporaryFolder folder_;
};

TEST_F(GuidedExamples, GradientsVanishInADeepLogisticNetwork) {
  const std::string out = Run("vanishing_gradients.py", {"--epochs", "6"});
  EXPECT_THAT(out, HasSubstr("epoch 3: vanishing gradient, layer dense_0\n"));
  double before = 0;
  for (int layer = 0; layer < 9; ++layer) {  // The nearer to the loss, the larger.
    const std::vector<double> norm = Numbers(Row(out, "dense_" + std::to_string(layer)));
    ASSERT_THAT(norm, ElementsAre(Gt(before)));
    before = norm[0];
  }
  // The first layer's gradient, the loss, the accuracy.
  EXPECT_THAT(Numbers(Row(out, "logistic")), ElementsAre(Lt(1e-4), Gt(2.2), Lt(0.2)));
  EXPECT_THAT(Row(out, "logistic"), Contains("vanishing gradient"));
  for (const char* fix :
       {"relu, he", "logistic, layer_norm", "dynamic_tanh", "logistic, residual"}) {
    EXPECT_THAT(Numbers(Row(out, fix)), ElementsAre(Gt(0.01), Lt(0.6), Gt(0.8))) << fix;
    EXPECT_THAT(Row(out, fix), Contains("-")) << fix;
  }
  EXPECT_THAT(Drawn(), AllOf(HasSubstr("logistic, residual"), HasSubstr("</svg>")));
}

TEST_F(GuidedExamples, RelusDieOfLargeSteps) {
  const std::string out = Run("dead_relus.py", {"--epochs", "6"});
  EXPECT_THAT(out, HasSubstr("epoch 3: dead units, layer dense_0\n"));
  EXPECT_THAT(Numbers(Row(out, "dense_0")), ElementsAre(Gt(0.5)));
  EXPECT_THAT(Numbers(Row(out, "dense_1")), ElementsAre(Gt(0.5)));
  // The share of dead units, the loss, the accuracy.
  EXPECT_THAT(Numbers(Row(out, "relu, step 1")), ElementsAre(Gt(0.5), Gt(1.2), Lt(0.3)));
  EXPECT_THAT(Row(out, "relu, step 1"), Contains("dead units"));
  EXPECT_THAT(Numbers(Row(out, "relu, step 0.1")), ElementsAre(Lt(0.4), Lt(0.3), Gt(0.9)));
  EXPECT_THAT(Numbers(Row(out, "leaky_relu, step 1")), ElementsAre(0, Lt(2), Gt(0.3)));
  EXPECT_THAT(Numbers(Row(out, "elu, step 0.1")), ElementsAre(0, Lt(0.3), Gt(0.9)));
  EXPECT_THAT(Drawn(), HasSubstr("Share of dead units"));
}

TEST_F(GuidedExamples, UnitsThatStartAlikeStayAlike) {
  const std::string out = Run("symmetric_zeros.py", {"--epochs", "8"});
  EXPECT_THAT(out, HasSubstr("epoch 3: unbroken symmetry, layer dense_0\n"));
  EXPECT_THAT(Row(out, "16 units, zeros"), AllOf(Contains("yes"), Contains("unbroken symmetry")));
  EXPECT_THAT(Row(out, "16 units, xavier"), AllOf(Contains("no"), Contains("-")));
  // The loss, the accuracy: sixteen that are alike do about as well as one.
  EXPECT_THAT(Numbers(Row(out, "16 units, zeros")), ElementsAre(Gt(1.2), Lt(0.5)));
  EXPECT_THAT(Numbers(Row(out, "1 unit, xavier")), ElementsAre(Gt(1.2), Lt(0.5)));
  EXPECT_THAT(Numbers(Row(out, "16 units, xavier")), ElementsAre(Lt(0.3), Gt(0.9)));
  EXPECT_THAT(Drawn(), HasSubstr("1 unit, xavier"));
}

TEST_F(GuidedExamples, TheSquaredErrorLearnsLittleFromWhatIsSureAndWrong) {
  const std::string surface = (folder_.path() / "surface.svg").string();
  const std::string out =
      Run("squared_error.py", {"--epochs", "10", "--surface", surface, "--points", "9"});
  EXPECT_THAT(out, HasSubstr("The same start: yes\n"));
  // The surer the outputs, the smaller the gradient of the one, and the larger that of the other.
  const std::string starts = out.substr(0, out.find("Training from"));
  const std::vector<double> open = Numbers(Row(starts, "0"));
  const std::vector<double> sure = Numbers(Row(starts, "8"));
  ASSERT_THAT(open, SizeIs(2));
  ASSERT_THAT(sure, SizeIs(2));
  EXPECT_LT(sure[0], open[0] / 100);
  EXPECT_GT(sure[1], open[1]);
  // The losses, the accuracies.
  const std::vector<double> end = Numbers(Row(out, "10"));
  ASSERT_THAT(end, SizeIs(4));
  EXPECT_LT(end[2], 0.4);
  EXPECT_GT(end[3], 0.65);
  EXPECT_THAT(Drawn(), HasSubstr("cross-entropy"));
  EXPECT_THAT(Drawn("surface.svg"),
              AllOf(HasSubstr("mean_squared_error"), HasSubstr("binary_cross_entropy")));
}

}  // namespace
}  // namespace fnn::e2e
