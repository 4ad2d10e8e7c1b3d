#ifndef FNN_CLIENT_CLI_COMMAND_LINE_H_
#define FNN_CLIENT_CLI_COMMAND_LINE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client/cli/context.h"
#include "client/cli/settings.h"

namespace fnn::cli {

// What a command line says.
struct CommandLine {
  SettingFlags flags;
  // Null where `text` is all there is to do.
  Command command;
  // What --help, --version or completion prints.
  std::string text;
};

// Reads the arguments, without the program's name. What does not make sense is a usage error, and
// its message ends with where help is to be found.
absl::StatusOr<CommandLine> ParseCommandLine(const std::vector<std::string>& arguments);

}  // namespace fnn::cli

#endif  // FNN_CLIENT_CLI_COMMAND_LINE_H_
