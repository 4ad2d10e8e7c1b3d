// Loss surfaces of real data as a person computes them: fnn-server and fnn as programs.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/e2e/process.h"

namespace fnn::e2e {
namespace {

using ::testing::HasSubstr;

TEST(SurfaceCli, OfADigitsNetworkAroundItsTraining) {
  ServerProcess server;
  TemporaryFolder folder;
  const std::string plot = (folder.path() / "surface.svg").string();
  const Finished computed = RunProgram({Program("fnn"),
                                        "--server",
                                        server.address(),
                                        "-o",
                                        "csv",
                                        "surface",
                                        "compute",
                                        "--layers",
                                        "64 > 16:logistic > 10:softmax",
                                        "--data",
                                        "tests/data/optdigits.tra",
                                        "--train",
                                        "--epochs",
                                        "5",
                                        "--directions",
                                        "principal",
                                        "--points",
                                        "11",
                                        "--losses",
                                        "mean_squared_error",
                                        "--losses",
                                        "cross_entropy",
                                        "--plot",
                                        plot});
  ASSERT_EQ(computed.exit_code, 0) << computed.err;
  EXPECT_THAT(computed.out, HasSubstr("x,y,mean_squared_error,cross_entropy\n"));
  EXPECT_EQ(std::count(computed.out.begin(), computed.out.end(), '\n'), 1 + 11 * 11);
  EXPECT_GT(std::filesystem::file_size(plot), 10'000u);
}

}  // namespace
}  // namespace fnn::e2e
