#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <optional>
#include <string>
#include <vector>

#include "client/cli/cli.h"

namespace {

std::optional<std::string> GetEnvironmentVariable(const std::string& name) {
  const char* const value = std::getenv(name.c_str());
  if (value == nullptr) return std::nullopt;
  return value;
}

int TerminalWidth() {
  struct winsize size = {};
  return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

}  // namespace

int main(int argc, char** argv) {
  // What is read and written here goes through iostreams alone.
  std::ios::sync_with_stdio(false);
  // gRPC would mix its own account of a lost connection into ours; GRPC_VERBOSITY brings it back.
  setenv("GRPC_VERBOSITY", "NONE", /*overwrite=*/0);
  fnn::ConnectionOptions options;
  options.user_agent_prefix = "fnn-cli/" FNN_VERSION;
  fnn::cli::Environment env = {
      .in = std::cin,
      .out = std::cout,
      .err = std::cerr,
      .err_is_terminal = isatty(STDERR_FILENO) == 1,
      .terminal_width = TerminalWidth,
      .getenv = GetEnvironmentVariable,
      .connect = [&](const std::string& target) { return fnn::MakeConnection(target, options); }};
  return fnn::cli::Run(std::vector<std::string>(argv + 1, argv + argc), env);
}
