// Gradients verified on real data as a person does it: fnn-server and fnn as programs.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/e2e/process.h"

namespace fnn::e2e {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class GradientsCli : public testing::Test {
 protected:
  Finished Fnn(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {Program("fnn"), "--server", server_.address()});
    return RunProgram(arguments);
  }

  ServerProcess server_;
};

TEST_F(GradientsCli, OfADigitsNetworkAndOfAModel) {
  const std::string digits = "tests/data/optdigits.tra";
  const Finished fresh = Fnn({"gradients", "verify", "--layers", "64 > 16:relu > 10:softmax",
                              "--data", digits, "--seed", "7", "--samples", "8"});
  EXPECT_EQ(fresh.exit_code, 0) << fresh.out << fresh.err;
  EXPECT_THAT(fresh.out, HasSubstr("dense_0.weights"));
  EXPECT_THAT(fresh.out, HasSubstr("1,210"));  // Parameters: 64 16 + 16 + 16 10 + 10.
  EXPECT_THAT(fresh.out, HasSubstr("passed"));
  EXPECT_THAT(fresh.out, Not(HasSubstr("!")));

  ASSERT_EQ(Fnn({"train", "--data", digits, "--layers", "64 > 16:relu > 10:softmax", "--epochs",
                 "2", "--model-id", "digits"})
                .exit_code,
            0);
  const Finished model = Fnn({"gradients", "verify", "digits", "--data", digits, "--samples", "8"});
  EXPECT_EQ(model.exit_code, 0) << model.out << model.err;

  const Finished none = Fnn({"gradients", "verify", "nobody", "--data", digits});
  EXPECT_EQ(none.exit_code, 3) << none.err;
}

}  // namespace
}  // namespace fnn::e2e
