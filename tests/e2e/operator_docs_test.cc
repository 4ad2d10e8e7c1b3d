// docs/operators.md and docs/activations.svg are what this build says of itself.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

#include "tests/e2e/process.h"

namespace fnn::e2e {
namespace {

std::string Read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(OperatorDocs, AreCurrent) {
  constexpr char kRemedy[] = "tests/update_docs.sh writes it anew";
  const ServerProcess server;
  const auto fnn = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {Program("fnn"), "--server", server.address()});
    const Finished finished = RunProgram(arguments);
    EXPECT_EQ(finished.exit_code, 0) << finished.err;
    return finished.out;
  };
  const std::string tables = fnn({"operator", "list", "--markdown"});
  ASSERT_FALSE(tables.empty());
  // Not EXPECT_THAT, which would print both in full.
  const std::string page = Read("docs/operators.md");
  EXPECT_TRUE(page.size() > tables.size() && page.ends_with(tables))
      << "docs/operators.md is out of date: " << kRemedy;
  EXPECT_TRUE(Read("docs/activations.svg") == fnn({"operator", "plot", "--all", "--points", "101"}))
      << "docs/activations.svg is out of date: " << kRemedy;
}

}  // namespace
}  // namespace fnn::e2e
